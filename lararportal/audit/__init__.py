"""The audit: nothing is over-booked, stuck, overdue or unsent, and whatever is stands in a sentence.

Every room says what must hold of its own rows (`auth/audit`, `courses/audit`, `bookings/audit`), the `letters` of
all of them are laid beside their deeds, the `seals` of the journal are done again, and `invariants` gathers it all.
`running` asks whether the parts live that nobody looks at: tick, queue and mail. `telling` puts what is found into
Swedish, with the `names` of the rows; `stored` keeps what a whole audit found, `repairs` are the deeds that put
right what can be, `views` is the page.
"""

from lararportal.audit.invariants import (
    AT_ONCE,
    EVERYTHING,
    INVARIANTS,
    NOT_BUILT,
    NOT_DONE,
    found,
    in_motion,
    invariants,
)

__all__ = ["AT_ONCE", "EVERYTHING", "INVARIANTS", "NOT_BUILT", "NOT_DONE", "found", "in_motion", "invariants"]
