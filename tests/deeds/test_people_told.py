"""Whoever is corrected is told: by whom, and what has changed; and whose address has changed, at the former one."""

from datetime import date

from sqlalchemy import select

from auth import people
from auth.states import Area, Category, Role
from lararportal.outbox import Letter
from make import holder, person

RESIDENT = {
    "category": Category.ST_2021,
    "area": Area.SKARABORG,
    "residency_start": date(2025, 9, 1),
    "planned_end": date(2030, 9, 1),
    "leave_months": 2,
}


def corrected(db, now, **facts) -> list[Letter]:
    anna = person(db, **RESIDENT)
    eva = holder(db, Role.DIRECTOR, area=Area.SKARABORG, given_name="Eva", family_name="Studierektor")
    for _ in range(2):
        people.correct(db, person_id=anna.id, **{**RESIDENT, **facts}, reason="Föräldraledig", now=now, by=eva.id)
    return list(db.scalars(select(Letter).where(Letter.person_id == anna.id)))


def test_who_is_corrected_is_told_by_whom_and_what_has_changed(db, now):
    [letter] = corrected(db, now, leave_months=8)

    assert letter.occasion == "facts_corrected"
    assert "Eva Studierektor har rättat uppgifterna i din profil" in letter.body
    assert "Tjänstledighet: 8 månader, förut 2 månader" in letter.body
    assert [word for word in ("Föräldraledig", "ST planeras sluta") if word in letter.body] == []


def test_nobody_is_told_of_a_correction_that_changes_nothing(db, now):
    assert corrected(db, now) == []


def test_the_former_address_hears_of_the_new_one_once(db, now):
    anna = person(db, email="old@example.org", **RESIDENT)
    for email in ("new@example.org", "NEW@example.org"):
        told = {"person_id": anna.id, "email": email, "workplace": "", **RESIDENT}
        people.describe_oneself(db, **told, now=now, by=anna.id)
    db.flush()

    [letter] = db.scalars(select(Letter))
    assert (letter.occasion, letter.address) == ("address_changed", "old@example.org")
    assert ("n…@example.org" in letter.body, "new@" in letter.body) == (True, False)
