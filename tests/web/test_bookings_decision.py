"""A doctor's own decision: every step of it, in words, and for nobody else."""

import hashlib
import re
from datetime import date
from html import unescape

import pytest
from bookings_pages import words_of
from bookings_room import AFTER, CLOSES, published
from fairness_room import crowd, file_of, two_party_round
from session_changes_room import changed, on

import make
from auth.models import Grant, Person
from auth.states import Category, Role, Standing
from bookings import exceptions, precedence
from bookings.models import Decision, Precedence
from bookings.rules.allocation import RULES_VERSION, lottery
from bookings.states import Ground, PrecedenceKind, RoundState
from courses.states import Order, Publicity
from lararportal import pages

NO_END = {"category": Category.SPECIALIST, "residency_start": None, "planned_end": None}


def days_in(month: int, *days: int) -> list[date]:
    return [date(2027, month, day) for day in days]


def page_of(visit, person, round_):
    answer = visit(person).get(f"/mina-kurser/besked/{round_.id}")
    assert answer.status_code == 200
    return answer


class TestWhoMaySeeIt:
    def test_it_is_reached_from_ones_own_courses(self, db, visit):
        anna = make.person(db)
        round_ = published(db, {anna: [make.session(db)]})

        assert f'href="/mina-kurser/besked/{round_.id}"' in visit(anna).get("/mina-kurser").text

    def test_a_visitor_is_asked_to_sign_in(self, db, visit):
        round_ = published(db, {make.person(db): [make.session(db)]})

        assert visit().get(f"/mina-kurser/besked/{round_.id}").status_code == 302

    @pytest.mark.parametrize("who", [make.person, make.coordinator])
    def test_to_anybody_else_there_is_none(self, db, visit, who):
        round_ = published(db, {make.person(db): [make.session(db)]})

        assert visit(who(db)).get(f"/mina-kurser/besked/{round_.id}").status_code == 404

    @pytest.mark.parametrize("state", [each for each in RoundState if each is not RoundState.PUBLISHED])
    def test_there_is_none_before_all_are_told(self, db, visit, state):
        anna = make.person(db)
        round_ = two_party_round(db, {anna: [make.session(db)]}, until=state)

        assert visit(anna).get(f"/mina-kurser/besked/{round_.id}").status_code == 404

    def test_nothing_of_anybody_else_stands_on_it(self, db, visit):
        session, anna = make.session(db, of=make.course(db, seats=3)), make.person(db)
        others = crowd(db, session)
        text = page_of(visit, anna, published(db, others | {anna: [session]})).text

        assert [each.id for each in others if each.pseudonym in text or each.family_name in text] == []


def test_it_shows_the_days_that_the_sessions_had_then_and_those_that_they_have_now(db, visit):
    course, anna = make.course(db), make.person(db)
    wanted = [make.session(db, of=course, days=days_in(month, 9), place="Borås") for month in (3, 4)]
    round_ = published(db, {anna: wanted})
    changed(db, wanted[0], days=on(*days_in(5, 10)))

    for page in (page_of(visit, anna, round_), visit(anna).get("/mina-kurser")):
        assert "9 mars 2027. Ändrat sedan dess, nu 10 maj 2027, Borås." in words_of(page)
        assert f"högre på din lista: {course.title}, 9 mars 2027." in words_of(page)
        assert "9 april 2027, Borås" in words_of(page)


class TestHowOneStood:
    def test_what_the_register_said_is_told_with_its_day(self, db, visit):
        anna = make.person(db, residency_start=date(2024, 7, 1), leave_months=6, planned_end=date(2028, 8, 1))
        round_ = published(db, {anna: [make.session(db)]})
        anna.planned_end = date(2040, 1, 1)
        db.flush()

        assert "Det här gällde när ansökan stängde, 11 januari 2027 kl. 12.00." in words_of(
            page_of(visit, anna, round_)
        )
        assert (
            "Målgrupp ST-läkare Tid i ST 24 månader Kvar till planerad slutdag 19 månader "
            "Platser du ville ha högst 4 Kurser i omgången som du redan gått inga Förtur ingen Tidigare nej inga"
        ) in words_of(page_of(visit, anna, round_))

    def test_a_specialist_has_no_months(self, db, visit):
        sara = make.person(db, **NO_END)
        round_ = published(db, {sara: [make.session(db, of=make.course(db, targets={"SPEC": 0}))]})

        text = words_of(page_of(visit, sara, round_))

        assert "Tid i ST räknas bara för ST-läkare Kvar till planerad slutdag ingen planerad slutdag" in text

    def test_precedence_and_refusals_stand_by_the_names_of_their_courses(self, db, visit):
        course = make.course(db, title="Etik", seats=1, order=Order.REVERSED)
        anna = make.person(db, residency_start=date(2020, 1, 1))
        first = make.session(db, of=course, days=days_in(3, 1))
        published(db, crowd(db, first, ahead=2) | {anna: [first]}, term="2026-2", title="Hösten")
        precedence = Precedence(
            person_id=anna.id,
            course_id=course.id,
            kind=PrecedenceKind.CALLED_OFF,
            term="2027-1",
            reason="",
            granted_at=CLOSES,
        )
        db.add(precedence)
        db.flush()
        again = make.session(db, of=course, days=days_in(4, 1))

        text = words_of(page_of(visit, anna, published(db, {anna: [again]})))

        assert "Förtur Etik Tidigare nej Etik (1 gång)" in text
        assert "Förtur ja" in text

    def test_who_took_no_part_reads_why(self, db, visit):
        anna = make.person(db, standing=Standing.PENDING)
        round_ = published(db, {anna: [make.session(db)], make.person(db): [make.session(db, days=days_in(4, 1))]})

        text = words_of(page_of(visit, anna, round_))

        assert "Du var inte med när platserna fördelades, så det finns inget fryst om dig." in text
        assert "Din profil var inte bekräftad när ansökan stängde" in text
        assert "del för del" not in text


class TestEachChoice:
    def test_has_its_reason_and_ones_own_key_beside_the_last_admitted(self, db, visit):
        anna = make.person(db, planned_end=date(2028, 8, 1))
        full = make.session(db, of=make.course(db, title="Full", seats=3), days=days_in(3, 1))
        round_ = published(db, crowd(db, full) | {anna: [full]})
        [decision] = [each for each in db.query(Decision) if each.person_id == anna.id]

        text = words_of(page_of(visit, anna, round_))

        assert "1. Full i kö 1 mars 2027, Göteborg, Konferens Aspen Platserna räckte inte." in text
        assert "När beskedet kom stod du på plats 1 i kön." in text
        assert (
            "Målgrupp i första hand i första hand Förtur nej nej Sista terminen före planerat slut nej nej "
            "Tid kvar av ST 19 månader 14 månader avgjorde "
            f"Lottnummer {decision.key[5]:012x} {decision.last_key[5]:012x}"
        ) in text
        assert f"version {RULES_VERSION} av reglerna" in text

    def test_shows_no_more_of_one_or_two_than_may_be_shown(self, db, visit):
        anna = make.person(db)
        full = make.session(db, of=make.course(db, seats=1))
        text = words_of(page_of(visit, anna, published(db, crowd(db, full, ahead=1) | {anna: [full]})))

        assert "Tid kvar av ST 24 månader visas inte, färre än tre antagna" in text
        assert re.search(r"Lottnummer [0-9a-f]{12} visas inte, färre än tre antagna", text)
        assert "avgjorde" not in text.partition("Val för val")[2]

    def test_does_not_say_that_something_decided_where_one_got_the_seat(self, db, visit):
        session = make.session(db, of=make.course(db, seats=3))
        people = crowd(db, session)
        first = next(iter(people))

        text = words_of(page_of(visit, first, published(db, people)))

        assert "Tid kvar av ST 12 månader 14 månader" in text
        assert "avgjorde" not in text.partition("Val för val")[2]

    def test_a_session_that_was_held_in_reserve_leads_nowhere(self, db, visit):
        course, anna = make.course(db, title="Hud"), make.person(db)
        session = make.session(db, of=course)
        spare = make.session(db, of=course, days=days_in(4, 1), publicity=Publicity.DRAFT, is_reserve=True)

        answer = page_of(visit, anna, published(db, {anna: [session, spare]}))

        assert "2. Hud hålls inte 1 april 2027, Göteborg, Konferens Aspen" in words_of(answer)
        assert re.findall(r"/tillfallen/(\d+)", answer.text) == [str(session.id)]


class TestExceptions:
    @pytest.fixture
    def waiting(self, db):
        """Anna waits after a round for a session that three others got, and has had no exception yet."""
        session, anna = make.session(db, of=make.course(db, title="Full", seats=3)), make.person(db)
        return published(db, crowd(db, session) | {anna: [session]}), session, anna

    @pytest.fixture
    def place(self, db, waiting):
        """A decision for Anna in the line, because of precedence, by somebody."""
        _, session, anna = waiting

        def decide(by):
            grounds = {"session_id": session.id, "person_id": anna.id, "ground": Ground.ILLNESS}
            precedence.grant(
                db, person_id=anna.id, course_id=session.course_id, reason="Inställt.", now=AFTER, by=by.id
            )
            exceptions.place_by_precedence(db, **grounds, reason="Intyg visat.", now=AFTER, by=by.id)
            db.flush()

        return decide

    def test_without_one_that_is_said_and_where_others_would_stand(self, visit, waiting):
        round_, _, anna = waiting

        assert "Undantag sedan beskedet Inget undantag har gjorts för dig." in words_of(page_of(visit, anna, round_))

    @pytest.mark.parametrize(
        ("role", "word"), [(Role.DIRECTOR, "studierektor"), (Role.COORDINATOR, "utbildningskoordinator")]
    )
    def test_one_stands_there_with_its_day_who_decided_in_which_role_and_why(
        self, db, visit, waiting, place, role, word
    ):
        round_, _, anna = waiting
        place(make.holder(db, role, given_name="Eva", family_name="Lind"))

        text = words_of(page_of(visit, anna, round_)).partition("Undantag sedan beskedet ")[2]

        assert text.startswith(
            "Det här har beslutats för dig efter att beskeden publicerades, utöver reglerna."
            " Full, 15 och 16 mars 2027, Göteborg, Konferens Aspen. Placerad i kön före dem som inte har förtur."
            f" Beslutat {pages.moment(AFTER)} av Eva Lind, {word}. Skäl: sjukdom. Intyg visat."
        )

    @pytest.mark.parametrize(("then", "since"), [(Role.DIRECTOR, Role.COORDINATOR), (Role.DIRECTOR, None)])
    def test_the_role_is_that_of_the_day_whatever_it_is_now(self, db, visit, waiting, place, then, since):
        round_, _, anna = waiting
        eva = make.holder(db, then, given_name="Eva", family_name="Lind")
        place(eva)
        db.query(Grant).filter_by(person_id=eva.id).delete()
        if since is not None:
            db.add(Grant(person_id=eva.id, role=since))
            db.flush()

        told = words_of(page_of(visit, anna, round_))
        assert f"Beslutat {pages.moment(AFTER)} av Eva Lind, studierektor. Skäl" in told

    def test_one_of_somebody_else_does_not(self, db, visit, waiting, place):
        round_, _, anna = waiting
        place(make.coordinator(db))
        other = db.query(Person).join(Decision, Decision.person_id == Person.id).filter(Person.id != anna.id).first()

        text = words_of(page_of(visit, other, round_))

        assert ("Inget undantag har gjorts för dig." in text, "Intyg visat." in text) == (True, False)


class TestTheLotteryNumber:
    def test_is_the_one_that_the_decision_was_made_by(self, db, visit):
        anna = make.person(db)
        round_ = published(db, {anna: [make.session(db)]})
        lot = lottery.lot(bytes.fromhex(round_.seed), term="2027-1", person=anna.pseudonym)

        answer = page_of(visit, anna, round_)

        assert f"Ditt lottnummer den här terminen är {lot:012x}." in words_of(answer)
        assert f'name="pseudonym" value="{anna.pseudonym}"' in answer.text
        assert f'name="lot" value="{lot:012x}"' in answer.text
        assert f"lararportal lottery number {anna.pseudonym} --term 2027-1 --seed {round_.seed}" in answer.text

    def test_ones_own_line_is_found_in_the_file(self, db, visit):
        anna = make.person(db)
        round_ = published(db, {anna: [make.session(db)], make.person(db): [make.session(db, days=days_in(4, 1))]})

        line = unescape(re.search(r"<textarea[^>]*>(.*)</textarea>", page_of(visit, anna, round_).text).group(1))

        assert line.startswith(f'["{anna.pseudonym}",{{')
        assert hashlib.sha256(line.encode()).hexdigest() in file_of(visit(), round_)["lines"]


def test_thirty_choices_cost_no_more_than_one(db, visit, queries):
    counts = []
    for count in (1, 30):
        wanted = [make.session(db, days=days_in(3, 1 + number)) for number in range(count)]
        anna = make.person(db)
        round_ = published(db, {anna: wanted})
        browser = visit(anna)
        queries.reset()
        answer = browser.get(f"/mina-kurser/besked/{round_.id}")
        counts.append(queries.count)
        assert answer.text.count('<section class="panel"') == count

    assert counts[0] == counts[1]
