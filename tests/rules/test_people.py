from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth import rules
from auth.rules import Facts, Powers
from auth.states import Area, Category, Refusal, Role, Standing


def facts(**changed) -> Facts:
    return Facts(
        **{
            "category": Category.ST_2021,
            "area": Area.SKARABORG,
            "residency_start": date(2025, 9, 1),
            "planned_end": date(2030, 9, 1),
            "leave_months": 0,
            **changed,
        }
    )


def powers(*roles: Role, areas: tuple[Area, ...] = (), person_id: int = 1) -> Powers:
    return Powers(person_id=person_id, roles=frozenset(roles), areas=frozenset(areas))


def test_a_residents_profile_needs_the_days_of_the_residency():
    empty = facts(residency_start=None, planned_end=None)

    assert rules.missing(empty, email="a@example.org") == ["residency_start", "planned_end"]
    assert rules.missing(facts(), email="a@example.org") == []


@pytest.mark.parametrize("category", [Category.SPECIALIST, Category.PRE_ST])
def test_other_doctors_need_category_area_and_address_only(category):
    other = facts(category=category, residency_start=None, planned_end=None)

    assert rules.missing(other, email="a@example.org") == []
    assert rules.missing(other, email="") == ["email"]


def test_an_empty_profile_lacks_what_everybody_needs():
    empty = facts(category=None, area=None, residency_start=None, planned_end=None)

    assert rules.missing(empty, email="") == ["email", "category", "area"]


def test_only_a_residents_residency_is_kept():
    assert facts(leave_months=3).settled() == facts(leave_months=3)
    assert facts(category=Category.SPECIALIST, leave_months=3).settled() == facts(
        category=Category.SPECIALIST, residency_start=None, planned_end=None, leave_months=0
    )
    assert facts(category=None).settled().residency_start is None


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({}, None),
        ({"planned_end": None}, None),
        ({"planned_end": date(2025, 9, 2)}, None),
        ({"planned_end": date(2025, 9, 1)}, Refusal.RESIDENCY_ENDS_BEFORE_START),
        ({"planned_end": date(2024, 9, 1)}, Refusal.RESIDENCY_ENDS_BEFORE_START),
        ({"residency_start": None}, Refusal.RESIDENCY_ENDS_WITHOUT_START),
        ({"residency_start": None, "planned_end": None}, None),
        ({"residency_start": date(1969, 12, 31)}, Refusal.RESIDENCY_YEAR_OUT_OF_REACH),
        ({"planned_end": date(2100, 1, 1)}, Refusal.RESIDENCY_YEAR_OUT_OF_REACH),
        ({"planned_end": date(2026, 2, 28), "leave_months": 5}, None),
        ({"planned_end": date(2026, 2, 28), "leave_months": 6}, Refusal.LEAVE_OUTLASTS_RESIDENCY),
        ({"planned_end": date(2035, 9, 1), "leave_months": 120}, None),
        ({"leave_months": 121}, Refusal.LEAVE_OUT_OF_RANGE),
        ({"leave_months": -1}, Refusal.LEAVE_OUT_OF_RANGE),
    ],
)
def test_facts_that_contradict_each_other_cannot_be_true(changed, verdict):
    assert rules.may_be_true(facts(**changed)) == verdict


@pytest.mark.parametrize(
    "address",
    [
        "anna.st@example.org",
        "a@b.se",
        "anna+kurs@vard.vgregion.se",
        "o'brien@example.org",
        "x" * 64 + "@example.org",
    ],
)
def test_addresses_that_letters_can_be_sent_to(address):
    assert rules.is_plausible_email(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "anna",
        "anna@",
        "@example.org",
        "anna@example",
        "anna@@example.org",
        "anna@example.org\n",
        "anna@example.org\r\nBcc: alla@example.org",
        "anna\n@example.org",
        "anna@exa mple.org",
        "anna@example.org, bo@example.org",
        "anna@example.org;bo@example.org",
        "Anna <anna@example.org>",
        "anna..st@example.org",
        ".anna@example.org",
        "anna.@example.org",
        "anna@-example.org",
        "anna@example.org\x00",
        "anna@läkare.se",
        "x" * 65 + "@example.org",
        "a@" + "b" * 250 + ".org",
    ],
)
def test_addresses_that_are_none(address):
    assert not rules.is_plausible_email(address)


@given(st.text())
def test_no_plausible_address_holds_more_than_one_line_or_a_control_character(text):
    address = f"{text}@example.org"
    if rules.is_plausible_email(address):
        assert address.isascii()
        assert address.isprintable()
        assert " " not in address


def test_a_pending_person_may_change_everything():
    assert rules.may_describe_oneself(Standing.PENDING, old=facts(), new=facts(area=Area.FYRBODAL)) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"category": Category.SPECIALIST},
        {"area": Area.FYRBODAL},
        {"residency_start": date(2025, 1, 1)},
        {"planned_end": date(2031, 1, 1)},
        {"leave_months": 1},
    ],
)
def test_confirmed_facts_stand(changed):
    verdict = rules.may_describe_oneself(Standing.CONFIRMED, old=facts(), new=facts(**changed))

    assert verdict == Refusal.CONFIRMED_FACTS_STAND


def test_a_confirmed_person_may_say_the_same_again():
    assert rules.may_describe_oneself(Standing.CONFIRMED, old=facts(), new=facts()) is None


NORTH, SOUTH = Area.FYRBODAL, Area.SODRA_ALVSBORG


@pytest.mark.parametrize(
    ("who", "old_area", "new_area", "verdict"),
    [
        (powers(Role.COORDINATOR), NORTH, SOUTH, None),
        (powers(Role.COORDINATOR), None, SOUTH, None),
        (powers(Role.DIRECTOR, areas=(NORTH,)), NORTH, NORTH, None),
        (powers(Role.DIRECTOR, areas=(NORTH, SOUTH)), NORTH, SOUTH, None),
        (powers(Role.DIRECTOR, areas=(NORTH,)), SOUTH, SOUTH, Refusal.OUTSIDE_OWN_AREA),
        (powers(Role.DIRECTOR, areas=(NORTH,)), SOUTH, NORTH, Refusal.OUTSIDE_OWN_AREA),
        (powers(Role.DIRECTOR, areas=(NORTH,)), NORTH, SOUTH, Refusal.OUTSIDE_OWN_AREA),
        (powers(Role.DIRECTOR, areas=(NORTH,)), None, NORTH, Refusal.OUTSIDE_OWN_AREA),
        (powers(Role.DIRECTOR, Role.COORDINATOR, areas=(NORTH,)), SOUTH, SOUTH, None),
        (powers(), NORTH, NORTH, Refusal.NOT_YOURS_TO_CONFIRM),
        (powers(Role.LEADER, Role.REVIEWER, Role.ADMINISTRATOR), NORTH, NORTH, Refusal.NOT_YOURS_TO_CONFIRM),
    ],
)
def test_who_may_decide_about_whom(who, old_area, new_area, verdict):
    assert rules.may_decide_about(who, person_id=2, old_area=old_area, new_area=new_area) == verdict


@pytest.mark.parametrize("role", list(Role))
def test_nobody_decides_about_oneself(role):
    everywhere = powers(role, areas=tuple(Area))

    assert rules.may_decide_about(everywhere, person_id=1, old_area=NORTH, new_area=NORTH) == Refusal.NOT_ONESELF


@pytest.mark.parametrize("role", list(Role))
def test_administrators_and_operators_grant_roles(role):
    expected = None if role is Role.ADMINISTRATOR else Refusal.NOT_YOURS_TO_GRANT

    assert rules.may_grant(powers(role)) == expected
    assert rules.may_grant(None) is None


@pytest.mark.parametrize("role", list(Role))
def test_a_director_has_an_area_and_nobody_else(role):
    is_director = role is Role.DIRECTOR

    assert rules.grant_fault(role, NORTH) == (None if is_director else Refusal.AREA_ONLY_FOR_DIRECTOR)
    assert rules.grant_fault(role, None) == (Refusal.DIRECTOR_NEEDS_AREA if is_director else None)


@pytest.mark.parametrize(
    "path",
    ["/", "/kurser", "/kurser/KX1?fritext=hj%C3%A4rta#dagar", "/kurser?next=https://example.org", "/å", "/a//b"],
)
def test_a_sign_in_may_lead_to_a_path_of_the_portal(path):
    assert rules.is_own_path(path)


ELSEWHERE = [
    "",
    "kurser",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "/\x00/evil.example",
    "/\u2028/evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "JavaScript://%0aalert(1)",
    "data:text/html,x",
    "@evil.example",
    "?next=x",
    "#x",
    "/" + "x" * 1000,
]


@pytest.mark.parametrize("path", ELSEWHERE)
def test_a_sign_in_leads_nowhere_else(path):
    assert not rules.is_own_path(path)


@given(st.text(alphabet="/\\\t\r\n :@.?#evilhttps\x00", max_size=30))
def test_an_own_path_is_one_slash_and_no_tricks(text):
    if rules.is_own_path(text):
        assert text[0] == "/"
        assert text[1:2] != "/"
        assert "\\" not in text
        assert text.isprintable()


@given(st.text())
def test_a_name_stands_on_one_line(text):
    line = rules.one_line(text, longest=20)

    assert line.isprintable()
    assert line == line.strip()
    assert len(line) <= 20


def test_a_name_keeps_its_letters():
    assert rules.one_line("  Åsa-Märta \n von\tÖst ", longest=100) == "Åsa-Märta von Öst"
