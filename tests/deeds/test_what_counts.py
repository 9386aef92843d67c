"""What somebody reads of what counts, before they apply and afterwards; and what is marked beside a round."""

from datetime import date, timedelta

import pytest
from bookings_room import AFTER, CLOSES, OPENS, PUBLISHED_AT, drawn_up, last_run, published, sent
from sqlalchemy import select

import make
from auth.states import Area, Category, Role, Standing
from bookings import exceptions, left_over_seats, precedence, publication, queries, rounds, waitlist
from bookings.models import LineException
from bookings.states import ExceptionKind, Ground, PrecedenceKind, PrecedenceState, RoundState
from courses.states import Kind, Order
from lararportal import clock
from lararportal.errors import NotFound

NOW = clock.parse("2026-12-14T09:00")
NEAR, FAR = date(2028, 1, 11), date(2031, 1, 11)


@pytest.fixture
def eva(db):
    return make.holder(db, Role.DIRECTOR, given_name="Eva", family_name="Studierektor")


@pytest.fixture
def anna(db):
    return make.person(
        db,
        given_name="Anna",
        family_name="Stenberg",
        residency_start=date(2025, 1, 11),
        planned_end=date(2028, 8, 16),
        leave_months=2,
    )


def open_round(db, *sessions, title="Våren", closes_at=CLOSES):
    return make.round_of(db, *sessions, title=title, opens_at=OPENS, closes_at=closes_at)


def grant(db, person, course, by, *, now=NOW):
    return precedence.grant(db, person_id=person.id, course_id=course.id, reason="Skäl.", now=now, by=by.id)


class TestWhatCounts:
    def test_months_are_those_of_the_day_that_each_open_round_closes(self, db, anna):
        first = open_round(db, make.session(db), title="Våren")
        second = open_round(db, make.session(db), title="Kliniska", closes_at=CLOSES + timedelta(days=31))
        make.round_of(db, make.session(db), state=RoundState.CLOSED)
        found = queries.what_counts(db, anna.id, now=NOW).reckonings

        assert [(each.round_id, each.round_title, each.on, each.served, each.left) for each in found] == [
            (first.id, "Våren", date(2027, 1, 11), 22, 20),
            (second.id, "Kliniska", date(2027, 2, 11), 23, 19),
        ]

    def test_without_an_open_round_they_are_those_of_today(self, db, anna):
        make.round_of(db, make.session(db), closes_at=NOW, opens_at=OPENS)
        [found] = queries.what_counts(db, anna.id, now=NOW).reckonings

        assert (found.round_id, found.on, found.served, found.left) == (None, date(2026, 12, 14), 21, 21)

    @pytest.mark.parametrize(
        ("planned_end", "left", "is_last"), [(date(2027, 7, 12), 7, False), (date(2027, 7, 11), 6, True)]
    )
    def test_the_last_chance_is_said(self, db, planned_end, left, is_last):
        open_round(db, make.session(db))
        [found] = queries.what_counts(db, make.person(db, planned_end=planned_end).id, now=NOW).reckonings

        assert (found.left, found.is_last_chance) == (left, is_last)

    @pytest.mark.parametrize("category", [Category.SPECIALIST, Category.PRE_ST])
    def test_who_has_no_planned_end_has_no_months(self, db, category):
        person = make.person(db, category=category, residency_start=None, planned_end=None)
        counts = queries.what_counts(db, person.id, now=NOW)

        assert [(each.served, each.left, each.is_last_chance) for each in counts.reckonings] == [(0, None, False)]

    def test_it_is_said_whether_somebody_has_confirmed_it(self, db, anna):
        pending = make.person(db, standing=Standing.PENDING)

        assert [queries.what_counts(db, each.id, now=NOW).is_confirmed for each in (anna, pending)] == [True, False]

    def test_refusals_that_are_remembered_are_told_by_course(self, db, anna):
        skin = make.course(db, code="HUD", title="Hud", order=Order.REVERSED)
        heart = make.course(db, code="HJ", title="Hjärta")
        sessions = [
            make.session(db, of=heart, seats=1),
            make.session(db, of=skin, seats=1, days=[date(2027, 5, 3)]),
        ]
        rival = make.person(db, residency_start=date(2026, 1, 1), planned_end=NEAR)
        published(db, {rival: sessions, anna: sessions})
        told = queries.what_counts(db, anna.id, now=AFTER).turned_down

        assert [(each.course_code, each.course_title, each.order, each.times) for each in told] == [
            ("HJ", "Hjärta", Order.DEADLINE, 1),
            ("HUD", "Hud", Order.REVERSED, 1),
        ]
        assert queries.what_counts(db, rival.id, now=AFTER).turned_down == []

    def test_precedence_is_told_with_who_decided_and_why(self, db, anna, eva):
        grant(db, anna, make.course(db, code="HUD", title="Hud"), eva)
        [held] = queries.what_counts(db, anna.id, now=NOW).precedences

        assert (held.course_code, held.course_title, held.person_name) == ("HUD", "Hud", "Anna Stenberg")
        assert (held.kind, held.state, held.until) == (PrecedenceKind.GRANTED, PrecedenceState.HELD, "2027-2")
        assert (held.reason, held.granted_by, held.granted_at) == ("Skäl.", "Eva Studierektor", NOW)

    def test_nobody_unknown_is_reckoned(self, db):
        with pytest.raises(NotFound):
            queries.what_counts(db, 10**6, now=NOW)

    @pytest.mark.parametrize("size", [1, 4])
    def test_it_takes_the_same_few_statements_for_little_and_much(self, db, anna, eva, size, queries_counted):
        wanted = [make.session(db, seats=1, days=[date(2027, 5, 1 + each)]) for each in range(size)]
        published(db, {make.person(db, planned_end=NEAR): wanted, anna: wanted})
        for _ in range(size):
            open_round(db, make.session(db))
            grant(db, anna, make.course(db), eva)
        db.expunge_all()
        queries_counted.reset()
        counts = queries.what_counts(db, anna.id, now=NOW)

        assert (len(counts.turned_down), len(counts.precedences), len(counts.reckonings)) == (size,) * 3
        assert queries_counted.count == 6


@pytest.fixture
def queries_counted(request):
    """The counter under a name that leaves `queries` to the queries of the room."""
    return request.getfixturevalue("queries")


class TestWhatCountsInARound:
    def test_courses_stand_by_their_order_with_what_counts_there(self, db, eva):
        anna = make.person(db, residency_start=date(2022, 1, 1), planned_end=date(2027, 6, 30))
        skin = make.course(db, code="HUD", title="Hud", order=Order.REVERSED)
        heart = make.course(db, code="HJ", title="Hjärta")
        clinical = make.course(db, code="KL", title="Akut", kind=Kind.CLINICAL)
        foreign = make.course(db, title="Annat", targets={"SPEC": 0})
        wanted = [
            make.session(db, of=each, seats=1, days=[date(2027, 5, day)]) for day, each in ((3, skin), (4, heart))
        ]
        published(
            db,
            {make.person(db, residency_start=date(2026, 9, 1), planned_end=date(2027, 5, 1)): wanted, anna: wanted},
        )
        grant(db, anna, heart, eva)
        later = [make.session(db, of=each, days=[date(2027, 10, 4)]) for each in (skin, heart, clinical, foreign)]
        round_ = open_round(db, *later, title="Hösten", closes_at=AFTER + timedelta(days=9))
        found = queries.round_counts(db, round_id=round_.id, person_id=anna.id)

        assert (found.reckoning.round_title, found.reckoning.left, found.reckoning.is_last_chance) == (
            "Hösten",
            6,
            True,
        )
        assert {
            order: [(one.title, one.is_last_chance, one.has_precedence, one.times_turned_down) for one in courses]
            for order, courses in found.courses.items()
        } == {
            Order.DEADLINE: [("Akut", False, False, 0), ("Hjärta", True, True, 0)],
            Order.REVERSED: [("Hud", True, False, 1)],
        }

    def test_what_does_not_exist_is_not_found(self, db, anna):
        round_ = open_round(db, make.session(db))
        for ids in ((10**6, anna.id), (round_.id, 10**6)):
            with pytest.raises(NotFound):
                queries.round_counts(db, round_id=ids[0], person_id=ids[1])

    @pytest.mark.parametrize("size", [1, 5])
    def test_it_takes_the_same_few_statements_for_few_courses_and_many(self, db, anna, size, queries_counted):
        round_ = open_round(db, *(make.session(db) for _ in range(size)))
        db.expunge_all()
        queries_counted.reset()
        found = queries.round_counts(db, round_id=round_.id, person_id=anna.id)

        assert len(found.courses[Order.DEADLINE]) == size
        assert queries_counted.count == 4


class TestPrecedences:
    def test_what_has_become_of_each_is_told_the_latest_first(self, db, anna, eva):
        courses = [make.course(db, title=title) for title in ("Gammal", "Använd", "Återkallad", "Ny")]
        grant(db, anna, courses[0], eva, now=clock.parse("2025-03-03T09:00"))
        for number, course in enumerate(courses[1:]):
            grant(db, anna, course, eva, now=NOW + timedelta(hours=number))
        session = make.session(db, of=courses[1])
        left_over_seats.book(db, session_id=session.id, person_id=anna.id, now=AFTER, by=anna.id)
        _, revoked, *_ = queries.precedences_of(db, anna.id, now=AFTER)
        precedence.revoke(db, precedence_id=revoked.id, reason="Fel kurs.", now=AFTER, by=eva.id)
        db.flush()
        found = queries.precedences_of(db, anna.id, now=AFTER)

        assert [(each.course_title, each.state) for each in found] == [
            ("Ny", PrecedenceState.HELD),
            ("Återkallad", PrecedenceState.REVOKED),
            ("Använd", PrecedenceState.USED),
            ("Gammal", PrecedenceState.OVER),
        ]
        assert [(each.used_at, each.revoked_by, each.revoke_reason) for each in found[1:3]] == [
            (None, "Eva Studierektor", "Fel kurs."),
            (AFTER, "", ""),
        ]

    def test_a_director_reads_those_of_the_own_area(self, db, eva):
        near, far = make.person(db), make.person(db, area=Area.SKARABORG)
        for person in (near, far):
            grant(db, person, make.course(db), make.coordinator(db))

        def read(areas) -> list[int]:
            return [each.person_id for each in queries.precedences(db, areas=areas, number=1, now=NOW).rows]

        assert [read({Area.GOTEBORG}), read(None), read({Area.FYRBODAL})] == [[near.id], [far.id, near.id], []]


class TestWhatIsMarkedBesideARound:
    def test_precedence_that_was_frozen_is_marked_with_name_and_reason(self, db, anna, eva):
        course, other = make.course(db, code="HUD", title="Hud"), make.course(db)
        session = make.session(db, of=other, days=[date(2027, 5, 3)])
        for each in (course, other):
            grant(db, anna, each, eva)
        round_ = drawn_up(db, {anna: [make.session(db, of=course)], make.person(db): [session]})
        [found] = queries.exceptions(db, round_.id).frozen

        assert (found.pseudonym, found.name, found.course_code) == (anna.pseudonym, "Anna Stenberg", "HUD")
        assert (found.reason, found.decided_by, found.decided_at, found.kind) == (
            "Skäl.",
            "Eva Studierektor",
            NOW,
            PrecedenceKind.GRANTED,
        )

    def test_what_was_revoked_before_closing_is_not_what_was_frozen(self, db, anna, eva):
        course = make.course(db)
        session = make.session(db, of=course)
        wrong = grant(db, anna, course, eva)
        precedence.revoke(db, precedence_id=wrong.id, reason="Fel.", now=NOW, by=eva.id)
        counted = grant(db, anna, course, eva, now=NOW + timedelta(days=1))
        round_ = drawn_up(db, {anna: [session], make.person(db): [session]})
        publication.publish(db, round_id=round_.id, run_id=last_run(db, round_), now=PUBLISHED_AT, by=None)
        found = queries.exceptions(db, round_.id)

        assert [each.decided_at for each in found.frozen] == [counted.granted_at]
        assert (found.afterwards, found.unexplained) == ([], [])

    def test_what_was_revoked_in_the_moment_of_closing_is_marked_if_it_was_frozen(self, db, anna, eva):
        course = make.course(db)
        held = grant(db, anna, course, eva)
        round_ = drawn_up(db, {anna: [make.session(db, of=course)]})
        precedence.revoke(db, precedence_id=held.id, reason="Fel.", now=CLOSES - timedelta(seconds=1), by=eva.id)
        found = queries.exceptions(db, round_.id)

        assert ([each.decided_at for each in found.frozen], found.unexplained) == ([NOW], [])

    def test_precedence_without_a_decision_behind_it_is_noticed(self, db, anna):
        session = make.session(db, of=make.course(db, code="HUD"))
        round_ = drawn_up(db, {anna: [session]})
        round_.frozen = round_.frozen.replace('"displaced":[]', '"displaced":["HUD"]')
        db.flush()

        assert queries.exceptions(db, round_.id).unexplained == [(anna.pseudonym, "HUD")]

    def test_what_was_done_after_the_publication_is_marked(self, db, eva):
        session, late = make.session(db, seats=1), make.person(db, planned_end=date(2027, 6, 30))
        round_ = published(db, {make.person(db, planned_end=NEAR): [session]})
        exceptions.place_for_hardship(
            db, session_id=session.id, person_id=late.id, ground=Ground.ILLNESS, reason="Sjuk.", now=AFTER, by=eva.id
        )
        found = queries.exceptions(db, round_.id)
        [made] = found.afterwards

        assert found.frozen == []
        assert (made.pseudonym, made.kind, made.ground, made.reason) == (
            late.pseudonym,
            ExceptionKind.HARDSHIP,
            Ground.ILLNESS,
            "Sjuk.",
        )
        assert (made.session.session_id, made.decided_by, made.decided_at) == (session.id, "Eva Studierektor", AFTER)
        assert queries.exceptions_for(db, late.id) == [made]
        assert db.scalars(select(LineException.key)).one()[1:4] == [1, 0, 6]

    def test_who_is_overtaken_by_a_decision_can_be_told_when(self, db, eva):
        session, late = make.session(db, seats=1), make.person(db, planned_end=date(2027, 6, 30))
        near, far, joined_later = (make.person(db, planned_end=end) for end in (date(2027, 2, 1), FAR, FAR))
        published(db, {make.person(db, planned_end=date(2027, 1, 31)): [session], near: [session], far: [session]})
        exceptions.place_for_hardship(
            db, session_id=session.id, person_id=late.id, ground=Ground.ILLNESS, reason="Sjuk.", now=AFTER, by=eva.id
        )
        after = AFTER + timedelta(hours=1)
        waitlist.join(db, session_id=session.id, person_id=joined_later.id, now=after, by=joined_later.id)
        mine = [queries.my_courses(db, each.id, now=after).places for each in (near, far, joined_later, late)]

        # Whether who is nearest has the seat or waits for it, the lottery says.
        overtaken = [[place.overtaken_at for place in places if place.overtaken_at] for places in mine]
        assert overtaken == [[], [AFTER], [], []]

    def test_a_round_that_is_open_or_without_exceptions_has_none(self, db, anna):
        session = make.session(db)
        round_ = open_round(db, session)
        sent(db, round_, anna, session)
        before = queries.exceptions(db, round_.id)
        rounds.close_round(db, round_.id, now=CLOSES, by=None)

        assert before == queries.exceptions(db, round_.id) == queries.RoundExceptions([], [], [])

    def test_a_round_that_does_not_exist_is_not_found(self, db):
        with pytest.raises(NotFound):
            queries.exceptions(db, 10**6)
