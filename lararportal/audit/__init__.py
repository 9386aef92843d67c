"""The audit: nothing is over-booked, stuck, overdue or unsent, and whatever is stands in a sentence.

Every room says what must hold of its own rows (`auth/audit`, `courses/audit`, `bookings/audit`), the `letters` of all
of them are laid beside their deeds, and `invariants` gathers it all; `telling` puts what is found into Swedish.
"""

from lararportal.audit.invariants import AT_ONCE, INVARIANTS, NOT_BUILT, NOT_DONE, found, in_motion, invariants

__all__ = ["AT_ONCE", "INVARIANTS", "NOT_BUILT", "NOT_DONE", "found", "in_motion", "invariants"]
