"""Erasure on request: nothing tells who it was, and what was decided of them stands and can be done again."""

from datetime import timedelta

import pytest
from bookings_room import AFTER, place, published, refused, seat
from sqlalchemy import func, select

import make
from auth import granting, invitations, login_sessions, people, personal_numbers, protection
from auth.models import AccountInvitation, Grant, Identity, LoginSession, Person, PersonalNumber
from auth.states import Area, Binding, Refusal, Role
from bookings import charging, erasure, precedence
from bookings.models import CourseWish, Decision
from bookings.replay import replay
from bookings.states import RoundState
from courses.models import SessionLeader
from lararportal import outbox, personal_number
from lararportal.audit import invariants
from lararportal.journal import Entry
from lararportal.outbox import Letter, LetterState

REASON = "Begäran 2027/14"
LATER = AFTER + timedelta(days=900)


@pytest.fixture
def olle(db):
    return make.coordinator(db)


@pytest.fixture
def xantippa(db):
    return make.person(db, subject="x", given_name="Xantippa", family_name="Hemligsson", is_protected=True)


def erase(db, person, by, *, reason=REASON, now=AFTER):
    db.flush()
    return erasure.erase(db, person_id=person.id, reason=reason, now=now, by=by.id)


def of(db, person, *tables) -> list[int]:
    db.flush()
    return [db.scalar(select(func.count()).select_from(each).where(each.person_id == person.id)) for each in tables]


def test_nothing_tells_who_it_was_and_who_comes_back_is_somebody_new(db, olle, xantippa):
    bo = make.person(db)
    facts = {"changes": [("leave_months", 0, 2)], "calendars": ["i"], "now": AFTER}
    for to, by, once in ((xantippa, "Olle", "a"), (bo, "Xantippa Hemligsson", "b")):
        outbox.post(db, "facts_corrected", to=to.recipient, once=once, decided_by=by, **facts)
    number = personal_number.of("191212121212")
    personal_numbers.keep(db, person_id=xantippa.id, number=number, now=AFTER)
    begun = {"provider": "demo", "id_token": "", "proved_at": AFTER, "now": AFTER}
    token = login_sessions.begin(db, person_id=xantippa.id, **begun)
    db.add(CourseWish(person_id=xantippa.id, course_id=make.course(db).id, asked_at=AFTER))
    moments = dict.fromkeys(("made_at", "sent_at", "expires_at"), AFTER)
    bound = {"binding": Binding.EMAIL, "bound_to": xantippa.email, "roles": [], "token_hash": "x"}
    db.add(AccountInvitation(person_id=xantippa.id, invited_by=olle.id, **bound, **moments))
    theirs = (Identity, PersonalNumber, LoginSession, CourseWish, AccountInvitation)
    assert of(db, xantippa, *theirs) == [1, 1, 1, 1, 1]

    erase(db, xantippa, olle)
    assert of(db, xantippa, *theirs) == [0, 0, 0, 0, 0]
    assert xantippa.name == xantippa.own_name == f"Borttagen person {xantippa.id}"
    assert (xantippa.email, xantippa.workplace, xantippa.area, xantippa.residency_start) == ("", "", None, None)
    idle = {"idle": timedelta(minutes=30), "absolute": timedelta(hours=10)}
    assert login_sessions.visitor(db, token=token, now=AFTER, **idle) is None
    letters = {each.person_id: each for each in db.scalars(select(Letter).order_by(Letter.id.desc()))}
    mine, other = letters[xantippa.id], letters[bo.id]
    assert (mine.address, mine.body, mine.calendars, mine.state) == ("", "", [], LetterState.FAILED)
    assert (mine.stopped_at, f"Borttagen person {xantippa.id} har rättat" in other.body) == (AFTER, True)
    [entry] = db.scalars(select(Entry).where(Entry.deed == "person.erased"))
    assert (entry.person_id, entry.by, entry.facts) == (xantippa.id, olle.id, {"reason": REASON})
    shown = {"given_name": "Xantippa", "family_name": "Hemligsson", "email": "x@example.org", "now": AFTER}
    new = people.arrive(db, issuer="http://127.0.0.1:1", kind="sub", value="x", **shown)
    assert (new.id != xantippa.id, new.name) == (True, "Xantippa Hemligsson")
    erase(db, new, olle)
    db.flush()
    assert [each for each in invariants(db, now=AFTER) if each.facts.get("person") == new.id] == []
    about = {"person_id": xantippa.id, "now": AFTER, "by": olle.id}
    for deed in (
        lambda: erasure.erase(db, reason=REASON, **about),
        lambda: protection.protect(db, **about),
        lambda: people.correct_address(db, email="x@example.org", **about),
        lambda: invitations.invite(db, bound=None, roles=[], lasts=timedelta(days=9), **about),
        lambda: granting.grant(db, person_id=xantippa.id, role=Role.LEADER, area=None, now=AFTER, by=None),
    ):
        with refused(Refusal.PERSON_ERASED):
            deed()


def test_who_may_and_for_which_reason(db, olle, xantippa):
    with refused(Refusal.ERASES_ONESELF):
        erase(db, olle, olle)
    for role in (Role.ADMINISTRATOR, Role.DIRECTOR, Role.LEADER):
        with refused(Refusal.NOT_YOURS_TO_ERASE):
            erase(db, xantippa, make.holder(db, role))
    with refused(Refusal.ERASED_WITHOUT_REASON):
        erase(db, xantippa, olle, reason="  ")
    for told in ("Begärt av xantippa hemligsson", f"Mejl från {xantippa.email}"):
        with refused(Refusal.ERASED_BY_NAME):
            erase(db, xantippa, olle, reason=told)
    assert xantippa.erased_at is None


def test_what_holds_somebody_comes_to_an_end_first(db, olle, xantippa):
    def held() -> list[Refusal]:
        db.flush()
        return erasure.held_by(db, xantippa.id, now=AFTER)

    session, led = make.session(db), make.session(db)
    round_ = make.round_of(db, make.session(db), state=RoundState.CLOSED)
    assert held() == []
    round_.second_party_id = xantippa.id
    assert held() == [Refusal.ERASED_APPLIES]
    precedence.grant(db, person_id=xantippa.id, course_id=session.course_id, reason="Skäl", now=AFTER, by=olle.id)
    assert held() == [Refusal.ERASED_APPLIES, Refusal.ERASED_GOES_FIRST]
    place(db, session, xantippa)
    db.add(SessionLeader(session_id=led.id, person_id=xantippa.id))
    db.add(Grant(person_id=xantippa.id, role=Role.DIRECTOR, area=Area.GOTEBORG))
    assert held() == [
        Refusal.ERASED_HAS_ROLE,
        Refusal.ERASED_LEADS,
        Refusal.ERASED_HAS_SEAT,
        Refusal.ERASED_APPLIES,
        Refusal.ERASED_GOES_FIRST,
    ]
    with refused(Refusal.ERASED_HAS_ROLE):
        erase(db, xantippa, olle)
    assert erasure.held_by(db, xantippa.id, now=LATER) == [
        Refusal.ERASED_HAS_ROLE,
        Refusal.ERASED_HAS_SEAT,
        Refusal.ERASED_APPLIES,
    ]


def test_a_published_round_is_done_again_as_it_was_when_somebody_in_it_is_nobody_any_more(db, olle, xantippa):
    session = make.session(db, seats=1)
    round_ = published(db, {xantippa: [session], make.person(db): [session]})
    admitted = db.scalar(select(Decision.person_id).where(Decision.code == "ADMITTED"))
    person = db.get_one(Person, admitted)
    with refused(Refusal.ERASED_HAS_SEAT):
        erase(db, person, olle, now=LATER)
    charging.settle(db, session.id, now=LATER, by=None)
    before = list(replay(db, round_.id).differences)
    erase(db, person, olle, now=LATER)
    db.flush()

    assert list(replay(db, round_.id).differences) == before
    assert [each.facts for each in invariants(db, now=LATER) if each.check.startswith("erased")] == []
    person.given_name = "Xantippa"
    db.flush()
    found = [(each.check, each.facts) for each in invariants(db, now=LATER) if each.check.startswith("erased")]
    assert found == [("erased_but_kept", {"person": person.id})]


def test_a_seat_that_is_put_down_for_the_invoices_holds_nobody(db, xantippa):
    session = make.session(db)
    seat(db, session, xantippa)
    assert erasure.held_by(db, xantippa.id, now=LATER) == [Refusal.ERASED_HAS_SEAT]

    charging.settle(db, session.id, now=LATER, by=None)
    db.flush()
    assert erasure.held_by(db, xantippa.id, now=LATER) == []
