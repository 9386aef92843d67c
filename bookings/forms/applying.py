"""Applying: a ranked list that is rearranged with plain buttons, and how many seats at most."""

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, Field, SelectField, StringField

from bookings.states import Refusal
from lararportal import pages
from lararportal.forms import Form, stripped

MOST_CHOICES = 100
"""Nobody can mean an order among more than these."""

LONGEST_NUMBER = 10
LARGEST_NUMBER = 2**31 - 1
"""No row has a longer number or a larger one, and Python does not read numbers of any length."""


def _is_row_number(text: str) -> bool:
    is_number = text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
    return is_number and int(text) <= LARGEST_NUMBER


class RankedField(Field):
    """Session ids in the order of the person's wish: one hidden input each, in that order."""

    data: list[int]

    def process_data(self, value: Iterable[int] | None) -> None:
        """Takes the list that is remembered."""
        self.data = list(value or [])

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Takes the list that the page carried; a choice that stands there twice is kept where it stands first.

        Such a list, or one with something else in it than sessions, is not sent in: not all of it could be kept. Nor
        is one that is too long, which is kept whole, so that the person can say what to leave out.
        """
        ids = [int(value) for value in valuelist if _is_row_number(value)]
        self.data = list(dict.fromkeys(ids))
        if len(ids) < len(valuelist):
            raise ValueError(Refusal.SESSION_NOT_IN_ROUND)
        if len(self.data) < len(ids):
            raise ValueError(Refusal.CHOICE_TWICE)
        if len(self.data) > MOST_CHOICES:
            raise ValueError(pages.sentence("too_many_choices", count=len(self.data), most=MOST_CHOICES))


class ApplicationForm(Form):
    """A ranked list, how many seats at most, how one is wanted from a line, and what the sessions are narrowed to."""

    choices = RankedField()
    cap = SelectField(coerce=int)
    ask_first = BooleanField()
    short_notice = BooleanField()
    text = StringField(filters=[stripped])

    def offer(self, cap: int) -> None:
        """Offers 1 up to the cap of the round."""
        self.cap.choices = [(number, str(number)) for number in range(1, cap + 1)]


def rearranged(choices: list[int], action: str) -> list[int]:
    """The list after `add:7`, `remove:7`, `up:7` or `down:7`; anything else leaves it as it is."""
    verb, _, text = action.partition(":")
    if not _is_row_number(text):
        return choices
    chosen = int(text)
    if verb == "add" and chosen not in choices:
        return [*choices, chosen]
    if chosen not in choices:
        return choices
    place = choices.index(chosen)
    others = choices[:place] + choices[place + 1 :]
    if verb == "remove":
        return others
    if verb in {"up", "down"}:
        place = max(0, place + (1 if verb == "down" else -1))
        return [*others[:place], chosen, *others[place:]]
    return choices
