"""Reviews: which courses are opened with which figures, who says what when, and what has become of it."""

from datetime import date, timedelta

import pytest
from bookings_room import refused, seat
from sqlalchemy import delete, select

import make
from auth.holders import everybody_with
from auth.models import Grant
from auth.states import Role
from bookings.queries import seated
from courses.evaluations import answering as evaluating
from courses.evaluations import closing, opening
from courses.models import Completion, Review, ReviewAction
from courses.reviews import answering, follow_up, shown, stating
from courses.reviews import opening as reviewing
from courses.reviews.answering import Promise
from courses.rules.reviews import Criterion
from courses.states import Absence, CourseOutcome, Publicity, Refusal, ReviewState
from lararportal import clock, tick
from lararportal.audit import invariants
from lararportal.errors import NotFound
from lararportal.outbox import Letter

NOW = clock.parse("2027-01-11T08:00")
AUTUMN, SPRING = date(2026, 11, 16), date(2026, 5, 11)
MET = dict.fromkeys(Criterion, "met")
PROMISE = Promise("Byt ut fallet", "Enheten", date(2027, 1, 1))


def held(db, course, day=AUTUMN, *, people=6, grade="5", **facts):
    """A session that was given, completed and evaluated by so many."""
    session = make.session(db, of=course, days=[day], **facts)
    counted = {"minutes": 420, "half_days": 2, "of_half_days": 2, "told_of": [], "lacks": []}
    came = [make.person(db, family_name="Planterad") for _ in range(people)]
    for each in came:
        seat(db, session, each)
        passed = {"outcome": CourseOutcome.PASSED, "decided_at": NOW}
        db.add(Completion(session_id=session.id, person_id=each.id, **passed, **counted))
    absent = {"outcome": CourseOutcome.NOT_PASSED, "absence": Absence.NO_SHOW, "decided_at": NOW}
    nothing = counted | {"minutes": 0, "half_days": 0, "lacks": ["attendance"]}
    db.add(Completion(session_id=session.id, person_id=make.person(db).id, **absent, **nothing))
    db.flush()
    then = clock.parse(f"{day}T17:00")
    opening.open_(db, session.id, roster=seated, now=then, by=None)
    for each in came:
        evaluating.answer(db, session_id=session.id, given={"overall": grade}, now=then, by=each.id)
    closing.close(db, session.id, now=then, by=None)
    return session


def open_(db, half="2026-2", now=NOW):
    return reviewing.open_(db, half=half, now=now, by=make.coordinator(db).id)


def stated(db, review, by, now=NOW, **facts):
    said = {"criteria": MET, "text": "Bra kurs.", **facts}
    stating.state(db, review_id=review.id, **said, now=now, by=by.id)


def answered(db, review, now=NOW):
    by = make.coordinator(db).id
    answering.answer(db, review_id=review.id, text="Tack.", promises=[PROMISE], now=now, by=by)


def letters(db):
    found = select(Letter.person_id, Letter.occasion).where(Letter.occasion.startswith("review_"))
    return [tuple(row) for row in db.execute(found.order_by(Letter.id))]


@pytest.fixture
def gunnar(db):
    return make.holder(db, Role.REVIEWER)


def test_the_courses_with_a_session_held_in_the_half_year_are_opened_with_their_figures(db):
    course, sparse = make.course(db), make.course(db)
    held(db, course)
    held(db, course, date(2026, 12, 31), people=2)
    held(db, course, date(2027, 1, 4))
    held(db, sparse, people=3)
    for publicity in (Publicity.DRAFT, Publicity.CALLED_OFF):
        make.session(db, days=[AUTUMN], publicity=publicity)
    make.session(db, days=[date(2026, 12, 31), date(2027, 1, 2)])

    one, other = open_(db)
    assert (one.course_id, one.sessions, one.participants, one.asked, one.answered) == (course.id, 2, 6, 6, 6)
    assert shown.told(other) == shown.Told(sessions=1, participants=None, asked=None, answered=None, rate=None)


def test_nothing_is_opened_twice_too_soon_or_of_nothing(db):
    course = make.course(db)
    held(db, course)
    with refused(Refusal.HALF_YEAR_NOT_OVER):
        open_(db, "2027-1")
    with refused(Refusal.NOTHING_TO_REVIEW):
        open_(db, "2026-1")
    open_(db)
    with refused(Refusal.REVIEW_OPENED_ALREADY):
        open_(db)


def test_a_review_is_opened_once_stated_answered_and_closed_with_a_letter_each(db, gunnar):
    held(db, make.course(db))
    before = len(invariants(db, now=NOW))
    [review] = open_(db)
    office = make.coordinator(db)
    at = [NOW + timedelta(hours=hours) for hours in range(5)]
    stating.draft(db, review_id=review.id, criteria={"purpose": "met"}, text=" Utkast ", by=gunnar.id)
    with refused(Refusal.REVIEW_ELSEWHERE):
        answered(db, review)
    with refused(Refusal.STATEMENT_INCOMPLETE):
        stated(db, review, gunnar, criteria={"purpose": "met"})
    assert (review.state, review.statement, review.criteria) == (ReviewState.OPEN, "Utkast", {"purpose": "met"})
    stated(db, review, gunnar, now=at[1])
    for again in (
        stated,
        lambda db, review, by: stating.draft(db, review_id=review.id, criteria={}, text="", by=by.id),
    ):
        with refused(Refusal.REVIEW_ELSEWHERE):
            again(db, review, gunnar)
    answered(db, review, now=at[2])
    [action] = db.scalars(select(ReviewAction))
    stating.close(db, review_id=review.id, now=at[3], by=gunnar.id)
    answering.done(db, action_id=action.id, now=at[4], by=office.id)
    with refused(Refusal.ACTION_DONE_ALREADY):
        answering.done(db, action_id=action.id, now=at[4], by=office.id)
    with refused(Refusal.REVIEW_ELSEWHERE):
        stating.close(db, review_id=review.id, now=at[4], by=gunnar.id)
    occasions = [occasion for _, occasion in letters(db)]
    assert occasions == ["review_opened", *["review_stated"] * occasions.count("review_stated"), "review_answered"]
    assert {who for who, occasion in letters(db) if occasion != "review_stated"} == {gunnar.id}
    assert (office.id, "review_stated") in letters(db)
    assert len(invariants(db, now=at[4])) == before
    with pytest.raises(NotFound):
        stating.close(db, review_id=review.id + 99, now=NOW, by=gunnar.id)


def test_the_answer_goes_to_who_reviews_now_where_who_stated_it_does_not(db, gunnar):
    held(db, make.course(db))
    [review] = open_(db)
    stated(db, review, gunnar)
    db.execute(delete(Grant).where(Grant.person_id == gunnar.id))
    after, office = make.holder(db, Role.REVIEWER), make.coordinator(db)
    before = len(invariants(db, now=NOW))
    answering.answer(db, review_id=review.id, text="Tack", promises=[], now=NOW, by=office.id)

    told = select(Letter.person_id).where(Letter.occasion == "review_answered")
    assert db.scalars(told).all() == [after.id]
    assert len(invariants(db, now=NOW)) == before


def test_what_is_promised_what_is_judged_otherwise_and_what_falls_is_followed_up(db, gunnar):
    falls, rises = make.course(db, title="Astma"), make.course(db, title="Barn")
    for course, grades in ((falls, "53"), (rises, "35")):
        for day, grade in zip((SPRING, AUTUMN), grades, strict=True):
            held(db, course, day, grade=grade)
    held(db, rises, date(2026, 11, 20), people=4, grade="1")
    first, other = open_(db, "2026-1")
    second = next(each for each in open_(db) if each.course_id == falls.id)
    stated(db, first, gunnar)
    answered(db, first)
    stated(db, second, gunnar, criteria=MET | {"evidence": "partly"})
    stated(db, other, gunnar)

    found = follow_up.follow_up(db)

    assert [(each.what, each.review.course.title) for each in found.actions] == [("Byt ut fallet", "Astma")]
    [changed] = found.changed
    assert (changed.review.id, changed.done, changed.promised) == (second.id, 0, 1)
    assert changed.criteria == [("evidence", "met", "partly")]
    [fallen] = found.fallen
    assert (fallen.course.title, fallen.before, fallen.after) == ("Astma", ("2026-1", 5.0), ("2026-2", 3.0))
    assert db.scalars(select(Review.half).order_by(Review.id)).all() == ["2026-1"] * 2 + ["2026-2"] * 2


def test_every_coordinator_is_told_once_that_an_action_is_late_until_it_is_done(db, gunnar, database):
    held(db, make.course(db))
    [review] = open_(db, now=clock.parse("2027-01-02T08:00"))
    stated(db, review, gunnar)
    offices = {make.coordinator(db).id, *holding(db)}
    promises = [PROMISE, Promise("Boka sal", "Enheten", date(2027, 1, 10)), Promise("Senare", "-", date(2027, 1, 11))]
    by = next(iter(offices))
    answering.answer(db, review_id=review.id, text="Tack.", promises=promises, now=NOW, by=by)
    sal = db.scalars(select(ReviewAction.id).where(ReviewAction.what == "Boka sal")).one()
    answering.done(db, action_id=sal, now=NOW, by=by)
    before = len(invariants(db, now=NOW))

    moments = ("2027-01-11T09:00", "2027-01-11T09:00", "2027-01-12T00:01", "2027-03-01T09:00")
    done = [tick.run_due(database, now=clock.parse(at))["late actions reminded of"] for at in moments]

    assert done == [1, 0, 1, 0]
    told = [who for who, occasion in letters(db) if occasion == "review_action_late"]
    assert sorted(told) == sorted([*offices] * 2)
    assert len(invariants(db, now=NOW)) == before


def holding(db) -> set[int]:
    """Everybody who is a coordinator by now."""
    return {each.id for each in everybody_with(db, Role.COORDINATOR)}
