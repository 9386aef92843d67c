"""What is sealed opens in its place alone, with any key of the ring."""

from dataclasses import replace

import pytest
from portals import KEYS, SAFE

from lararportal.sealing import CannotOpen, Ring, Safe, key_of

PLACE = "personal_numbers:1"
OLD = replace(SAFE, ring=Ring(SAFE.ring.keys[1:]))


def test_what_is_sealed_says_by_which_key_and_differs_every_time():
    sealed = [SAFE.seal("Åsa 191212121212", place=PLACE) for _ in range(2)]

    assert [key_of(each) for each in sealed] == ["new", "new"]
    assert sealed[0] != sealed[1]
    assert [SAFE.open(each, place=PLACE) for each in sealed] == ["Åsa 191212121212"] * 2


def test_the_newest_key_seals_and_every_key_of_the_ring_opens():
    sealed = OLD.seal("text", place=PLACE)

    assert (key_of(sealed), SAFE.open(sealed, place=PLACE)) == ("old", "text")
    with pytest.raises(CannotOpen):
        OLD.open(SAFE.seal("text", place=PLACE), place=PLACE)


SEALED = SAFE.seal("text", place=PLACE)


SPOILT = {
    "plain": "text",
    "empty": "",
    "no key": "sealed:",
    "nothing in it": "sealed:new:",
    "another key": SEALED.replace(":new:", ":old:"),
    "a key that is not there": SEALED.replace(":new:", ":gone:"),
    "cut short": SEALED[:-4],
    "cut by one": SEALED[:-1],
    "one letter changed": SEALED[:12] + ("B" if SEALED[12] == "A" else "A") + SEALED[13:],
}
"""By names: what is sealed is another each time, and both workers of a run must know the same tests."""


@pytest.mark.parametrize("how", SPOILT)
def test_what_is_spoilt_does_not_open(how):
    with pytest.raises(CannotOpen):
        SAFE.open(SPOILT[how], place=PLACE)


def test_what_is_sealed_for_one_row_is_worth_nothing_in_another():
    with pytest.raises(CannotOpen):
        SAFE.open(SEALED, place="personal_numbers:2")


def test_the_same_text_has_the_same_imprint_and_another_with_another_key_or_of_another_kind():
    other = Safe(SAFE.ring, SAFE.ring.newest)

    assert SAFE.imprint("1", kind="a") == SAFE.imprint("1", kind="a")
    assert len({SAFE.imprint("1", kind="a"), SAFE.imprint("1", kind="b"), other.imprint("1", kind="a")}) == 3


def test_no_key_is_shown():
    secrets = [part.rpartition(":")[2] for text in KEYS.values() for part in text.split(",")]

    assert [each for each in secrets if each in repr(SAFE)] == []
    assert repr(SAFE.ring.newest) == "Key(name='new')"
