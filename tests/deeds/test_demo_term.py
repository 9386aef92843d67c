"""The demonstration term: what it holds, that it is refused a second time, and that each invariant can fail."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from random import Random

import pytest
from demo_faults import CHANGES, CHANGES_OF_CASES, FAULTS
from demo_room import ISSUER, of_the_half_year_before, person, roles, states
from planted_faults import NOW, TOGETHER, insist_on_finding
from planting import LONGEST_LINE, STOOD
from portals import SAFE
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.orm import Session

from auth import queries as people_queries
from auth.models import Person
from auth.states import InvitationState, Role, Standing
from bookings import allocation, publication, queries, rebooking, rounds, waitlist
from bookings.minimum import invitations
from bookings.models import Application, Booking, Choice, Decision, MinimumCase, Precedence, Round, RoundSession
from bookings.replay import replay
from bookings.rules.minimum import Audience
from bookings.states import BookingState, RoundState
from courses.models import Attendance, Completion, CourseDay, CourseSession, SessionLeader
from courses.rules import is_working_day
from courses.states import Absence, CourseOutcome, Publicity
from lararportal import clock
from lararportal.audit import INVARIANTS, NOT_DONE, found, in_motion, invariants
from lararportal.db import Database
from lararportal.demo import build_term
from lararportal.demo.answers import Answers
from lararportal.demo.cast import ANNA, EVA, KARIN, OLLE, SARA
from lararportal.demo.figures import report
from lararportal.demo.offer import Offer
from lararportal.demo.rounds import application
from lararportal.demo.stories import ANNAS_LINE, ANNAS_PRECEDENCE, ANNAS_SEAT, ANNAS_WISHES, SARAS_SEAT, SISTER
from lararportal.demo.term import NotEmpty, Term
from lararportal.demo.wishes import Wish
from lararportal.dev.people import PEOPLE
from lararportal.journal import Entry
from lararportal.outbox import Letter, LetterState

SHARE = 0.15


@dataclass(frozen=True)
class Built:
    term: Term
    database: Database
    connection: Connection
    progress: list[tuple[str, int, int]]

    def offer(self, key: str) -> Offer:
        return next(each for each in self.term.offers if each.key == key)


@pytest.fixture(scope="module")
def built(engine: Engine) -> Iterator[Built]:
    """One small term for all tests here, undone after the last; each test leaves it as it was."""
    with engine.connect() as connection:
        transaction = connection.begin()
        database = Database(connection, portal_url="http://portal.test", safe=SAFE)
        progress: list[tuple[str, int, int]] = []
        term = build_term(database, now=NOW, issuer=ISSUER, progress=lambda *step: progress.append(step), share=SHARE)
        yield Built(term, database, connection, progress)
        transaction.rollback()


@pytest.fixture
def db(built: Built) -> Iterator[Session]:
    with built.connection.begin_nested() as savepoint:
        with Session(
            built.connection,
            join_transaction_mode="create_savepoint",
            expire_on_commit=False,
            info={"portal_url": "http://portal.test", "safe": SAFE},
        ) as session:
            yield session
        savepoint.rollback()


def test_every_invariant_holds_of_a_new_term_and_its_published_rounds_are_as_they_were(db):
    published = list(db.scalars(select(Round.id).where(Round.state == RoundState.PUBLISHED)))
    assert (invariants(db, now=NOW), published != []) == ([], True)
    assert [list(replay(db, each).differences) for each in published] == [[] for _ in published]
    assert db.scalar(select(func.count()).where(Booking.seat_group.is_(None))) == 0


def test_a_term_is_not_built_where_something_is_already(built):
    with pytest.raises(NotEmpty):
        build_term(built.database, now=NOW, issuer=ISSUER, progress=lambda *step: None, share=SHARE)


def test_every_demonstration_person_can_sign_in_with_the_role_they_are_known_for(db):
    held = {each.subject: roles(db, each.subject) for each in PEOPLE}

    assert held == {
        "anna.st": set(),
        "sara.specialist": set(),
        "karin.kursledare": {Role.LEADER},
        "olle.samordnare": {Role.COORDINATOR},
        "eva.studierektor": {Role.DIRECTOR},
        "gunnar.granskare": {Role.REVIEWER},
        "system.admin": {Role.ADMINISTRATOR},
    }


def test_sessions_have_been_held_and_completed_and_one_of_them_was_put_right(built, db):
    held, since, begun = (built.offer(key).id for key in ("OB08-1", "KL11-1", "OB01-1"))
    rows = db.execute(select(Completion.outcome, Completion.absence).where(Completion.session_id == held)).all()
    assert {each.absence for each in rows} == {None, Absence.ILL}
    assert {each.outcome for each in rows} == set(CourseOutcome)
    completed = select(CourseSession.id).where(CourseSession.completed_at.is_not(None))
    assert sorted(db.scalars(completed)) == sorted([held, since, *of_the_half_year_before(db)])
    assert db.scalar(select(func.count()).where(Attendance.session_id == begun)) > 0
    entries = select(Entry.session_id).where(Entry.deed == "attendance.noted", Entry.facts.has_key("reason"))
    assert db.scalars(entries).all() == [held]
    put_down = "SELECT c.absence FROM absence_charges c JOIN bookings b ON b.id = booking_id WHERE session_id = :held"
    assert db.scalars(text(put_down + " ORDER BY c.id DESC"), {"held": held}).first() is None


def test_what_is_around_the_days_is_there_too_and_the_half_year_before_is_reviewed(built, db):
    for rows in (
        "reviews WHERE answered >= 5 AND state = 'answered'",
        "reviews WHERE answered >= 5 AND state = 'open' AND statement != ''",
        "review_actions WHERE done_at IS NULL",
        "review_actions WHERE done_at IS NOT NULL",
        "certificates WHERE state = 'valid' AND person_id = :anna",
        *(f"{each} WHERE session_id = :going_on" for each in ("materials", "needs")),
        *("preparation_marks", "evaluations WHERE closed_at IS NULL", "maskings"),
    ):
        about = {"anna": person(db, ANNA).id, "going_on": built.offer("OB01-1").id}
        assert db.scalar(text(f"SELECT count(*) FROM {rows}"), about) > 0, rows


def test_an_external_reviewer_is_invited_and_has_not_come_yet(db):
    page = people_queries.invitations(db, state=InvitationState.OPEN, now=NOW, number=1)

    assert [(each.invitation.person.email, each.invitation.roles) for each in page.rows] == [
        ("erik.extern@example.org", ["reviewer"])
    ]


def test_anna_has_a_seat_that_she_can_change_and_a_place_in_line_and_has_not_applied_yet(built, db):
    seat, line, sister = (built.offer(key).id for key in (ANNAS_SEAT, ANNAS_LINE, SISTER))
    anna, (before, _) = person(db, ANNA), of_the_half_year_before(db)

    assert states(db, ANNA) == {before: BookingState.BOOKED, seat: BookingState.BOOKED, line: BookingState.WAITING}
    open_round = db.scalars(select(Round).where(Round.state == RoundState.OPEN)).one()
    assert queries.application(db, round_id=open_round.id, person_id=anna.id) is None
    moved = rebooking.rebook(db, from_session_id=seat, to_session_id=sister, person_id=anna.id, now=NOW, by=anna.id)
    assert moved.state is BookingState.BOOKED


def test_eva_has_shown_her_secret_of_the_rounds_that_closed_and_keeps_that_of_the_open_one(built, db):
    eva = person(db, EVA)
    open_, revealed, finished = queries.lotteries_with(db, eva.id)

    assert [(each.state, each.wanted) for each in (revealed, finished)] == [
        (RoundState.REVEALED, []),
        (RoundState.PUBLISHED, []),
    ]
    for each in (revealed, finished):
        assert each.second_revealed_at < each.value_entered_at <= each.revealed_at < NOW
        assert [len(bytes.fromhex(digits)) for digits in (each.second_secret, each.seed)] == [32, 32]
        # Seven numbers from 1 to 35, as a named value is spelt: nothing between them.
        assert each.value.isdecimal()
        assert 7 <= len(each.value) <= 14
    assert (open_.state, open_.second_secret, open_.portal_secret) == (RoundState.OPEN, None, None)
    assert sha256(bytes.fromhex(built.term.second_secret)).hexdigest() == open_.second_commitment


def test_sara_has_a_seat_in_a_clinical_course(built, db):
    _, before = of_the_half_year_before(db)
    assert set(states(db, SARA)) == {before, built.offer(SARAS_SEAT).id}
    assert set(states(db, SARA).values()) == {BookingState.BOOKED}


def test_karin_leads_five_sessions_three_of_them_over(db):
    led = select(CourseSession.starts_on).join(SessionLeader).where(SessionLeader.person_id == person(db, KARIN).id)
    days = sorted(db.scalars(led))

    assert [day < clock.day_of(NOW) for day in days] == [True, True, True, False, False]


def test_one_session_is_full_with_a_line_and_one_is_put_before_those_who_decide(built, db):
    full = db.get_one(CourseSession, built.offer(ANNAS_LINE).id)
    waiting = select(func.count()).where(Booking.session_id == full.id, Booking.state == BookingState.WAITING)

    assert full.seats_taken == full.seats
    assert db.scalar(waiting) >= 2
    asked = set(db.scalars(select(MinimumCase.session_id).where(MinimumCase.asked_at.is_not(None))))
    due = {row.session.session_id for row in queries.below_minimum(db, today=clock.day_of(NOW)) if row.is_due}
    assert asked == due == {built.offer("KL26-1").id}


def test_the_session_with_too_few_can_be_rescued_by_specialists_who_asked_to_be_told(built, db):
    found = invitations.reach(db, session_id=built.offer("KL26-1").id, audience=Audience.ASKED, now=NOW)

    assert len(found.persons) == 3


def test_courses_are_over_under_way_and_ahead_on_working_days_only(db):
    days = db.execute(
        select(CourseDay.session_id, func.min(CourseDay.day), func.max(CourseDay.day)).group_by(CourseDay.session_id)
    )
    today = clock.day_of(NOW)
    spans = [(first, last) for _, first, last in days]

    assert len(spans) == 59
    assert sum(last < today for _, last in spans) == 4
    assert sum(first < today <= last for first, last in spans) == 1
    assert all(map(is_working_day, db.scalars(select(CourseDay.day))))


def test_one_session_is_held_in_reserve_and_may_be_asked_for_in_the_open_round(db, built):
    (spare,) = db.scalars(select(CourseSession).where(CourseSession.is_reserve))
    asked = select(func.count()).where(Choice.session_id == spare.id)

    assert (spare.id, spare.publicity, spare.seats_taken) == (built.offer("OB03-R").id, Publicity.DRAFT, 0)
    assert db.scalar(asked) > 0


def test_three_rounds_are_each_at_another_stage_the_open_one_with_applications_also_of_the_unconfirmed(db):
    rounds = dict(db.execute(select(Round.state, Round.id).order_by(Round.id)).all())
    sent = select(func.count()).where(Application.round_id == rounds[RoundState.OPEN])
    pending = sent.where(Application.person_id == Person.id, Person.standing == Standing.PENDING)

    assert list(rounds) == [RoundState.PUBLISHED, RoundState.OPEN, RoundState.REVEALED]
    assert db.scalar(sent) > 50
    assert db.scalar(pending) == 4


def test_the_revealed_round_is_drawn_up_previewed_and_published_at_once_and_anna_is_told(built, db):
    olle, anna = person(db, OLLE), person(db, ANNA)
    revealed = db.scalars(select(Round).where(Round.state == RoundState.REVEALED)).one()
    sent = select(func.count()).where(Application.round_id == revealed.id)
    assert db.scalar(sent) >= 8

    run = allocation.draw_up(db, round_id=revealed.id, now=NOW, by=olle.id)
    previewed = queries.preview(db, revealed.id)
    publication.publish(db, round_id=revealed.id, run_id=run.id, now=NOW, by=olle.id)

    assert previewed is not None
    wished = {built.offer(key).id for course in ANNAS_WISHES for key in course}
    decided = select(Decision.session_id).where(Decision.round_id == revealed.id, Decision.person_id == anna.id)
    assert set(db.scalars(decided)) == wished
    told = select(func.count()).where(Letter.person_id == anna.id, Letter.created_at == NOW)
    assert db.scalar(told) == 1
    assert invariants(db, now=NOW) == []


def test_nobody_asks_for_a_session_on_a_day_on_which_they_have_a_seat(built, db):
    sara = next(each for each in built.term.cast.specialists if each.subject == SARA)
    round_id = db.scalars(select(Round.id).where(Round.state == RoundState.OPEN)).one()
    elsewhere = built.offer("KL18-1")
    that_day = replace(elsewhere, days=built.offer(SARAS_SEAT).days)

    for offer, sent in ((that_day, False), (elsewhere, True)):
        application(round_id, Wish(sara, [[offer]], 1), NOW)(db)
        assert (queries.application(db, round_id=round_id, person_id=sara.id) is not None) is sent


def test_some_published_sessions_are_in_no_round_and_can_be_planned_into_one(built, db):
    free = {built.offer(key).id for key in ("OB09-2", "KL07-2", "OB10-2")}

    assert {each.session_id for each in queries.sessions_for_round(db, None, now=NOW)} == free


def test_a_round_is_called_after_the_months_in_which_its_sessions_begin(db):
    days = select(RoundSession.round_id, func.min(CourseSession.starts_on), func.max(CourseSession.starts_on))
    spans = db.execute(days.join(CourseSession).group_by(RoundSession.round_id).order_by(RoundSession.round_id)).all()

    months = [(first.isoformat()[:7], last.isoformat()[:7]) for _, first, last in spans]
    titles = list(db.scalars(select(Round.title).order_by(Round.id)))
    assert list(zip(titles, months, strict=True)) == [
        ("Kurser december 2026 till juni 2027", ("2026-12", "2027-06")),
        ("Kurser juni till december 2027", ("2027-06", "2027-12")),
        ("Kurser maj 2027", ("2027-05", "2027-05")),
    ]


def test_some_go_before_others_by_a_decision_anna_in_the_open_round(built, db):
    anna = person(db, ANNA)
    held = queries.what_counts(db, anna.id, now=NOW)
    given = db.scalars(select(Precedence)).all()

    assert [each.course_code for each in held.precedences] == [built.offer(ANNAS_PRECEDENCE).code]
    assert [each.course_code for each in held.turned_down] == [built.offer(ANNAS_LINE).code]
    assert len(given) == 5
    assert len([each for each in given if each.revoked_at is not None]) == 1


def test_what_was_decided_in_the_finished_round_counts_in_the_open_one(built, db):
    rounds_ = dict(db.execute(select(Round.state, Round.id)).all())
    marked = queries.exceptions(db, rounds_[RoundState.PUBLISHED])
    open_round = rounds_[RoundState.OPEN]
    rounds.close_early(db, round_id=open_round, reason="Alla har sökt.", now=NOW, by=None)
    applicants = json.loads(db.scalar(select(Round.frozen).where(Round.id == open_round)))["applicants"]

    assert (len(marked.frozen), len(marked.afterwards), marked.unexplained) == (1, 1, [])
    assert [each for each in applicants.values() if each["rejections"]] != []


def test_nothing_has_happened_in_the_future(db):
    assert db.scalar(select(func.max(Entry.at))) <= NOW
    assert db.scalar(select(func.max(Letter.created_at))) <= NOW
    assert set(db.scalars(select(Letter.state))) == {LetterState.QUEUED}


def test_progress_tells_what_is_done_and_ends_each_step_with_all_of_it(built):
    steps = [step for step, _, _ in built.progress]
    ends = {step: (done, total) for step, done, total in built.progress}

    assert list(dict.fromkeys(steps))[:3] == ["people", "courses", "the half-year before"]
    assert all(done == total for done, total in ends.values())


def test_the_figures_of_a_term_are_what_the_rows_say(built, db):
    figures = report(built.database, now=NOW)

    assert figures.sessions == db.scalar(select(func.count()).where(CourseSession.publicity == Publicity.PUBLISHED))
    assert figures.seated == db.scalar(select(func.sum(CourseSession.seats_taken)))
    assert figures.letters == figures.letters_queued == db.scalar(select(func.count(Letter.id)))
    became = select(func.count(Entry.id)).where((Entry.deed == "seat.from_line") & Entry.by.is_not(None))
    withdrawn = select(func.count(Entry.id)).where(Entry.deed == "offer.withdrawn")
    ends = figures.offers_declined + figures.offers_lapsed + db.scalar(became) + db.scalar(withdrawn)
    assert figures.offers_made == figures.offers_open + ends
    below = queries.below_minimum(db, today=clock.day_of(NOW), horizon_days=400)
    assert figures.sessions_below_minimum == len(below)
    assert figures.go_no_go_asked == 1


def test_each_check_has_a_fault_that_breaks_it():
    assert list(FAULTS) == [*(each.name for each in INVARIANTS), NOT_DONE]


@pytest.mark.parametrize("names", TOGETHER.values(), ids=TOGETHER)
def test_planted_faults_are_found_each_by_its_check_and_by_no_other_and_told_in_one_sentence(db, names):
    insist_on_finding(db, names)


def test_those_who_are_offered_a_seat_say_yes_or_no_or_nothing(built, db):
    session = db.get_one(CourseSession, db.scalar(text(LONGEST_LINE)))
    session.seats += 9
    for waiting in db.scalars(select(Booking).where(Booking.state == BookingState.WAITING)):
        waiting.standing_yes = False
    db.flush()
    offered = waitlist.fill(db, session_id=session.id, now=NOW)
    people = Answers(Random(1), built.term.cast, built.term.offers, spared=())
    for _ in range(2):
        people.answer(db, NOW)
    answered = db.scalars(
        select(Booking.state).where(Booking.session_id == session.id, Booking.asked_at == NOW)
    ).all()
    kinds = {BookingState.BOOKED, BookingState.DECLINED, BookingState.OFFERED}
    assert offered == len(answered)
    assert set(answered) == kinds


def test_each_column_of_a_booking_that_is_changed_behind_the_journal_is_named(db):
    checks = [each for each in INVARIANTS if each.name == "booking_not_as_noted"]
    for column, change in CHANGES.items():
        with db.begin_nested() as savepoint:
            assert db.execute(text(f"UPDATE bookings SET {change} WHERE id = ({STOOD})")).rowcount == 1
            named = [each.facts["booking_facts"] for each in found(db, checks, in_motion(NOW))]
            assert named == [[column]], column
            savepoint.rollback()


@pytest.mark.parametrize("change", CHANGES_OF_CASES)
def test_whatever_is_changed_of_a_case_behind_the_journal_is_found(db, change):
    assert db.execute(text(change)).rowcount in (1, 2)
    checks = [each for each in INVARIANTS if each.name == "case_not_as_noted"]
    assert [each.check for each in found(db, checks, in_motion(NOW))] == ["case_not_as_noted"]


def test_what_a_session_reserves_and_its_days_are_called_behind_the_journal_is_named(db):
    """No page sets what is reserved, so that the one deed about it opens them."""
    a_session = "(SELECT min(id) FROM course_sessions)"
    db.execute(text(f"""UPDATE course_sessions SET reserves = '{{"PRE": 1}}' WHERE id = {a_session}"""))
    [finding] = found(db, [each for each in INVARIANTS if each.name == "session_not_as_noted"], in_motion(NOW))
    assert finding.facts["told_facts"] == ["reserves"]
    db.execute(text(f"UPDATE course_days SET first_known_as = day + 1 WHERE session_id = {a_session}"))
    [finding] = found(db, [each for each in INVARIANTS if each.name == "session_not_as_noted"], in_motion(NOW))
    assert finding.facts["told_facts"] == ["known_as", "reserves"]


def test_some_seats_were_given_back_late_last_month_for_a_reason_and_one_is_had_again(db):
    late = select(Booking).where(Booking.state == BookingState.CANCELLED, Booking.ended_late)
    cancelled = db.scalars(late).all()
    last_month = [each for each in cancelled if clock.day_of(each.ended_at).strftime("%Y-%m") == "2026-12"]

    assert len(last_month) >= 2
    assert [each for each in cancelled if each.cancel_ground is None] == []
    assert db.scalar(select(func.count()).where(Entry.deed == "seat.restored")) == 1
