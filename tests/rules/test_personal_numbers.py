import logging
import pickle
from datetime import date

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from lararportal import logs, personal_number
from lararportal.personal_number import COORDINATION, PersonalNumber

TODAY = date(2027, 1, 11)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("191212121212", "191212121212"),
        ("19121212-1212", "191212121212"),
        ("198001610009", None),
        ("198001610008", "198001610008"),
        ("191212121213", None),
        ("171212121212", None),
        ("1212121212", None),
        ("121212-1212", None),
        ("191213121212", None),
        ("190002291234", None),
        ("\uff1191212121212", None),
        ("19121212-1212\n19", None),
        ("", None),
    ],
)
def test_a_personal_number_is_a_day_of_birth_with_a_digit_that_checks(said, kept):
    found = personal_number.of(said)

    assert (found and found.reveal()) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("19121212-1212", "191212121212"),
        (" 19 121212 - 1212 ", "191212121212"),
        ("121212-1212", "201212121212"),
        ("121212+1212", "191212121212"),
        ("800161-0008", "198001610008"),
        ("270111-1235", "202701111235"),
        ("270112-1234", None),
        ("20270112-1234", None),
        ("1212121212", None),
        ("121212-1213", None),
        ("Karin", None),
    ],
)
def test_ten_digits_are_read_as_the_youngest_who_is_born_and_with_a_plus_as_somebody_of_a_hundred(typed, kept):
    found = personal_number.typed(typed, today=TODAY)

    assert (found and found.reveal()) == kept


@given(st.dates(date(1800, 1, 1), date(2099, 12, 31)), st.integers(0, 999), st.booleans())
def test_of_ten_last_digits_one_checks_for_everybody(born, number, is_coordination):
    day = born.day + COORDINATION if is_coordination else born.day
    begun = f"{born.year:04}{born.month:02}{day:02}{number:03}"

    [kept] = [found for last in range(10) if (found := personal_number.of(f"{begun}{last}"))]
    assert personal_number.born(kept) == born
    assert personal_number.redacted(f"om {kept.reveal()}.") == f"om {kept}."


def test_nothing_shows_a_number_but_who_asks_it_to_be_revealed():
    number = PersonalNumber("191212121212")

    shown = [repr(number), str(number), f"{number}", f"{number:>14}", f"{[number]}", f"{ {'number': number} }"]
    assert [each for each in shown if "1212121" in each or "19121212-****" not in each] == []
    assert (number, hash(number)) == (PersonalNumber("191212121212"), hash(PersonalNumber("191212121212")))
    assert number != PersonalNumber("198001610008")
    with pytest.raises(TypeError):
        pickle.dumps(number)


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("19121212-1212 och 191212121212", "19121212-**** och 19121212-****"),
        ("121212-1212, 121212+1212", "121212-****, 121212-****"),
        ("191212121213 121212-1213 1212121212", "191212121213 121212-1213 1212121212"),
        ("9191212121212 1912121212120", "9191212121212 1912121212120"),
        ("ring 031-121212 den 2027-01-11 kl. 08.00", "ring 031-121212 den 2027-01-11 kl. 08.00"),
        ("19121212 1212, 19121212\u00a01212 19121212\n1212", "19121212-****, 19121212-**** 19121212-****"),
        ("19121212\u20131212 19121212\u20111212 19121212\u2212 1212", "19121212-**** 19121212-**** 19121212-****"),
        ("19 121212 - 1212, 19121212-\u200b1212 (121212 1212)", "19121212-****, 19121212-**** (121212-****)"),
        ("121212\u20131212 2027 19121212 1212", "121212-**** 2027 19121212-****"),
        (
            "1912-12-12-1212 1912\u201312\u201312\u20131212. 1912-12-12 1212",
            "19121212-**** 19121212-****. 1912-12-12 1212",
        ),
        ("2027-01-11 2027-01-12 20270111\u201320270112", "2027-01-11 2027-01-12 20270111\u201320270112"),
    ],
)
def test_a_text_loses_the_last_digits_of_every_number_that_checks(text, redacted):
    assert personal_number.redacted(text) == redacted
    assert personal_number.stands_in(text) is (text != redacted)


def test_no_log_has_a_number_in_it_whoever_writes_it(capsys):
    logs.configure("info")
    told = {"who": "19121212-1212", "number": PersonalNumber("191212121212"), "all": ["191212121212"]}
    structlog.get_logger("lararportal.test").warning("came 19121212-1212", **told)
    try:
        int("191212121212 is nobody")
    except ValueError:
        logging.getLogger("other").exception("%s failed", "19121212-1212")

    lines = capsys.readouterr().err.splitlines()
    assert ([line.count("19121212-****") for line in lines], "1212121" in "".join(lines)) == ([4, 3], False)
