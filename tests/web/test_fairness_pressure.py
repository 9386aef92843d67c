"""Past pressure: how many wanted the seats of published rounds and how far these reached, and who cannot be known."""

from datetime import date

import pytest
from bookings_pages import words_of
from bookings_room import PUBLISHED_AT, last_run, published
from fairness_room import crowd, two_party_round

import make
from auth.models import Person
from auth.states import Category, Standing
from bookings import allocation, publication, rounds
from bookings.models import Round
from bookings.states import RoundState
from courses.models import Course, CourseSession
from courses.states import Kind, Order, Publicity

PATH = "/regler/soktryck"
BOTH = {"ST": 0, "SPEC": 1}
FIRST_OF_MARCH = [date(2027, 3, 1)]


def pressed(db, *, title="Dermatologi", seats=3, ahead=3, behind=1, **facts) -> CourseSession:
    """A published round in which some got a seat and the others stand behind them."""
    course = make.course(db, title=title, seats=seats, **facts)
    session = make.session(db, of=course, days=FIRST_OF_MARCH)
    others = {make.person(db, planned_end=date(2029, 1, 1)): [session] for _ in range(behind)}
    published(db, crowd(db, session, ahead=ahead) | others)
    return session


def publish(db, round_):
    rounds.close_round(db, round_.id, now=round_.closes_at, by=None)
    make.revealed(db, round_)
    allocation.draw_up(db, round_id=round_.id, now=round_.closes_at, by=None)
    publication.publish(db, round_id=round_.id, run_id=last_run(db, round_), now=PUBLISHED_AT, by=None)


def told(visit, path: str = PATH) -> str:
    """The rows of the table, or the page where there is none."""
    return words_of(visit().get(path)).rpartition("Sist antagna ")[2]


class TestWhatIsTold:
    def test_seats_applicants_admitted_and_the_last_of_them(self, db, visit):
        session = pressed(db)
        [round_] = db.query(Round)

        expected = "1 mars 2027, Göteborg, Konferens Aspen 3 4 3 ST-läkare: 14 månader kvar"
        assert told(visit) == f"Dermatologi Vårterminen 2027 {expected}"
        assert told(visit, f"/regler/omgang/{round_.id}") == f"Dermatologi {expected}"
        assert f'href="/tillfallen/{session.id}"' in visit().get(PATH).text

    @pytest.mark.parametrize(
        ("facts", "last"),
        [
            ({"order": Order.STRAIGHT}, "ST-läkare: 36 månader i ST"),
            ({"order": Order.REVERSED}, "ST-läkare: 36 månader i ST"),
            ({"kind": Kind.CLINICAL}, "ST-läkare: 14 månader kvar"),
        ],
    )
    def test_in_the_terms_of_the_order(self, db, visit, facts, last):
        pressed(db, **facts)

        assert told(visit).endswith(last)

    def test_last_chances_and_earlier_refusals(self, db, visit):
        pressed(db, title="Avgång", seats=4, ahead=0, behind=5)
        course = db.query(Course).filter_by(title="Avgång").one()
        later = make.session(db, of=course, days=[date(2027, 4, 1)], seats=3)
        soon = [make.person(db, planned_end=date(2027, 5, 1)) for _ in range(3)]
        published(db, {each: [later] for each in (*soon, make.person(db))}, title="Nästa")

        assert (
            "Avgång Nästa 1 april 2027, Göteborg, Konferens Aspen 3 4 3 ST-läkare: sista terminen, 4 månader kvar"
            in told(visit)
        )

    def test_group_by_group_and_by_lot_where_nobody_has_months(self, db, visit):
        course = make.course(db, title="Hud", seats=7, targets=BOTH)
        session = make.session(db, of=course, days=FIRST_OF_MARCH)
        specialists = [make.person(db, category=Category.SPECIALIST, planned_end=None) for _ in range(5)]
        published(db, crowd(db, session) | {each: [session] for each in specialists})

        assert told(visit).endswith("7 8 7 ST-läkare: ingen blev utan Specialister i allmänmedicin: lotten avgjorde")

    def test_a_group_in_which_nobody_went_without_had_no_limit(self, db, visit):
        course = make.course(db, title="Hud", seats=5, targets={"SPEC": 0, "ST": 1})
        session = make.session(db, of=course, days=FIRST_OF_MARCH)
        specialists = [make.person(db, category=Category.SPECIALIST, planned_end=None) for _ in range(2)]
        published(db, crowd(db, session, ahead=4) | {each: [session] for each in specialists})

        assert told(visit).endswith("5 6 5 Specialister i allmänmedicin: ingen blev utan ST-läkare: 14 månader kvar")

    def test_nobody_went_without_where_no_one_waits(self, db, visit):
        pressed(db, seats=9)

        assert told(visit).endswith("9 4 4 Ingen blev utan")

    def test_as_it_was_frozen_whatever_the_course_is_today(self, db, visit):
        session = pressed(db)
        session.seats, session.course.order = 40, Order.REVERSED
        db.flush()

        assert told(visit).endswith("3 4 3 ST-läkare: 14 månader kvar")

    def test_who_was_not_confirmed_stood_in_no_queue(self, db, visit):
        session = make.session(db, of=make.course(db, title="Hud", seats=3), days=FIRST_OF_MARCH)
        pending = make.person(db, standing=Standing.PENDING)
        published(db, crowd(db, session) | {pending: [session]})

        assert told(visit).endswith("3 3 3 Ingen blev utan")

    def test_a_session_that_was_called_off_before_is_there_without_anybody(self, db, visit):
        session = make.session(db, of=make.course(db, title="Hud"), days=FIRST_OF_MARCH)
        kept = make.session(db, of=make.course(db, title="Öga"), days=[date(2027, 3, 2)])
        round_ = make.round_of(db, session, kept)
        session.publicity = Publicity.CALLED_OFF
        db.flush()
        publish(db, round_)

        assert told(visit).startswith(
            "Hud Vårterminen 2027 1 mars 2027, Göteborg, Konferens Aspen 10 0 0 Ingen blev utan"
        )


class TestWhatStaysHidden:
    @pytest.mark.parametrize("state", [each for each in RoundState if each is not RoundState.PUBLISHED])
    def test_everything_until_all_are_told(self, db, visit, state):
        wanted = make.session(db, of=make.course(db, title="Hud", seats=3))
        round_ = two_party_round(db, crowd(db, wanted), until=state)

        assert "Inga besked är publicerade än" in told(visit)
        assert "Söktryck" not in words_of(visit().get(f"/regler/omgang/{round_.id}")).partition("Lottningen")[2]

    def test_months_and_lots_where_fewer_than_three_were_admitted(self, db, visit):
        pressed(db, seats=2, ahead=2)

        assert told(visit).endswith("2 3 1 eller 2 ST-läkare: färre än tre antagna")

    def test_of_a_group_that_got_nothing_only_that(self, db, visit):
        course = make.course(db, title="Hud", seats=3, targets=BOTH)
        session = make.session(db, of=course, days=FIRST_OF_MARCH)
        specialist = make.person(db, category=Category.SPECIALIST, planned_end=None)
        published(db, crowd(db, session) | {specialist: [session]})

        assert told(visit).endswith("3 4 3 ST-läkare: ingen blev utan Specialister i allmänmedicin: ingen antagen")

    @pytest.mark.parametrize(("behind", "shown"), [(0, "1 eller 2"), (1, "1 eller 2"), (2, "3")])
    def test_one_or_two_are_not_told_apart(self, db, visit, behind, shown):
        pressed(db, seats=9, ahead=1, behind=behind)

        assert told(visit).endswith(f"9 {shown} {shown} Ingen blev utan")

    def test_no_name_and_no_pseudonym_stands_anywhere(self, db, visit):
        pressed(db)
        page = visit().get(PATH).text

        assert [
            each.pseudonym for each in db.query(Person) if each.pseudonym in page or each.family_name in page
        ] == []


class TestLookingForACourse:
    def test_by_words_of_its_title_or_by_its_code(self, db, visit):
        code = pressed(db, title="Hud och venereologi").course.code
        pressed(db, title="Hjärtsvikt")

        for text in ("vener hud", code.lower()):
            assert words_of(visit().get(f"{PATH}?q={text}")).count("Vårterminen 2027") == 1
        assert "Ingen kurs med det namnet" in words_of(visit().get(f"{PATH}?q=finns+inte"))
        assert "Ingen kurs med det namnet" in words_of(visit().get(f"{PATH}?q=%25"))

    def test_the_latest_round_stands_first(self, db, visit):
        course = make.course(db, title="Hud")
        for number, title in ((1, "Våren"), (4, "Hösten")):
            session = make.session(db, of=course, days=[date(2027, 2 + number, 1)])
            round_ = make.round_of(db, session, title=title, state=RoundState.OPEN)
            publish(db, round_)
            round_.published_at = PUBLISHED_AT.replace(month=number)
        db.flush()

        text = words_of(visit().get(PATH))

        assert text.index("Hösten") < text.index("Våren")

    def test_thirty_sessions_cost_no_more_than_one(self, db, visit, queries):
        counts = []
        for count in (1, 30):
            wanted = [make.session(db, days=[date(2027, 3, 1 + number)]) for number in range(count)]
            published(db, dict.fromkeys(crowd(db, wanted[0]), wanted))
            queries.reset()
            answer = visit().get(PATH)
            counts.append(queries.count)
        assert answer.text.count('data-label="Sökande"') == 31

        assert counts[0] == counts[1]

    def test_odd_pages_are_pages(self, db, visit):
        pressed(db)

        for query in ("sida=0", "sida=-3", "sida=99999999999999999999", "sida=x", "q=%00"):
            assert visit().get(f"{PATH}?{query}").status_code in (200, 400)
