"""Who may erase whom, for which reason, and what has to come to an end first."""

from dataclasses import fields

import pytest

from auth import rules
from auth.rules import Ahead, Powers
from auth.states import Refusal, Role

NOTHING = {each.name: False for each in fields(Ahead)}


@pytest.mark.parametrize(
    ("roles", "person_id", "refusal"),
    [
        ({Role.COORDINATOR}, 2, None),
        ({Role.COORDINATOR, Role.DIRECTOR}, 2, None),
        ({Role.COORDINATOR}, 1, Refusal.ERASES_ONESELF),
        *((({role}, 2, Refusal.NOT_YOURS_TO_ERASE)) for role in Role if role is not Role.COORDINATOR),
        (set(), 1, Refusal.NOT_YOURS_TO_ERASE),
    ],
)
def test_a_coordinator_erases_others(roles, person_id, refusal):
    powers = Powers(person_id=1, roles=frozenset(roles), areas=frozenset())

    assert rules.may_erase(powers, person_id=person_id) == refusal


@pytest.mark.parametrize(
    ("reason", "fault"),
    [
        ("Begäran 2027/14", None),
        ("Bo bad om det", None),
        (" \n", Refusal.ERASED_WITHOUT_REASON),
        ("bo ek bad om det", Refusal.ERASED_BY_NAME),
        ("Bo\r\nEks begäran", Refusal.ERASED_BY_NAME),
        ("Begäran av Ek, Bo (2027/14)", Refusal.ERASED_BY_NAME),
        ("Mejl från BO@example.org", Refusal.ERASED_BY_NAME),
    ],
)
def test_the_reason_is_there_and_tells_nobodys_name(reason, fault):
    assert rules.erasure_reason_fault(reason, name="Bo Ek", email="bo@example.org") == fault


def test_who_has_no_address_is_not_found_in_every_reason():
    assert rules.erasure_reason_fault("Begäran", name="Bo Ek", email="") is None


@pytest.mark.parametrize(
    ("ahead", "refusals"),
    [
        ((), []),
        (("has_role",), [Refusal.ERASED_HAS_ROLE]),
        (("leads",), [Refusal.ERASED_LEADS]),
        (("has_seat",), [Refusal.ERASED_HAS_SEAT]),
        (("applies",), [Refusal.ERASED_APPLIES]),
        (("goes_first", "has_role"), [Refusal.ERASED_HAS_ROLE, Refusal.ERASED_GOES_FIRST]),
    ],
)
def test_each_thing_ahead_holds_somebody_back(ahead, refusals):
    assert rules.holds_back(Ahead(**NOTHING | dict.fromkeys(ahead, True))) == refusals
