"""Certificates: forms, texts that fit, what makes another version, and codes that can be typed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.rules import certificates as rules
from courses.states import CertificateKind, Refusal

A15, A21, B = CertificateKind.A_2015, CertificateKind.A_2021, CertificateKind.B


@pytest.mark.parametrize(
    ("category", "by_2015", "by_2021", "kind", "shown"),
    [
        ("st_2015", ["a5", "c1", "c3"], ["STc3"], A15, ["a5", "c3"]),
        ("st_2021", ["a5", "c3"], ["STc3", "STa2"], A21, ["STc3"]),
        ("st_2015", ["c1"], ["STc3"], B, ["c1", "STc3"]),
        ("st_2021", ["c3"], ["STc1"], B, ["c3", "STc1"]),
        ("specialist", ["c3"], ["STc3"], B, ["c3", "STc3"]),
        ("pre_st", ["c3"], [], B, ["c3"]),
        (None, ["c3"], [], B, ["c3"]),
    ],
)
def test_the_form_is_for_residents_in_courses_that_their_rules_demand(category, by_2015, by_2021, kind, shown):
    assert rules.kind_of(category, by_2015, by_2021) is kind
    assert rules.objectives_on(kind, by_2015, by_2021) == shown


def test_who_became_a_specialist_since_keeps_the_form_and_who_changed_rules_does_not():
    assert rules.kept_kind(B, A15, "specialist") is A15
    assert rules.kept_kind(A21, A15, "st_2021") is A21
    assert rules.kept_kind(B, None, "specialist") is B


@given(st.text(alphabet="ab .\n", max_size=400), st.integers(20, 60))
def test_a_text_that_is_fitted_is_no_longer_than_the_room_and_begins_as_it_did(text, limit):
    fitted = rules.fitted(text, limit)
    whole = " ".join(text.split())
    assert len(fitted) <= limit
    assert whole.startswith(fitted.removesuffix("…"))
    assert fitted == whole or fitted[-1] in ".…"


def test_what_has_no_sign_is_a_question_mark_and_what_has_one_stays():
    said = {"given": "Łukasz Åsa-王", "days": ["2027-03-15"], "minutes": 840, "leaders": ["Дмитрий \x00😀\u2029ø"]}
    assert rules.printed(said) == {**said, "given": "Łukasz Åsa-?", "leaders": ["Дмитрий ?? ø"]}


def test_a_long_text_ends_with_a_sentence_where_there_is_one():
    assert rules.fitted("En mening till. " * 9, 40) == "En mening till. En mening till."
    assert rules.fitted("Ord utan punkt " * 9, 20) == "Ord utan punkt Ord…"


def test_another_version_is_proposed_for_what_is_about_the_person():
    said = {"given": "Anna", "minutes": 840, "course": "Hud", "signatory": {"name": "Åsa"}}
    assert rules.differing({**said, "signatory": {"name": "Bo"}}, said) == []
    assert rules.differing({**said, "course": "Hår", "given": "Anne"}, said) == ["course", "given"]
    assert [rules.calls_for_version(each) for each in (["course"], ["course", "given"], ["number"], [])] == [
        False, True, True, False
    ]  # fmt: skip


@given(st.lists(st.integers(0, len(rules.ALPHABET) - 1), min_size=12, max_size=12))
def test_a_code_is_read_as_it_is_printed_and_as_people_type(drawn):
    code = rules.code_of(drawn)
    printed = rules.grouped(code)
    assert (len(printed), printed.count("-")) == (14, 2)
    assert {
        rules.typed_code(each) for each in (code, printed, f" {printed.lower()} ", printed.replace("-", " "))
    } == {code}


@pytest.mark.parametrize(
    "typed", ["", "CDFH-JKMN-PQR", "CDFH-JKMN-PQRT4", "CDFH-JKMN-PQR0", "CDFH-JKMN-PQRÅ", "x" * 999]
)
def test_what_can_be_no_code_is_none(typed):
    assert rules.typed_code(typed) is None


def test_initials_are_all_that_the_public_is_told_of_a_name():
    assert [rules.initials(*each) for each in (("Anna Maria", "von Ek"), ("åsa", ""), ("", ""))] == [
        "A. V.",
        "Å.",
        "",
    ]


def test_it_is_signed_when_it_is_there_and_nobody_says_so_beforehand():
    made, today = date(2027, 3, 17), date(2027, 3, 20)
    days = (16, 17, 20, 21)
    assert [rules.may_be_signed(date(2027, 3, each), made=made, today=today) for each in days] == [
        Refusal.SIGNED_BEFORE_MADE, None, None, Refusal.SIGNED_AHEAD
    ]  # fmt: skip
