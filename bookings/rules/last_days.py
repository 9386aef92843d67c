"""Who may take a free seat in the last days before a session begins, where nobody is given one unasked any more.

Those who said that short notice is fine are asked all at once, and the best placed yes has the seat (allocation
rules, section 2.9). Whoever waits but is not asked has lost nothing by that: they can book a free seat themselves, as
long as there are more than those before them in line may still say yes to. Else what they say is a yes among the
others. Somebody from outside the line comes after everybody who waits and could take a seat, asked or not, because a
freed seat goes past nobody. In the last hours, when nobody is asked any more and those who were have been heard, a
free seat is for whoever books it, waiting or not.
"""

from dataclasses import replace
from datetime import datetime

from bookings.rules.answer_time import Start, Way, way_of
from bookings.rules.line import Outlook, Waiter, would_leave
from bookings.states import Refusal


def goes_before(line: Outlook, *, free_seats: int, start: Start, now: datetime) -> bool:
    """Whether all free seats of a session that begins within days are for others than who looks, and books now."""
    is_asking = any(waiter.wanted.is_asked_about for waiter in line.asked)
    if way_of(start, has_standing_yes=False, now=now) is Way.TOO_LATE and not is_asking:
        return False
    if line.own is not None:
        return line.comers_before >= free_seats
    return line.counted_before.total() + sum(map(_could_take, line.before)) >= free_seats


def _could_take(waiter: Waiter) -> bool:
    """Whether somebody would take a seat if they booked it, however they want to be asked."""
    is_only_unasked = waiter.barred is Refusal.NOT_AT_SHORT_NOTICE
    return would_leave(replace(waiter, barred=None) if is_only_unasked else waiter) is not None
