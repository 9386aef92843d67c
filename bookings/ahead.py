"""Ahead of a session: how long before its days who has a seat is called, and who has not prepared is reminded."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial, update_wrapper
from typing import Self

from bookings import preparing, summoning
from courses.rules.preparation import REMINDED_BEFORE
from courses.rules.programme import TOLD_BEFORE

Find = Callable[..., list[int]]
Deed = Callable[..., object]


@dataclass(frozen=True, kw_only=True)
class Before:
    """How long before; unless settings say otherwise it is as the rules have it."""

    summons: timedelta = TOLD_BEFORE
    preparation: timedelta = REMINDED_BEFORE

    @classmethod
    def in_days(cls, *, summons: int, preparation: int) -> Self:
        """As settings say it."""
        return cls(summons=timedelta(days=summons), preparation=timedelta(days=preparation))

    @property
    def due(self) -> tuple[tuple[str, Find, Deed], ...]:
        """What is due by that: what it is called, how it is found, and what is done to each."""
        return (
            ("summons sent", *_in_time(summoning.to_summon, summoning.summon, self.summons)),
            ("preparation reminded of", *_in_time(preparing.to_remind, preparing.remind, self.preparation)),
        )


USUALLY = Before()


def _in_time(find: Find, deed: Deed, before: timedelta) -> tuple[Find, Deed]:
    return partial(find, before=before), update_wrapper(partial(deed, before=before), deed)
