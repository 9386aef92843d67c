from datetime import date, timedelta

import pytest
from sqlalchemy import select

from auth import granting, login_sessions, people, personal_numbers
from auth.models import Grant, Identity, LoginSession, Person
from auth.states import Area, Category, Refusal, Role, Standing
from lararportal.errors import NotFound, Refused
from lararportal.journal import Entry
from make import coordinator, holder, person

ISSUER = "https://idp.example"
ANNA = {
    "issuer": ISSUER,
    "kind": "sub",
    "value": "anna.st",
    "given_name": "Anna",
    "family_name": "Stenberg",
    "email": "anna.st@example.org",
}
RESIDENT = {
    "category": Category.ST_2021,
    "area": Area.SKARABORG,
    "residency_start": date(2025, 9, 1),
    "planned_end": date(2030, 9, 1),
    "leave_months": 2,
}
NOBODY = {"category": None, "area": None, "residency_start": None, "planned_end": None, "leave_months": 0}


def entries(db) -> list[tuple]:
    db.flush()
    rows = db.scalars(select(Entry).order_by(Entry.id))
    return [(entry.deed, entry.by, entry.person_id, entry.facts) for entry in rows]


def refusal(deed, *args, **facts) -> Refused:
    with pytest.raises(Refused) as raised:
        deed(*args, **facts)
    return raised.value


def facts_of(someone: Person) -> dict:
    return {name: getattr(someone, name) for name in RESIDENT}


def newcomer(db, now, **described) -> Person:
    """Somebody who has arrived and, if asked to, described themselves."""
    number = len(db.scalars(select(Identity)).all())
    made = people.arrive(db, **{**ANNA, "value": f"newcomer{number}"}, now=now)
    if described:
        told = {**RESIDENT, "email": made.email, "workplace": "Vårdcentralen Eken", **described}
        people.describe_oneself(db, person_id=made.id, **told, now=now, by=made.id)
    return made


class TestArriving:
    def test_the_first_sign_in_makes_a_pending_person(self, db, now):
        anna = people.arrive(db, **ANNA, now=now)

        assert (anna.name, anna.email, anna.standing, anna.created_at) == (
            "Anna Stenberg",
            "anna.st@example.org",
            Standing.PENDING,
            now,
        )
        assert facts_of(anna) == NOBODY
        identity = db.scalars(select(Identity).where(Identity.person_id == anna.id)).one()
        assert (identity.issuer, identity.kind, identity.value, identity.linked_at) == (ISSUER, "sub", "anna.st", now)
        trace = personal_numbers.trace(db, issuer=ISSUER, kind="sub", value="anna.st")
        told = {"issuer": ISSUER, "kind": "sub", "trace": trace}
        assert entries(db) == [("person.arrived", anna.id, anna.id, told)]
        assert (len(trace), "anna.st" in str(told)) == (64, False)

    def test_the_second_sign_in_finds_the_same_person_and_changes_nothing(self, db, now):
        first = people.arrive(db, **ANNA, now=now)
        changed = {"given_name": "Ann", "email": "other@example.org"}
        second = people.arrive(db, **{**ANNA, **changed}, now=now + timedelta(days=1))

        assert second is first
        assert (second.given_name, second.email) == ("Anna", "anna.st@example.org")
        assert len(entries(db)) == 1

    @pytest.mark.parametrize("other", [{"issuer": "https://other.example"}, {"kind": "hsa_id"}, {"value": "anna.ST"}])
    def test_nobody_is_recognised_by_name_or_address(self, db, now, other):
        first = people.arrive(db, **ANNA, now=now)
        second = people.arrive(db, **{**ANNA, **other}, now=now)

        assert second.id != first.id

    def test_what_a_provider_says_is_made_fit_to_stand_in_a_letter(self, db, now):
        strange = {"given_name": "An\x00na\r\nBcc: x", "family_name": "S" * 300, "email": "a@b.se\r\nBcc: x@y.se"}
        anna = people.arrive(db, **{**ANNA, **strange}, now=now)
        db.flush()

        assert (anna.given_name, anna.family_name, anna.email) == ("An na Bcc: x", "S" * 100, "")


class TestDescribingOneself:
    def test_a_newcomer_says_who_they_are(self, db, now):
        anna = people.arrive(db, **ANNA, now=now)
        people.describe_oneself(
            db,
            person_id=anna.id,
            email="anna@vard.example",
            workplace=" Vårdcentralen\nLinden ",
            **RESIDENT,
            now=now,
            by=anna.id,
        )

        assert (anna.email, anna.workplace) == ("anna@vard.example", "Vårdcentralen Linden")
        assert facts_of(anna) == RESIDENT
        assert anna.standing == Standing.PENDING
        assert entries(db)[2:] == [
            (
                "person.described_oneself",
                anna.id,
                anna.id,
                {
                    "old": NOBODY,
                    "new": {
                        "category": "st_2021",
                        "area": "skaraborg",
                        "residency_start": "2025-09-01",
                        "planned_end": "2030-09-01",
                        "leave_months": 2,
                    },
                },
            )
        ]

    def test_only_a_residents_residency_is_kept(self, db, now):
        sara = newcomer(db, now, category=Category.SPECIALIST)

        assert facts_of(sara) == {**NOBODY, "category": Category.SPECIALIST, "area": Area.SKARABORG}

    def test_an_incomplete_profile_is_kept_too(self, db, now):
        leader = newcomer(db, now, **NOBODY)

        assert facts_of(leader) == NOBODY

    def test_a_confirmed_person_changes_address_and_workplace_only(self, db, now):
        anna = person(db, **RESIDENT)
        told = {"person_id": anna.id, "email": "new@example.org", "workplace": "Vårdcentralen Ny", "now": now}
        people.describe_oneself(db, **told, **RESIDENT, by=anna.id)
        moved = {**told, "email": "third@example.org", **RESIDENT, "area": Area.FYRBODAL}

        assert refusal(people.describe_oneself, db, **moved, by=anna.id).reason == Refusal.CONFIRMED_FACTS_STAND
        assert (anna.email, anna.workplace, anna.area) == ("new@example.org", "Vårdcentralen Ny", Area.SKARABORG)
        described = ("person.described_oneself", anna.id, anna.id, {"old": {}, "new": {}})
        assert entries(db) == [("person.address_changed", anna.id, anna.id, {}), described]

    @pytest.mark.parametrize(
        ("wrong", "reason"),
        [
            ({"email": "anna@example.org\r\nBcc: x@example.org"}, Refusal.EMAIL_IMPLAUSIBLE),
            ({"email": ""}, Refusal.EMAIL_IMPLAUSIBLE),
            ({"planned_end": date(2025, 9, 1)}, Refusal.RESIDENCY_ENDS_BEFORE_START),
            ({"residency_start": None}, Refusal.RESIDENCY_ENDS_WITHOUT_START),
            ({"leave_months": -1}, Refusal.LEAVE_OUT_OF_RANGE),
        ],
    )
    def test_what_cannot_be_true_is_refused_and_nothing_is_kept(self, db, now, wrong, reason):
        anna = people.arrive(db, **ANNA, now=now)
        told = {"email": "anna@example.org", "workplace": "", **RESIDENT, **wrong}

        assert refusal(people.describe_oneself, db, person_id=anna.id, **told, now=now, by=anna.id).reason == reason
        assert facts_of(anna) == NOBODY

    def test_nobody_describes_somebody_else(self, db, now):
        anna, other = people.arrive(db, **ANNA, now=now), person(db)
        told = {"email": "anna@example.org", "workplace": "", **RESIDENT}

        no = refusal(people.describe_oneself, db, person_id=anna.id, **told, now=now, by=other.id)

        assert no.reason == Refusal.ONLY_ABOUT_ONESELF


class TestConfirming:
    @pytest.mark.parametrize("role", [Role.COORDINATOR, Role.DIRECTOR])
    def test_a_coordinator_and_the_director_of_the_area_confirm(self, db, now, role):
        anna = newcomer(db, now, leave_months=0)
        by = holder(db, role, area=Area.SKARABORG if role is Role.DIRECTOR else None)
        people.confirm(db, person_id=anna.id, **RESIDENT, now=now, by=by.id)

        assert anna.standing == Standing.CONFIRMED
        assert facts_of(anna) == RESIDENT
        assert entries(db)[-1] == (
            "person.confirmed",
            by.id,
            anna.id,
            {"old": {"leave_months": 0}, "new": {"leave_months": 2}},
        )

    def test_a_director_of_another_area_does_not(self, db, now):
        anna, eva = newcomer(db, now, **RESIDENT), holder(db, Role.DIRECTOR, area=Area.FYRBODAL)
        taken_over = {**RESIDENT, "area": Area.FYRBODAL}

        for facts in (RESIDENT, taken_over):
            no = refusal(people.confirm, db, person_id=anna.id, **facts, now=now, by=eva.id)
            assert no.reason == Refusal.OUTSIDE_OWN_AREA
        assert (anna.standing, anna.area) == (Standing.PENDING, Area.SKARABORG)

    @pytest.mark.parametrize("role", [Role.LEADER, Role.REVIEWER, Role.ADMINISTRATOR])
    def test_no_other_role_confirms(self, db, now, role):
        anna, other = newcomer(db, now, **RESIDENT), holder(db, role)

        no = refusal(people.confirm, db, person_id=anna.id, **RESIDENT, now=now, by=other.id)

        assert no.reason == Refusal.NOT_YOURS_TO_CONFIRM

    def test_nobody_confirms_oneself(self, db, now):
        olle = person(db, **RESIDENT, standing=Standing.PENDING)
        db.add(Grant(person_id=olle.id, role=Role.COORDINATOR))

        no = refusal(people.confirm, db, person_id=olle.id, **RESIDENT, now=now, by=olle.id)

        assert no.reason == Refusal.NOT_ONESELF

    def test_what_is_confirmed_is_complete(self, db, now):
        anna, olle = newcomer(db, now, **RESIDENT), coordinator(db)
        endless = {**RESIDENT, "planned_end": None}

        no = refusal(people.confirm, db, person_id=anna.id, **endless, now=now, by=olle.id)

        assert no.reason == Refusal.FACTS_MISSING
        assert anna.standing == Standing.PENDING

    def test_nobody_is_confirmed_without_an_address_for_letters(self, db, now):
        anna, olle = people.arrive(db, **{**ANNA, "email": ""}, now=now), coordinator(db)

        no = refusal(people.confirm, db, person_id=anna.id, **RESIDENT, now=now, by=olle.id)

        assert no.reason == Refusal.FACTS_MISSING

    def test_nobody_is_confirmed_twice(self, db, now):
        anna, olle = person(db, **RESIDENT), coordinator(db)

        no = refusal(people.confirm, db, person_id=anna.id, **RESIDENT, now=now, by=olle.id)

        assert no.reason == Refusal.ALREADY_CONFIRMED

    def test_an_unknown_person_is_not_found(self, db, now):
        olle = coordinator(db)

        with pytest.raises(NotFound):
            people.confirm(db, person_id=0, **RESIDENT, now=now, by=olle.id)


class TestCorrecting:
    def test_a_correction_is_remembered_with_its_reason(self, db, now):
        anna, eva = person(db, **RESIDENT), holder(db, Role.DIRECTOR, area=Area.SKARABORG)
        people.correct(
            db,
            person_id=anna.id,
            **{**RESIDENT, "planned_end": date(2031, 3, 1), "leave_months": 8},
            reason=" Föräldraledig ",
            now=now,
            by=eva.id,
        )

        assert (anna.planned_end, anna.leave_months, anna.standing) == (date(2031, 3, 1), 8, Standing.CONFIRMED)
        assert entries(db) == [
            (
                "person.corrected",
                eva.id,
                anna.id,
                {
                    "reason": "Föräldraledig",
                    "old": {"planned_end": "2030-09-01", "leave_months": 2},
                    "new": {"planned_end": "2031-03-01", "leave_months": 8},
                },
            )
        ]

    def test_a_resident_who_becomes_a_specialist_has_no_residency_any_more(self, db, now):
        anna, olle = person(db, **RESIDENT), coordinator(db)
        facts = {**RESIDENT, "category": Category.SPECIALIST}
        people.correct(db, person_id=anna.id, **facts, reason="Färdig", now=now, by=olle.id)

        assert facts_of(anna) == {**NOBODY, "category": Category.SPECIALIST, "area": Area.SKARABORG}

    def test_a_correction_needs_a_reason(self, db, now):
        anna, olle = person(db, **RESIDENT), coordinator(db)

        no = refusal(people.correct, db, person_id=anna.id, **RESIDENT, reason="  ", now=now, by=olle.id)

        assert no.reason == Refusal.REASON_MISSING

    def test_what_was_never_confirmed_is_not_corrected(self, db, now):
        anna, olle = newcomer(db, now, **RESIDENT), coordinator(db)

        no = refusal(people.correct, db, person_id=anna.id, **RESIDENT, reason="Fel", now=now, by=olle.id)

        assert no.reason == Refusal.NOT_YET_CONFIRMED

    def test_a_director_moves_nobody_out_of_the_area(self, db, now):
        anna, eva = person(db, **RESIDENT), holder(db, Role.DIRECTOR, area=Area.SKARABORG)
        moved = {**RESIDENT, "area": Area.FYRBODAL}

        no = refusal(people.correct, db, person_id=anna.id, **moved, reason="Flyttat", now=now, by=eva.id)

        assert no.reason == Refusal.OUTSIDE_OWN_AREA
        assert anna.area == Area.SKARABORG


class TestGranting:
    def test_an_administrator_grants_a_role_and_the_person_signs_in_anew(self, db, now):
        siv, karin = holder(db, Role.ADMINISTRATOR), person(db)
        login_sessions.begin(db, person_id=karin.id, provider="demo", id_token="", now=now)
        granting.grant(db, person_id=karin.id, role=Role.LEADER, area=None, now=now, by=siv.id)

        held = db.scalars(select(Grant).where(Grant.person_id == karin.id)).one()
        assert (held.role, held.area) == (Role.LEADER, None)
        assert db.scalars(select(LoginSession.ended_at).where(LoginSession.person_id == karin.id)).all() == [now]
        assert entries(db)[1:] == [
            ("login_session.ended", siv.id, karin.id, {}),
            ("role.granted", siv.id, karin.id, {"role": "leader", "area": None}),
        ]

    def test_an_operator_makes_the_first_administrator(self, db, now):
        siv = person(db)
        granting.grant(db, person_id=siv.id, role=Role.ADMINISTRATOR, area=None, now=now, by=None)

        assert entries(db) == [("role.granted", None, siv.id, {"role": "administrator", "area": None})]

    def test_a_person_may_be_director_of_two_areas(self, db, now):
        eva = person(db)
        for area in (Area.FYRBODAL, Area.SKARABORG):
            granting.grant(db, person_id=eva.id, role=Role.DIRECTOR, area=area, now=now, by=None)

        held = db.scalars(select(Grant.area).where(Grant.person_id == eva.id).order_by(Grant.id)).all()
        assert held == [Area.FYRBODAL, Area.SKARABORG]

    @pytest.mark.parametrize(
        ("role", "area", "reason"),
        [
            (Role.DIRECTOR, None, Refusal.DIRECTOR_NEEDS_AREA),
            (Role.COORDINATOR, Area.SKARABORG, Refusal.AREA_ONLY_FOR_DIRECTOR),
        ],
    )
    def test_only_directors_have_an_area(self, db, now, role, area, reason):
        someone = person(db)

        assert (
            refusal(granting.grant, db, person_id=someone.id, role=role, area=area, now=now, by=None).reason == reason
        )

    def test_no_role_is_held_twice(self, db, now):
        olle = coordinator(db)

        no = refusal(granting.grant, db, person_id=olle.id, role=Role.COORDINATOR, area=None, now=now, by=None)

        assert no.reason == Refusal.ROLE_ALREADY_HELD

    def test_a_revoked_role_is_gone_at_once(self, db, now):
        siv, olle = holder(db, Role.ADMINISTRATOR), coordinator(db)
        granting.revoke(db, person_id=olle.id, role=Role.COORDINATOR, area=None, now=now, by=siv.id)

        assert db.scalars(select(Grant).where(Grant.person_id == olle.id)).all() == []
        assert entries(db) == [("role.revoked", siv.id, olle.id, {"role": "coordinator", "area": None})]

    def test_a_role_that_is_not_held_cannot_be_revoked(self, db, now):
        eva = holder(db, Role.DIRECTOR, area=Area.SKARABORG)
        elsewhere = {"role": Role.DIRECTOR, "area": Area.FYRBODAL}

        assert refusal(granting.revoke, db, person_id=eva.id, **elsewhere, now=now, by=None).reason == (
            Refusal.ROLE_NOT_HELD
        )

    @pytest.mark.parametrize("role", [Role.COORDINATOR, Role.DIRECTOR, Role.LEADER, Role.REVIEWER])
    @pytest.mark.parametrize("deed", [granting.grant, granting.revoke])
    def test_nobody_but_administrators_decides_about_roles(self, db, now, role, deed):
        by, someone = holder(db, role), person(db)
        wanted = {"person_id": someone.id, "role": Role.LEADER, "area": None}

        assert refusal(deed, db, **wanted, now=now, by=by.id).reason == Refusal.NOT_YOURS_TO_GRANT


class TestLocking:
    def test_persons_come_in_id_order_each_once(self, db):
        first, second = person(db), person(db)

        assert people.lock(db, [second.id, first.id, second.id]) == [first, second]

    def test_a_missing_person_is_not_found(self, db):
        someone = person(db)

        with pytest.raises(NotFound):
            people.lock(db, [someone.id, 0])
