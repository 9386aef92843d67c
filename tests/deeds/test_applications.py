"""Applications: sent in, changed and taken back, with their letters."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from bookings_room import CLOSES, OPENS, last_facts, noted, occasions, place, refused, seat, sent, told
from sqlalchemy import select

import make
from auth.states import Category, Standing
from bookings import applications
from bookings.applications import Beforehand
from bookings.models import Application, Choice
from bookings.states import ApplicationState, Refusal, RoundState
from courses.models import Course, CourseSession
from courses.states import Publicity
from lararportal.errors import NotFound


@dataclass
class Offer:
    round_: object
    skin: Course
    heart: Course
    first: CourseSession
    second: CourseSession


@pytest.fixture
def offer(db):
    """An open round with two sessions of two courses."""
    skin, heart = make.course(db, title="Hud"), make.course(db, title="Hjärta")
    first = make.session(db, of=skin, days=[date(2027, 4, 12)])
    second = make.session(db, of=heart, days=[date(2027, 5, 10)])
    return Offer(make.round_of(db, first, second, opens_at=OPENS, closes_at=CLOSES), skin, heart, first, second)


def choices(db, application) -> list[int]:
    return list(
        db.scalars(select(Choice.session_id).where(Choice.application_id == application.id).order_by(Choice.rank))
    )


def apply(db, offer, person, *wanted, cap=4, now=OPENS):
    return applications.apply(
        db, round_id=offer.round_.id, person_id=person.id, choices=list(wanted), cap=cap, now=now, by=person.id
    )


def test_a_list_is_kept_in_its_order(db, offer):
    person = make.person(db)
    application = apply(db, offer, person, offer.second.id, offer.first.id, cap=2)
    assert choices(db, application) == [offer.second.id, offer.first.id]
    assert (application.state, application.cap, application.version) == (ApplicationState.SUBMITTED, 2, 1)
    assert application.submitted_at == OPENS
    assert noted(db) == [("application.sent", person.id, person.id, None)]
    assert last_facts(db) == {
        "round": offer.round_.id,
        "choices": [offer.second.id, offer.first.id],
        "cap": 2,
        "standing_yes": True,
        "short_notice": False,
        "version": 1,
    }
    assert occasions(db, person) == ["application_received"]


def test_a_later_list_replaces_the_earlier_one(db, offer):
    person = make.person(db)
    first = apply(db, offer, person, offer.first.id, offer.second.id)
    again = apply(db, offer, person, offer.second.id, cap=1, now=OPENS + timedelta(days=1))
    assert again.id == first.id
    assert choices(db, again) == [offer.second.id]
    assert (again.version, again.cap, again.submitted_at) == (2, 1, OPENS + timedelta(days=1))
    assert occasions(db, person) == ["application_received", "application_changed"]


def test_how_a_seat_is_wanted_from_a_line_is_part_of_the_application(db, offer):
    person = make.person(db)
    about = {"round_id": offer.round_.id, "person_id": person.id, "choices": [offer.first.id], "cap": 4}
    for beforehand in (Beforehand(), Beforehand(standing_yes=False, short_notice=True)):
        made = applications.apply(db, **about, beforehand=beforehand, now=OPENS, by=person.id)
    assert (made.version, made.standing_yes, made.short_notice) == (2, False, True)
    assert occasions(db, person) == ["application_received", "application_changed"]


def test_the_same_list_once_more_changes_nothing_and_nobody_is_told_again(db, offer):
    person = make.person(db)
    apply(db, offer, person, offer.first.id, offer.second.id, cap=2)
    again = apply(db, offer, person, offer.first.id, offer.second.id, cap=2, now=OPENS + timedelta(days=1))
    assert (again.version, again.submitted_at) == (1, OPENS)
    assert choices(db, again) == [offer.first.id, offer.second.id]
    assert [deed for deed, *_ in noted(db)] == ["application.sent"]
    assert occasions(db, person) == ["application_received"]
    for _ in range(2):
        assert apply(db, offer, person, offer.first.id, offer.second.id, cap=1).version == 2
    assert occasions(db, person) == ["application_received", "application_changed"]


def test_the_same_list_once_more_counts_again_after_it_was_withdrawn(db, offer):
    person = make.person(db)
    apply(db, offer, person, offer.first.id)
    applications.withdraw(db, round_id=offer.round_.id, person_id=person.id, now=OPENS, by=person.id)
    again = apply(db, offer, person, offer.first.id)
    assert (again.state, again.version) == (ApplicationState.SUBMITTED, 2)


def test_a_list_can_be_turned_round(db, offer):
    person = make.person(db)
    apply(db, offer, person, offer.first.id, offer.second.id)
    again = apply(db, offer, person, offer.second.id, offer.first.id)
    assert choices(db, again) == [offer.second.id, offer.first.id]


def test_a_withdrawn_list_does_not_count_and_a_new_one_does(db, offer):
    person = make.person(db)
    application = apply(db, offer, person, offer.first.id)
    applications.withdraw(db, round_id=offer.round_.id, person_id=person.id, now=OPENS, by=person.id)
    assert application.state is ApplicationState.WITHDRAWN
    again = apply(db, offer, person, offer.second.id)
    assert (again.id, again.state, choices(db, again)) == (
        application.id,
        ApplicationState.SUBMITTED,
        [offer.second.id],
    )
    assert occasions(db, person) == ["application_received", "application_withdrawn", "application_received"]
    assert [deed for deed, *_ in noted(db)] == ["application.sent", "application.withdrawn", "application.sent"]


def test_a_list_can_be_withdrawn_sent_in_and_withdrawn_again(db, offer):
    person = make.person(db)
    for _ in range(2):
        apply(db, offer, person, offer.first.id)
        applications.withdraw(db, round_id=offer.round_.id, person_id=person.id, now=OPENS, by=person.id)
    assert occasions(db, person) == ["application_received", "application_withdrawn"] * 2


def test_somebody_nobody_has_confirmed_may_apply_and_is_told_what_is_needed(db, offer):
    person = make.person(db, standing=Standing.PENDING)
    apply(db, offer, person, offer.first.id)
    assert "inte bekräftad" in told(db, person)


def test_a_confirmed_person_is_not_told_so(db, offer):
    person = make.person(db)
    apply(db, offer, person, offer.first.id)
    assert "bekräftad" not in told(db, person)


def test_places_in_line_do_not_keep_anybody_from_applying(db, offer):
    person = make.person(db)
    place(db, make.session(db, days=[date(2027, 4, 12)]), person)
    assert apply(db, offer, person, offer.first.id).version == 1


@pytest.mark.parametrize(
    ("prepare", "reason", "named"),
    [
        pytest.param(lambda _db, o, _p: setattr(o.round_, "state", RoundState.PLANNED), Refusal.ROUND_NOT_OPEN, ""),
        pytest.param(lambda _db, o, _p: setattr(o.round_, "state", RoundState.CLOSED), Refusal.ROUND_NOT_OPEN, ""),
        pytest.param(lambda _db, _o, p: setattr(p, "area", None), Refusal.PROFILE_INCOMPLETE, ""),
        pytest.param(lambda _db, _o, p: setattr(p, "category", None), Refusal.PROFILE_INCOMPLETE, ""),
        pytest.param(
            lambda _db, _o, p: setattr(p, "category", Category.SPECIALIST), Refusal.NOT_IN_TARGET_GROUP, "Hud"
        ),
        pytest.param(
            lambda _db, o, _p: setattr(o.second, "publicity", Publicity.ARCHIVED),
            Refusal.SESSION_NOT_IN_ROUND,
            "Hjärta",
        ),
        pytest.param(
            lambda db, o, p: seat(db, make.session(db, of=o.skin, days=[date(2026, 11, 2)]), p),
            Refusal.COURSE_TAKEN_BEFORE,
            "Hud",
        ),
        pytest.param(
            lambda db, o, p: seat(db, make.session(db, of=o.heart, days=[date(2027, 6, 1)]), p),
            Refusal.COURSE_ALREADY_BOOKED,
            "Hjärta",
        ),
        pytest.param(
            lambda db, _o, p: seat(db, make.session(db, days=[date(2027, 5, 10)]), p), Refusal.DAY_TAKEN, "Hjärta"
        ),
    ],
)
def test_why_a_list_is_refused_and_which_course_is_named(db, offer, prepare, reason, named):
    person = make.person(db)
    prepare(db, offer, person)
    db.flush()
    with refused(reason, course=named):
        apply(db, offer, person, offer.first.id, offer.second.id, now=OPENS)


def test_what_stands_in_the_way_of_a_choice_is_named(db, offer):
    person, days = make.person(db), [date(2027, 5, 10)]
    seat(db, make.session(db, of=make.course(db, title="Etik"), days=days), person)
    with refused(Refusal.DAY_TAKEN, course="Hjärta", other="Etik", other_days=days):
        apply(db, offer, person, offer.first.id, offer.second.id, now=OPENS)


@pytest.mark.parametrize(
    ("wanted", "cap", "reason"),
    [
        pytest.param([], 4, Refusal.NO_CHOICES),
        pytest.param(["first", "first"], 4, Refusal.CHOICE_TWICE),
        pytest.param(["first"], 0, Refusal.CAP_OUT_OF_RANGE),
        pytest.param(["first"], 5, Refusal.CAP_OUT_OF_RANGE),
        pytest.param([10**6], 4, Refusal.SESSION_NOT_IN_ROUND),
    ],
)
def test_why_the_list_itself_is_refused(db, offer, wanted, cap, reason):
    ids = [getattr(offer, each).id if isinstance(each, str) else each for each in wanted]
    with refused(reason, cap=4):
        apply(db, offer, make.person(db), *ids, cap=cap)
    assert db.scalars(select(Application)).all() == []


def test_a_list_is_taken_until_the_very_second(db, offer):
    person = make.person(db)
    apply(db, offer, person, offer.first.id, now=CLOSES - timedelta(seconds=1))
    with refused(Refusal.ROUND_NOT_OPEN):
        apply(db, offer, person, offer.first.id, now=CLOSES)
    with refused(Refusal.ROUND_NOT_OPEN):
        applications.withdraw(db, round_id=offer.round_.id, person_id=person.id, now=CLOSES, by=None)


def test_nothing_can_be_withdrawn_where_nothing_was_sent_in(db, offer):
    person = make.person(db)
    with refused(Refusal.NO_APPLICATION):
        applications.withdraw(db, round_id=offer.round_.id, person_id=person.id, now=OPENS, by=person.id)


def test_nothing_is_withdrawn_twice(db, offer):
    person = make.person(db)
    apply(db, offer, person, offer.first.id)
    applications.withdraw(db, round_id=offer.round_.id, person_id=person.id, now=OPENS, by=person.id)
    with refused(Refusal.NO_APPLICATION):
        applications.withdraw(db, round_id=offer.round_.id, person_id=person.id, now=OPENS, by=person.id)
    assert occasions(db, person) == ["application_received", "application_withdrawn"]


def test_a_round_or_a_person_that_does_not_exist_is_not_found(db, offer):
    with pytest.raises(NotFound):
        applications.apply(db, round_id=10**6, person_id=1, choices=[1], cap=1, now=OPENS, by=None)
    with pytest.raises(NotFound):
        applications.withdraw(db, round_id=10**6, person_id=1, now=OPENS, by=None)
    with pytest.raises(NotFound):
        applications.apply(
            db, round_id=offer.round_.id, person_id=10**6, choices=[offer.first.id], cap=1, now=OPENS, by=None
        )


def test_a_long_list_takes_no_more_statements_than_a_short_one(db, queries):
    offered = [make.session(db, days=[date(2027, 4, 1) + timedelta(days=n)]) for n in range(12)]
    round_ = make.round_of(db, *offered, opens_at=OPENS, closes_at=CLOSES)
    one, many = make.person(db), make.person(db)
    counts = []
    for person, wanted in ((one, offered[:1]), (many, offered)):
        db.flush()
        db.expunge_all()
        queries.reset()
        sent(db, round_, person, *wanted)
        db.flush()
        counts.append(queries.apart)
    assert counts == [11, 11]
