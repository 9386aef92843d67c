"""A protected identity: letters lose what they say, and the name stands in none of them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from auth import invitations, people, protection, queries
from auth.states import Area, Category, Refusal, Role
from lararportal import outbox
from lararportal.errors import Refused
from lararportal.journal import Entry
from lararportal.letter_log import queries as letter_log
from lararportal.outbox import Letter
from make import coordinator, holder, person

CHANGES = {"changes": [("leave_months", 0, 2)], "decided_by": "Xantippa Hemligsson"}


def letters(db) -> list[tuple[str, bool]]:
    """For whom, and whether it says anything."""
    db.flush()
    found = db.scalars(select(Letter).order_by(Letter.id))
    return [(each.body.splitlines()[0], "Tjänstledighet" in each.body) for each in found]


def test_letters_before_and_after_say_nothing_and_those_to_others_do_not_name_them(db, now):
    olle = coordinator(db)
    hidden, other, namesake = (
        person(db, given_name=given, family_name=family)
        for given, family in (("Xantippa", "Hemligsson"), ("Bo", "Ek"), ("Xantippa", "Hemligsson"))
    )
    for number, to in enumerate((hidden, other, namesake)):
        outbox.post(db, "facts_corrected", to=to.recipient, once=f"{number}", now=now, calendars=["ics"], **CHANGES)
    db.flush()
    protection.protect(db, person_id=hidden.id, now=now, by=olle.id)
    outbox.post(db, "facts_corrected", to=hidden.recipient, once="new", now=now, calendars=["ics"], **CHANGES)

    assert letters(db) == [("Hej,", False), ("Hej Bo Ek,", True), ("Hej Xantippa Hemligsson,", True), ("Hej,", False)]
    to_hidden, to_other, to_namesake, new = db.scalars(select(Letter).order_by(Letter.id))
    assert [each.calendars for each in (to_hidden, to_other, new)] == [[], ["ics"], []]
    assert f"Skyddade uppgifter {hidden.id} har rättat" in to_other.body
    assert "Xantippa Hemligsson har rättat" in to_namesake.body
    assert (new.occasion, new.address) == ("facts_corrected", hidden.email)
    assert (hidden.name, hidden.own_name) == (f"Skyddade uppgifter {hidden.id}", "Xantippa Hemligsson")
    with pytest.raises(Refused) as refused:
        protection.protect(db, person_id=hidden.id, now=now, by=olle.id)
    assert refused.value.reason is Refusal.PROTECTED_ALREADY

    protection.lift(db, person_id=hidden.id, now=now, by=olle.id)
    assert (hidden.name, letters(db)[-1]) == ("Xantippa Hemligsson", ("Hej,", False))
    with pytest.raises(Refused) as refused:
        protection.lift(db, person_id=hidden.id, now=now, by=olle.id)
    assert refused.value.reason is Refusal.NOT_PROTECTED
    deeds = db.execute(select(Entry.deed, Entry.by, Entry.facts).where(Entry.person_id == hidden.id)).all()
    assert deeds == [("person.protected", olle.id, {}), ("person.unprotected", olle.id, {})]


def test_only_an_invitation_that_is_open_keeps_its_link_and_the_log_shows_no_text_of_theirs(db, now):
    olle, bodies = coordinator(db), []
    for at in (now, now - timedelta(days=3)):
        address = f"xantippa{at:%d}@example.org"
        wanted = {"given_name": "Xantippa", "family_name": "Hemligsson", "email": address, "roles": []}
        bound, lasts = invitations.by_email(address), timedelta(days=2)
        made = invitations.invite_somebody_new(db, **wanted, bound=bound, lasts=lasts, now=at, by=olle.id)
        if at == now:
            again = now + timedelta(hours=1)
            invitations.send_again(db, invitation_id=made.id, lasts=lasts, now=again, by=olle.id)
        db.flush()
        db.expire_all()
        protection.protect(db, person_id=made.person_id, now=again, by=olle.id)
        theirs = select(Letter.id).where(Letter.person_id == made.person_id).order_by(Letter.id)
        shown = [letter_log.letter(db, each) for each in db.scalars(theirs)]
        bodies.append(["/inbjudan/" in each.letter.body for each in shown])
        assert [each for each in shown if "xantippa" in each.text.lower()] == []

    assert bodies == [[False, True], [False]]


def test_longer_names_that_have_theirs_in_them_stay_as_they_are(db, now):
    names = [("Anna", "Berg"), ("Anna", "Bergö"), ("Eva-Anna", "Berg"), ("Anna", "Berg Ström"), ("Bo", "Ek")]
    anna, *others = (person(db, given_name=given, family_name=family) for given, family in names)
    said = "Anna Berg, Anna Bergs plats, Anna Bergö, Eva-Anna Berg, Anna Berg Ström och dessutom Anna Berg"
    for to in others:
        outbox.post(
            db, "facts_corrected", to=to.recipient, once=f"{to.id}", now=now, changes=[], decided_by=f"{said} (AB)"
        )
    db.flush()
    protection.protect(db, person_id=anna.id, now=now, by=coordinator(db).id)
    db.flush()
    db.expire_all()

    hidden = f"Skyddade uppgifter {anna.id}"
    told = f"{hidden}, {hidden}s plats, Anna Bergö, Eva-Anna Berg, Anna Berg Ström och dessutom {hidden} (AB)"
    for letter, to in zip(db.scalars(select(Letter).order_by(Letter.id)), others, strict=True):
        assert (letter.body.splitlines()[0], told in " ".join(letter.body.split())) == (f"Hej {to.own_name},", True)


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.LEADER, Role.ADMINISTRATOR, Role.REVIEWER])
def test_nobody_but_a_coordinator_decides_it(db, now, role):
    somebody, by = person(db), holder(db, role)

    with pytest.raises(Refused) as refused:
        protection.protect(db, person_id=somebody.id, now=now, by=by.id)
    assert refused.value.reason is Refusal.NOT_YOURS_TO_PROTECT
    assert somebody.is_protected is False


def test_who_decided_about_somebody_is_not_named_either_when_they_are_protected(db, now):
    eva = coordinator(db, given_name="Xantippa", family_name="Hemligsson", is_protected=True)
    anna = person(db)
    facts = {"category": Category.SPECIALIST, "area": Area.GOTEBORG, "residency_start": None, "planned_end": None}
    people.correct(db, person_id=anna.id, reason="Klar", leave_months=0, now=now, by=eva.id, **facts)
    db.flush()

    [letter] = db.scalars(select(Letter))
    assert ("Xantippa" in letter.body, eva.name in letter.body) == (False, True)


def test_where_the_protected_stand_in_a_list_tells_nothing_of_what_they_are_called(db):
    names = ("Öst", "Ek", "Alm")
    hidden = [person(db, family_name=name, category=Category.SPECIALIST, is_protected=True) for name in names]
    known = [person(db, family_name=name, category=Category.SPECIALIST) for name in names]
    as_told = [*(each.id for each in reversed(known)), *(each.id for each in hidden)]

    listed = queries.people(db, areas=None, name="", standing=None, number=1).rows
    assert [each.id for each in listed] == as_told
    assert [each.id for each in sorted(hidden + known, key=lambda each: each.place_in_lists)] == as_told
