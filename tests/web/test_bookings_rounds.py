"""The coordinator's rounds: planned, changed, opened, closed and drawn up, with a question before each."""

import re
from datetime import UTC, date, datetime

import pytest
from bookings_pages import words_of
from sqlalchemy import select

import make
from auth.states import Role, Standing
from bookings import applications
from bookings.lottery_plan import PublicSource
from bookings.models import Booking, Round, RoundSession
from bookings.states import PublicKind, RoundState
from courses.states import Publicity
from lararportal import clock, pages

LOTTERY = ("second_party_id", "source_kind", "source_name", "source_at")
"""What the form of an open round does not ask for."""
BEFORE = clock.parse("2026-12-16T08:00")
WHY_NOT = "Du har själv sökt i omgången och får därför inte ändra den, stänga den i förtid, lotta eller fördela"


def sent(*sessions, **changes) -> dict:
    return {
        "title": "Vårterminen 2027",
        "term": "2027-1",
        "opens_at": "2027-01-12T08:00",
        "closes_at": "2027-02-02T12:00",
        "decision_on": "2027-02-12",
        "cap": "4",
        "respite_hours": "48",
        "session_ids": [each.id for each in sessions],
        "second_party_id": "",
        "source_kind": "drand",
        "source_name": "",
        "source_at": "",
        **changes,
    }


def apply(db, round_, person, *sessions) -> None:
    applications.apply(
        db,
        round_id=round_.id,
        person_id=person.id,
        choices=[each.id for each in sessions],
        cap=4,
        now=BEFORE,
        by=person.id,
    )
    db.flush()


def state_of(db, round_id) -> RoundState:
    return db.scalars(select(Round.state).where(Round.id == round_id)).one()


@pytest.fixture
def olle(db, visit):
    """A coordinator's browser."""
    return visit(make.coordinator(db))


class TestPlanning:
    def test_a_round_is_planned_with_its_sessions(self, db, olle):
        one, other = make.session(db), make.session(db, days=[date(2027, 4, 1)])
        taken = make.session(db, of=make.course(db, title="I en annan omgång"))
        make.round_of(db, taken, title="Annan")

        page = olle.get("/samordning/omgangar/ny")
        assert f'value="{one.id}"' in page.text
        assert "I en annan omgång" not in page.text
        answer = olle.post("/samordning/omgangar/ny", data=sent(one, other))

        round_ = db.scalars(select(Round).where(Round.title == "Vårterminen 2027")).one()
        assert (answer.status_code, answer.location) == (302, f"/samordning/omgangar/{round_.id}")
        assert (round_.opens_at, round_.closes_at) == (
            clock.parse("2027-01-12T08:00"),
            clock.parse("2027-02-02T12:00"),
        )
        assert (round_.decision_on, round_.cap, round_.respite_hours) == (date(2027, 2, 12), 4, 48)
        chosen = db.scalars(select(RoundSession.session_id).where(RoundSession.round_id == round_.id)).all()
        assert set(chosen) == {one.id, other.id}
        assert "Omgången är sparad." in words_of(olle.get(answer.location))

    def test_a_copied_name_is_planned_without_the_blanks_around_it(self, db, olle):
        answer = olle.post("/samordning/omgangar/ny", data=sent(make.session(db), title="\t Vårterminen 2027\xa0\t"))

        assert (answer.status_code, db.scalars(select(Round.title)).all()) == (302, ["Vårterminen 2027"])

    def test_the_form_begins_with_what_is_usual(self, olle):
        page = olle.get("/samordning/omgangar/ny").text

        assert re.search(r'name="cap"[^>]* value="4"', page)
        assert re.search(r'name="respite_hours"[^>]* value="48"', page)
        assert "Publicera kurstillfällen först." in page

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            *(({"title": title}, "Namn: Det här behöver fyllas i.") for title in ("", "  ", "\xa0", "\u200b\ufeff")),
            ({"opens_at": "snart"}, "Ansökan öppnar: Skriv datum och tid, till exempel 2027-03-02 08:30."),
            ({"opens_at": "0001-01-01T00:00"}, "Ansökan öppnar: Kontrollera årtalet."),
            ({"decision_on": "0007-02-12"}, "Besked senast: Kontrollera årtalet."),
            ({"decision_on": ""}, "Besked senast: Det här behöver fyllas i."),
            ({"cap": "0"}, "Platser per person som mest: Talet behöver vara mellan 1 och 20."),
            ({"session_ids": []}, "Kurstillfällen: Det här behöver fyllas i."),
            ({"term": "abc"}, "Termin: Skriv årtalet och 1 för våren eller 2 för hösten, till exempel 2027-1."),
            ({"term": "2027-3"}, "Termin: Skriv årtalet"),
            ({"term": "٢٠٢٧-1"}, "Termin: Skriv årtalet"),
            ({"term": "2027-10"}, "Termin: Skriv årtalet"),
        ],
    )
    def test_a_fault_is_named_and_what_was_typed_is_kept(self, db, olle, wrong, message):
        session = make.session(db)

        answer = olle.post("/samordning/omgangar/ny", data=sent(session, **wrong))

        assert answer.status_code == 400
        assert message in words_of(answer)
        kept = sent(session, **wrong)
        assert all(f'value="{kept[name]}"' in answer.text for name in ("term", "closes_at", "respite_hours"))
        is_chosen = re.search(r'name="session_ids"[^>]* checked', answer.text) is not None
        assert is_chosen == bool(kept["session_ids"])
        assert db.scalars(select(Round)).all() == []

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ({"closes_at": "2027-01-12T08:00"}, "Tiderna stämmer inte."),
            ({"closes_at": "2027-02-02T07:59"}, "Ansökan måste vara öppen i minst tre veckor"),
            (
                {"decision_on": "2027-03-15"},
                "Ett kurstillfälle av Dermatologi är inte publicerat, eller börjar innan",
            ),
        ],
    )
    def test_a_no_is_said_on_the_form_and_what_was_typed_is_kept(self, db, olle, wrong, message):
        session = make.session(db, of=make.course(db, title="Dermatologi"))

        answer = olle.post("/samordning/omgangar/ny", data=sent(session, **wrong))

        assert answer.status_code == 409
        assert message in words_of(answer)
        assert 'value="Vårterminen 2027"' in answer.text
        assert "checked" in answer.text
        assert db.scalars(select(Round)).all() == []


class TestChanging:
    def test_the_form_shows_what_is_planned_and_changes_it(self, db, olle):
        session, more = make.session(db), make.session(db, days=[date(2027, 4, 1)])
        round_ = make.round_of(db, session, state=RoundState.PLANNED)

        page = olle.get(f"/samordning/omgangar/{round_.id}/andra").text
        assert 'value="2027-01-20T12:00"' in page
        assert re.findall(r'value="(\d+)" checked', page) == [str(session.id)]
        answer = olle.post(f"/samordning/omgangar/{round_.id}/andra", data=sent(session, more, title="Våren"))

        assert answer.status_code == 302
        assert db.scalars(select(Round.title).where(Round.id == round_.id)).one() == "Våren"

    def test_a_form_from_before_it_opened_does_not_lose_its_lottery_without_a_word(self, db, olle):
        session, eva = make.session(db), make.holder(db, Role.DIRECTOR)
        round_ = make.round_of(db, session)
        stale = sent(session, second_party_id=str(eva.id), source_at="2027-02-06T12:00")

        answer = olle.post(f"/samordning/omgangar/{round_.id}/andra", data=stale)

        assert answer.status_code == 409
        assert "Omgången är öppen. Då går det bara att" in words_of(answer)
        assert db.scalars(select(Round.second_party_id).where(Round.id == round_.id)).one() is None

    def test_an_open_round_keeps_its_sessions(self, db, olle):
        session, other = make.session(db), make.session(db, days=[date(2027, 4, 1)])
        round_ = make.round_of(db, session)

        page = words_of(olle.get(f"/samordning/omgangar/{round_.id}/andra"))
        assert ("Omgången är öppen." in page, "Går bara att flytta framåt" in page) == (True, True)
        assert "Minst tre veckor" not in page
        answer = olle.post(f"/samordning/omgangar/{round_.id}/andra", data=sent(other))

        assert answer.status_code == 409
        assert "Då går det bara att lägga till kurstillfällen" in words_of(answer)

    @pytest.mark.parametrize("publicity", [Publicity.ARCHIVED, Publicity.CALLED_OFF])
    def test_a_round_can_be_changed_though_a_session_of_it_was_withdrawn(self, db, olle, publicity):
        session, more = make.session(db), make.session(db, days=[date(2027, 4, 1)])
        source = PublicSource(kind=PublicKind.DRAND, at=clock.parse("2027-02-06T12:00"))
        round_ = make.round_of(
            db, session, public_source=source.in_full, public_at=source.at, decision_on=date(2027, 2, 12)
        )
        session.publicity = publicity
        db.flush()
        path = f"/samordning/omgangar/{round_.id}/andra"

        page = olle.get(path)
        chosen = re.findall(r'value="(\d+)" checked', page.text)
        times = {"opens_at": "2026-12-15T08:00", "closes_at": "2027-02-05T12:00"}
        facts = sent(more, session_ids=[*chosen, more.id], **times)
        answer = olle.post(path, data={name: fact for name, fact in facts.items() if name not in LOTTERY})

        assert chosen == [str(session.id)]
        assert pages.words()["publicity"][publicity] in words_of(page)
        assert answer.status_code == 302
        kept = db.scalars(select(RoundSession.session_id).where(RoundSession.round_id == round_.id)).all()
        assert set(kept) == {session.id, more.id}

    def test_a_closed_round_cannot_be_changed(self, db, olle):
        round_ = make.round_of(db, make.session(db), state=RoundState.CLOSED)

        assert olle.get(f"/samordning/omgangar/{round_.id}/andra").status_code == 409


class TestTheList:
    def test_every_round_is_on_it(self, db, olle):
        make.round_of(db, make.session(db), title="Öppen nu")
        make.round_of(db, make.session(db), title="Snart", state=RoundState.PLANNED)

        text = words_of(olle.get("/samordning/omgangar"))

        assert "Öppen nu öppen 15 december 2026 kl. 08.00 20 januari 2027 kl. 12.00 29 jan. 2027 1 0" in text
        assert "Snart planerad" in text

    def test_an_empty_one_says_what_to_do(self, olle):
        assert "Ingen omgång finns än" in words_of(olle.get("/samordning/omgangar"))

    def test_it_asks_the_database_as_often_for_one_row_as_for_three(self, db, olle, queries):
        counts = []
        for count in (1, 2):
            for _ in range(count):
                make.round_of(db, make.session(db))
            queries.reset()
            olle.get("/samordning/omgangar")
            counts.append(queries.count)

        assert counts[0] == counts[1]


class TestTheRound:
    def test_it_shows_how_much_each_session_is_wanted(self, db, olle):
        one = make.session(db, of=make.course(db, title="Hud"))
        other = make.session(db, of=make.course(db, title="Hjärta"), days=[date(2027, 4, 1)])
        round_ = make.round_of(db, one, other)
        apply(db, round_, make.person(db), one, other)
        apply(db, round_, make.person(db, standing=Standing.PENDING), one)

        text = words_of(olle.get(f"/samordning/omgangar/{round_.id}"))

        assert "Hud 15 och 16 mars 2027, Göteborg, Konferens Aspen 10 2 2" in text
        assert "Hjärta 1 april 2027, Göteborg, Konferens Aspen 10 0 1" in text
        assert "1 av de sökande har en profil som inte är bekräftad än." in text
        assert "Ansökningar 2" in text

    def test_one_that_is_not_there(self, olle):
        assert olle.get("/samordning/omgangar/999999").status_code == 404

    def test_it_asks_the_database_as_often_for_one_row_as_for_three(self, db, olle, queries):
        counts = []
        for count in (1, 3):
            sessions = [make.session(db, days=[date(2027, 3, 1 + number)]) for number in range(count)]
            round_ = make.round_of(db, *sessions)
            for _ in range(count):
                apply(db, round_, make.person(db), *sessions)
            queries.reset()
            olle.get(f"/samordning/omgangar/{round_.id}")
            counts.append(queries.count)

        assert counts[0] == counts[1]


class TestTheSteps:
    def test_closing_says_when_the_public_value_is_known_and_that_nothing_can_be_drawn_up_before(self, db, olle):
        known = datetime(2027, 1, 21, 12, tzinfo=UTC)
        round_ = make.round_of(db, make.session(db), public_at=known)

        text = words_of(olle.get(f"/samordning/omgangar/{round_.id}/stang"))
        assert "Ingen har sökt, så inga platser delas ut." in text
        assert (
            "Det offentliga värdet för lottningen blir känt 21 januari 2027 kl. 13.00, även om du stänger nu. "
            "Innan dess går det inte att fördela platserna."
        ) in text

    def test_closing_says_how_many_it_concerns(self, db, olle):
        session = make.session(db)
        round_ = make.round_of(db, session)
        apply(db, round_, make.person(db), session)
        apply(db, round_, make.person(db, standing=Standing.PENDING), session)
        path = f"/samordning/omgangar/{round_.id}/stang"

        text = words_of(olle.get(path))
        assert "Ansökningar från 2 personer räknas som de ser ut nu." in text
        assert "1 av dem har inte en bekräftad profil och räknas inte med." in text
        assert state_of(db, round_.id) is RoundState.OPEN

    def test_drawing_up_shows_what_would_come_of_it(self, db, olle):
        session = make.session(db, of=make.course(db, title="Hud", seats=1))
        round_ = make.round_of(db, session)
        near = make.person(db, planned_end=date(2027, 9, 1))
        far = make.person(db, planned_end=date(2030, 9, 1), given_name="Bo", family_name="Al")
        apply(db, round_, near, session)
        apply(db, round_, far, session)
        olle.post(f"/samordning/omgangar/{round_.id}/stang", data={"reason": "Alla har sökt."})
        make.revealed(db, round_)

        assert "Ansökningarna från 2 personer" in words_of(olle.get(f"/samordning/omgangar/{round_.id}/fordela"))
        answer = olle.post(f"/samordning/omgangar/{round_.id}/fordela")

        text = words_of(olle.get(answer.location))
        assert "Platserna är fördelade. Granska förslaget innan du publicerar det." in text
        assert "Sökande 2 Platser som delas ut 1 Personer som får minst en plats 1" in text
        assert "Visa vilka som blir utan plats Bo Al" in text
        assert "Hud 15 och 16 mars 2027, Göteborg, Konferens Aspen 1 2 2 1 1" in text
        assert db.scalars(select(Booking)).all() == []

    @pytest.mark.parametrize(
        ("state", "step"),
        [
            (RoundState.OPEN, "oppna"),
            (RoundState.PLANNED, "stang"),
            (RoundState.OPEN, "fordela"),
            (RoundState.CLOSED, "publicera"),
            (RoundState.PUBLISHED, "fordela"),
        ],
    )
    def test_a_step_that_is_not_next_is_refused(self, db, olle, state, step):
        round_ = make.round_of(db, make.session(db), state=state)

        answer = olle.get(f"/samordning/omgangar/{round_.id}/{step}")

        assert answer.status_code == 409
        assert "Omgången är i ett annat läge" in words_of(answer)
        if step != "publicera":
            assert olle.post(f"/samordning/omgangar/{round_.id}/{step}").status_code == 409

    def test_a_step_that_there_is_not(self, db, olle):
        round_ = make.round_of(db, make.session(db))

        assert olle.get(f"/samordning/omgangar/{round_.id}/radera").status_code == 404

    @pytest.mark.parametrize(
        ("state", "step"),
        [(RoundState.OPEN, "stang"), (RoundState.REVEALED, "fordela"), (RoundState.ALLOCATED, "publicera")],
    )
    def test_who_applied_is_told_why_instead_of_being_offered_what_decides(self, db, visit, state, step):
        session = make.session(db)
        round_ = make.round_of(db, session)
        own = make.coordinator(db, category="st_2015", residency_start=date(2024, 1, 1), planned_end=date(2029, 1, 1))
        apply(db, round_, own, session)
        round_.state = state
        db.flush()
        page, way = f"/samordning/omgangar/{round_.id}", f"/samordning/omgangar/{round_.id}/{step}"

        other, applicant = visit(make.coordinator(db)).get(page), visit(own).get(page)
        assert (f'href="{way}"' in other.text, WHY_NOT in words_of(other)) == (True, False)
        assert (f'href="{way}"' in applicant.text, WHY_NOT in words_of(applicant)) == (False, True)

    def test_who_applied_is_not_asked_for_a_reason_to_close(self, db, visit):
        session = make.session(db)
        round_ = make.round_of(db, session)
        own = make.coordinator(db, category="st_2015", residency_start=date(2024, 1, 1), planned_end=date(2029, 1, 1))
        apply(db, round_, own, session)
        browser, path = visit(own), f"/samordning/omgangar/{round_.id}/stang"

        for answer in (browser.get(path), browser.post(path, data={"reason": "Alla har sökt."})):
            assert (answer.status_code, WHY_NOT in words_of(answer)) == (409, True)
        assert state_of(db, round_.id) is RoundState.OPEN

    def test_who_applied_does_not_draw_up(self, db, visit):
        session = make.session(db)
        round_ = make.round_of(db, session)
        own = make.coordinator(db, category="st_2015", residency_start=date(2024, 1, 1), planned_end=date(2029, 1, 1))
        apply(db, round_, own, session)
        visit(make.coordinator(db)).post(f"/samordning/omgangar/{round_.id}/stang", data={"reason": "Alla har sökt."})
        make.revealed(db, round_)

        answer = visit(own).post(f"/samordning/omgangar/{round_.id}/fordela")

        assert (answer.status_code, WHY_NOT in words_of(answer)) == (409, True)
