"""The pages on which somebody is put before others by a decision, and where the doctor reads what counts of them."""

from datetime import date, timedelta

import pytest
from bookings_pages import words_of
from bookings_room import AFTER, CLOSES, OPENS, published, sent
from sqlalchemy import select

import make
from auth.models import Person
from auth.states import Area, Category, Role, Standing
from bookings import exceptions, precedence, queries
from bookings.models import LineException
from bookings.states import Ground, PrecedenceState, Refusal, RoundState
from courses.states import Order
from lararportal import pages

NEAR, FAR, LAST_TERM = date(2028, 1, 11), date(2031, 1, 11), date(2027, 6, 30)
WHY = "Kursen ställdes in 2025."
FORM = {"kind": "hardship", "ground": "illness", "reason": "Intyg visat."}


@pytest.fixture
def eva(db):
    return make.holder(db, Role.DIRECTOR, given_name="Eva", family_name="Lind")


@pytest.fixture
def anna(db):
    return make.person(
        db,
        given_name="Anna",
        family_name="Stenberg",
        residency_start=date(2025, 1, 20),
        planned_end=date(2028, 8, 16),
    )


@pytest.fixture
def course(db):
    return make.course(db, code="HUD", title="Hud")


def granted(db, person, course, by, *, now, reason=WHY):
    return precedence.grant(db, person_id=person.id, course_id=course.id, reason=reason, now=now, by=by.id)


def given(db, course):
    """A session of a published round, and somebody who waits for it."""
    session, waiting = make.session(db, of=course, seats=1), make.person(db, planned_end=FAR)
    published(db, {make.person(db, planned_end=NEAR): [session], waiting: [session]})
    return session


class TestGranting:
    def test_a_director_grants_precedence_and_comes_back_to_the_person(self, db, visit, now, course, eva, anna):
        browser = visit(eva)
        page = browser.get(f"/personer/{anna.id}/fortur")
        assert page.status_code == 200
        answer = browser.post(f"/personer/{anna.id}/fortur", data={"course_id": course.id, "reason": WHY})

        assert answer.headers["Location"] == f"/personer/{anna.id}/raknas"
        shown = words_of(browser.get(answer.headers["Location"]))
        assert "Hud gäller till och med vårterminen 2028" in shown
        assert f"Beslutat 11 januari 2027 kl. 08.00 av Eva Lind. {WHY}" in shown

    def test_only_courses_that_are_for_the_person_are_offered(self, db, visit, course, eva, anna):
        make.course(db, title="Annan", targets={"SPEC": 0})
        page = visit(eva).get(f"/personer/{anna.id}/fortur").text

        assert ["Hud (HUD)" in page, "Annan" in page] == [True, False]

    def test_without_a_course_for_them_the_page_says_so(self, db, visit, course, eva):
        staff = make.holder(db, Role.LEADER)

        assert "Det finns ingen kurs att ge förtur till" in visit(eva).get(f"/personer/{staff.id}/fortur").text

    @pytest.mark.parametrize("sent_in", [{}, {"course_id": "", "reason": WHY}, {"reason": "  "}, {"course_id": "x"}])
    def test_an_incomplete_form_comes_back(self, db, visit, course, eva, anna, sent_in):
        answer = visit(eva).post(f"/personer/{anna.id}/fortur", data=sent_in)

        assert answer.status_code == 400
        assert queries.precedences_of(db, anna.id, now=AFTER) == []

    def test_a_refusal_keeps_what_was_written(self, db, visit, now, course, eva, anna):
        granted(db, anna, course, eva, now=now)
        data = {"course_id": course.id, "reason": "Ett annat skäl"}
        answer = visit(eva).post(f"/personer/{anna.id}/fortur", data=data)

        assert answer.status_code == 409
        assert pages.sentence(Refusal.PRECEDENCE_HELD) in answer.text
        assert "Ett annat skäl" in answer.text

    def test_it_is_said_that_a_closed_round_does_not_count_it(self, db, visit, course, eva, anna):
        make.round_of(db, make.session(db), state=RoundState.CLOSED, title="Våren")

        assert "Förturen räknas inte i Våren" in visit(eva).get(f"/personer/{anna.id}/fortur").text


class TestRevoking:
    def test_a_precedence_is_revoked_after_a_page_that_says_what_it_is(self, db, visit, now, course, eva, anna):
        held, browser = granted(db, anna, course, eva, now=now), visit(eva)
        address = f"/personer/{anna.id}/fortur/{held.id}/aterkalla"
        assert "Anna Stenberg: Hud, till och med vårterminen 2028" in words_of(browser.get(address))
        answer = browser.post(address, data={"reason": "Fel kurs."})

        assert answer.status_code == 302
        db.expire_all()
        [row] = queries.precedences_of(db, anna.id, now=now)
        assert (row.state, row.revoke_reason) == (PrecedenceState.REVOKED, "Fel kurs.")
        assert "Återkallad 11 januari 2027 kl. 08.00 av Eva Lind. Skäl: Fel kurs." in words_of(
            browser.get(f"/personer/{anna.id}/raknas")
        )

    def test_without_a_reason_the_page_comes_back(self, db, visit, now, course, eva, anna):
        held = granted(db, anna, course, eva, now=now)

        assert visit(eva).post(f"/personer/{anna.id}/fortur/{held.id}/aterkalla").status_code == 400

    def test_a_second_time_is_refused(self, db, visit, now, course, eva, anna):
        held, browser = granted(db, anna, course, eva, now=now), visit(eva)
        address = f"/personer/{anna.id}/fortur/{held.id}/aterkalla"
        codes = [browser.post(address, data={"reason": "Fel."}).status_code for _ in range(2)]

        assert codes == [302, 409]

    def test_somebody_elses_is_not_found_there(self, db, visit, now, course, eva, anna):
        held, other = granted(db, make.person(db), course, eva, now=now), anna

        assert visit(eva).get(f"/personer/{other.id}/fortur/{held.id}/aterkalla").status_code == 404


class TestExceptions:
    def test_somebody_is_placed_in_line_and_it_is_shown(self, db, visit, course, eva):
        session, late = given(db, course), make.person(db, planned_end=LAST_TERM)
        browser, address = visit(eva, at=AFTER), f"/personer/{late.id}/undantag"
        assert "Hud, 15 och 16 mars 2027, Göteborg" in browser.get(address).text
        answer = browser.post(address, data={"session_id": session.id, **FORM})

        assert answer.headers["Location"] == f"/personer/{late.id}/raknas"
        shown = words_of(browser.get(answer.headers["Location"]))
        assert "Placerad i kön som om ansökan hade kommit i tid." in shown
        assert "av Eva Lind. Sjukdom. Intyg visat." in shown

    def test_precedence_that_was_not_counted_is_made_up_for(self, db, visit, course, eva, anna):
        session = given(db, course)
        granted(db, anna, course, eva, now=AFTER)
        data = {"session_id": session.id, **FORM, "kind": "precedence"}
        answer = visit(eva, at=AFTER).post(f"/personer/{anna.id}/undantag", data=data)

        assert answer.status_code == 302
        [key] = db.scalars(select(LineException.key).where(LineException.person_id == anna.id))
        assert key[1] == 0

    def test_a_refusal_is_told_on_the_form(self, db, visit, course, eva, anna):
        data = {"session_id": given(db, course).id, **FORM}
        answer = visit(eva, at=AFTER).post(f"/personer/{anna.id}/undantag", data=data)

        assert answer.status_code == 409
        assert pages.sentence(Refusal.NOT_LAST_CHANCE) in answer.text

    @pytest.mark.parametrize("missing", ["session_id", "kind", "ground", "reason"])
    def test_everything_is_asked_for(self, db, visit, course, eva, missing):
        late = make.person(db, planned_end=LAST_TERM)
        data = {"session_id": given(db, course).id, **FORM, missing: ""}

        assert visit(eva, at=AFTER).post(f"/personer/{late.id}/undantag", data=data).status_code == 400
        assert queries.exceptions_for(db, late.id) == []

    def test_without_a_line_the_page_says_so(self, db, visit, eva, anna):
        make.session(db)

        assert "Det finns ingen kö att placera i" in visit(eva).get(f"/personer/{anna.id}/undantag").text

    def test_whoever_is_overtaken_reads_that_it_was_a_decision(self, db, visit, course, eva):
        session, late = given(db, course), make.person(db, planned_end=LAST_TERM)
        [waiting] = [row.person_id for row in queries.roster(db, session.id, now=AFTER).waiting]
        exceptions.place_for_hardship(
            db,
            session_id=session.id,
            person_id=late.id,
            ground=Ground.ILLNESS,
            reason="Intyg visat.",
            now=AFTER,
            by=eva.id,
        )
        shown = words_of(visit(db.get_one(Person, waiting), at=AFTER).get("/mina-kurser"))

        assert (
            "Plats 2 just nu, av 2 i kön. Någon har fått gå före dig genom ett beslut 15 januari 2027 kl. 09.00."
            in shown
        )
        assert "Intyg visat" not in shown

    def test_the_page_of_the_round_shows_every_decision_beside_the_rules(self, db, visit, course, eva, anna):
        session, late, office = (
            make.session(db, of=course, seats=1),
            make.person(db, planned_end=LAST_TERM),
            make.coordinator(db),
        )
        granted(db, anna, course, eva, now=OPENS)
        round_ = published(db, {anna: [session], make.person(db, planned_end=NEAR): [session]})
        browser, address = visit(office, at=AFTER), f"/samordning/omgangar/{round_.id}"
        assert (
            f"Anna Stenberg Hud Förtur när omgången stängde. 1 december 2026 kl. 08.00 av Eva Lind. {WHY}"
            in words_of(browser.get(address))
        )
        exceptions.place_for_hardship(
            db,
            session_id=session.id,
            person_id=late.id,
            ground=Ground.ILLNESS,
            reason="Intyg visat.",
            now=AFTER,
            by=eva.id,
        )

        shown = words_of(browser.get(address))
        assert "i tid. 15 januari 2027 kl. 09.00 av Eva Lind. Sjukdom. Intyg visat." in shown

    def test_the_page_of_a_round_without_any_says_nothing(self, db, visit):
        round_ = published(db, {make.person(db): [make.session(db)]})

        assert (
            "Beslut utöver reglerna"
            not in visit(make.coordinator(db), at=AFTER).get(f"/samordning/omgangar/{round_.id}").text
        )


class TestWhoMaySee:
    @pytest.mark.parametrize("page", ["raknas", "fortur", "undantag"])
    def test_nobody_of_another_area_exists_for_a_director(self, db, visit, page):
        elsewhere = make.person(db, area=Area.SKARABORG)
        director, coordinator = make.holder(db, Role.DIRECTOR), make.coordinator(db)
        answers = [visit(who).get(f"/personer/{elsewhere.id}/{page}").status_code for who in (director, coordinator)]

        assert answers == [404, 200]

    def test_nobody_is_offered_to_decide_about_themselves(self, db, visit):
        eva = make.holder(db, Role.DIRECTOR, category=Category.ST_2015, residency_start=NEAR, planned_end=FAR)
        shown = visit(eva).get(f"/personer/{eva.id}/raknas").text

        assert "Du kan inte besluta om förtur eller undantag för dig själv." in shown
        assert f"/personer/{eva.id}/fortur" not in shown

    def test_the_list_has_what_the_visitor_answers_for(self, db, visit, now, course, eva, anna):
        office, far = make.coordinator(db), make.person(db, family_name="Bortom", area=Area.SKARABORG)
        for person in (anna, far):
            granted(db, person, course, office, now=now)
        shown = {who: words_of(visit(who).get("/personer/fortur")) for who in (eva, office)}

        assert [("Stenberg" in text, "Bortom" in text) for text in shown.values()] == [(True, False), (True, True)]

    def test_an_empty_list_says_what_to_do(self, visit, eva):
        assert "Ingen har fått förtur än" in visit(eva).get("/personer/fortur").text

    @pytest.mark.parametrize("size", [1, 6])
    def test_the_list_takes_the_same_few_statements(self, db, visit, now, eva, queries, size):
        for _ in range(size):
            granted(db, make.person(db), make.course(db), eva, now=now)
        browser = visit(eva)
        queries.reset()
        assert browser.get("/personer/fortur").text.count("gäller") == size
        assert queries.count <= 5


class TestWhatTheDoctorReads:
    def test_the_profile_says_what_counts_when_the_round_closes(self, db, visit, now, course, eva, anna):
        make.round_of(db, make.session(db))
        granted(db, anna, course, eva, now=now)
        shown = words_of(visit(anna).get("/profil"))

        assert "Ansökan stänger onsdag 20 januari 2027. Så här räknas du den dagen:" in shown
        assert "Du hör till målgruppen ST-läkare." in shown
        assert "Du har gått 24 månader av din ST, tjänstledighet borträknad." in shown
        assert "Du har 19 månader kvar till planerat slut." in shown
        assert "Du har inget nej att räkna." in shown
        assert (
            f"gäller Hud, till och med vårterminen 2028. Beslutat 11 januari 2027 kl. 08.00 av Eva Lind. Skäl: {WHY}"
            in shown
        )
        assert "Be din studierektor rätta det innan ansökan stänger." in shown

    def test_the_last_term_and_earlier_refusals_are_said(self, db, visit):
        skin = make.course(db, title="Hud", order=Order.REVERSED)
        sessions = [
            make.session(db, of=skin, seats=1),
            make.session(db, of=make.course(db, title="Sår"), seats=1, days=[date(2027, 5, 3)]),
        ]
        last = make.person(db, residency_start=date(2022, 1, 1), planned_end=LAST_TERM)
        published(
            db,
            {
                make.person(db, residency_start=date(2026, 9, 1), planned_end=date(2027, 3, 1)): sessions,
                last: sessions,
            },
        )
        shown = words_of(visit(last, at=AFTER).get("/profil"))

        assert "sista terminen Du har högst 6 månader kvar" in shown
        assert "Hud : nej 1 gång. På den kursen går du därför före dem som har fått färre nej." in shown
        assert "Sår : nej 1 gång. På den kursen avgör hur lång tid du har kvar, så nej räknas inte där." in shown

    def test_an_exception_stands_there_with_its_reason(self, db, visit, course, eva):
        session, late = given(db, course), make.person(db, planned_end=LAST_TERM)
        exceptions.place_for_hardship(
            db,
            session_id=session.id,
            person_id=late.id,
            ground=Ground.ILLNESS,
            reason="Intyg visat.",
            now=AFTER,
            by=eva.id,
        )
        shown = words_of(visit(late, at=AFTER).get("/profil"))

        assert "Hud, 15 och 16 mars 2027. Placerad i kön som om ansökan hade kommit i tid." in shown
        assert "av Eva Lind. Skäl: sjukdom. Intyg visat." in shown

    def test_who_waits_to_be_confirmed_is_told_that_it_depends_on_it(self, db, visit):
        shown = words_of(visit(make.person(db, standing=Standing.PENDING)).get("/profil"))

        assert "De räknas bara om de är det när ansökan stänger." in shown

    @pytest.mark.parametrize("category", [Category.SPECIALIST, Category.PRE_ST])
    def test_who_has_no_residency_is_told_that_the_lottery_decides(self, db, visit, category):
        person = make.person(db, category=category, residency_start=None, planned_end=None)

        assert "Du har ingen pågående ST. Bland andra som inte har det avgör lotten." in words_of(
            visit(person).get("/profil")
        )

    def test_staff_who_are_no_doctors_read_nothing_of_it(self, visit, eva):
        assert "Det här räknas" not in visit(eva).get("/profil").text

    def test_the_application_page_says_what_counts_in_each_course(self, db, visit, now, eva, anna):
        skin, heart = make.course(db, title="Hud", order=Order.REVERSED), make.course(db, title="Hjärta")
        round_ = make.round_of(db, make.session(db, of=skin), make.session(db, of=heart, days=[date(2027, 5, 3)]))
        granted(db, anna, heart, eva, now=now)
        shown = words_of(visit(anna).get(f"/ansokan/{round_.id}"))

        assert "har du gått 24 månader av din ST och har 19 månader kvar till planerat slut." in shown
        assert (
            "Den som har kortast tid kvar till planerad slutdag går före (du: 19 månader kvar): Hjärta du har förtur"
            in shown
        )
        assert "den som tidigare har fått nej går först (du: 24 månader av din ST): Hud" in shown

    def test_a_closed_application_says_nothing_of_it(self, db, visit, anna):
        session = make.session(db)
        round_ = make.round_of(db, session, opens_at=OPENS, closes_at=CLOSES)
        sent(db, round_, anna, session)

        assert "Så räknas du" not in visit(anna, at=CLOSES + timedelta(hours=1)).get(f"/ansokan/{round_.id}").text
