"""Applying: the list is ranked with plain buttons, sent in, changed and taken back."""

import re
from datetime import date, timedelta

import pytest
from bookings_pages import words_of
from sqlalchemy import select
from sqlalchemy.orm import selectinload

import make
from auth.states import Category, Standing
from bookings import left_over_seats
from bookings.forms import rearranged
from bookings.models import Application
from bookings.states import ApplicationState, RoundState
from lararportal import pages
from lararportal.outbox import Letter


def chosen_in(answer) -> list[int]:
    return [int(found) for found in re.findall(r'name="choices" value="(\d+)"', answer.text)]


def focus_in(answer) -> str | None:
    tag = re.search(r"<[^>]*\bautofocus\b[^>]*>", answer.text)
    return re.search(r'\bid="([^"]+)"', tag.group(0)).group(1) if tag else None


@pytest.fixture
def offered(db):
    """Two courses: one on two occasions, one that shares a day with the first of them."""
    skin = make.course(db, code="HUD1", title="Hud", seats=8)
    heart = make.course(db, code="HJA1", title="Hjärta")
    early = make.session(db, of=skin, days=[date(2027, 3, 15), date(2027, 3, 16)], place="Borås")
    late = make.session(db, of=skin, days=[date(2027, 4, 19), date(2027, 4, 20)], place="Skövde")
    clash = make.session(db, of=heart, days=[date(2027, 3, 16)], place="Göteborg")
    return make.round_of(db, early, late, clash), early, late, clash


def sent(db, person) -> Application:
    return db.scalars(
        select(Application)
        .where(Application.person_id == person.id)
        .options(selectinload(Application.choices))
        .execution_options(populate_existing=True)
    ).one()


class TestRearranging:
    @pytest.mark.parametrize(
        ("action", "expected"),
        [
            ("add:9", [1, 2, 3, 9]),
            ("add:2", [1, 2, 3]),
            ("remove:2", [1, 3]),
            ("remove:9", [1, 2, 3]),
            ("up:3", [1, 3, 2]),
            ("up:1", [1, 2, 3]),
            ("down:1", [2, 1, 3]),
            ("down:3", [1, 2, 3]),
            ("up:9", [1, 2, 3]),
            ("filter", [1, 2, 3]),
            ("sideways:1", [1, 2, 3]),
            ("up:", [1, 2, 3]),
            ("up:x", [1, 2, 3]),
            ("add:" + "9" * 5000, [1, 2, 3]),
        ],
    )
    def test_one_press_moves_one_thing(self, action, expected):
        assert rearranged([1, 2, 3], action) == expected


class TestTheWayThere:
    def test_the_only_open_round_is_where_applying_leads(self, db, visit, offered):
        answer = visit(make.person(db)).get("/ansokan")

        assert (answer.status_code, answer.location) == (302, f"/ansokan/{offered[0].id}")

    def test_several_open_rounds_are_listed(self, db, visit, offered):
        make.round_of(db, make.session(db), title="Kliniska kurser")

        text = words_of(visit(make.person(db)).get("/ansokan"))

        assert "Vårterminen 2027" in text
        assert "Kliniska kurser" in text

    def test_without_an_open_round_the_coming_ones_are_shown(self, db, visit):
        make.round_of(db, make.session(db), title="Höstterminen 2027", state=RoundState.PLANNED)

        text = words_of(visit(make.person(db)).get("/ansokan"))

        assert "Ingen ansökan är öppen just nu" in text
        assert "Höstterminen 2027" in text

    def test_a_round_that_is_only_planned_is_not_there(self, db, visit):
        round_ = make.round_of(db, make.session(db), state=RoundState.PLANNED)

        assert visit(make.person(db)).get(f"/ansokan/{round_.id}").status_code == 404

    def test_a_visitor_is_asked_to_sign_in(self, visit, offered):
        answer = visit().get(f"/ansokan/{offered[0].id}")

        assert (answer.status_code, answer.location) == (302, f"/logga-in?next=/ansokan/{offered[0].id}")


class TestTheForm:
    def test_it_says_what_counts_and_offers_every_session(self, db, visit, offered):
        text = words_of(visit(make.person(db)).get(f"/ansokan/{offered[0].id}"))

        assert "Den som söker tidigt får ingen fördel." in text
        assert "Ordna efter vad du faktiskt vill ha." in text
        assert "Ansökan stänger 20 januari 2027 kl. 12.00" in text
        assert "Besked senast fredag 29 januari 2027" in text
        assert "2 av 2 kurser visas." in text
        assert "15 och 16 mars 2027, Borås (8 platser)" in text
        assert text.count("Lägg till") == 5  # the heading, the link to it, and three buttons

    def test_a_press_brings_the_page_back_with_the_list_and_stores_nothing(self, db, visit, offered):
        round_, early, late, _ = offered
        anna = make.person(db)
        pressed = {"choices": [late.id], "cap": "2", "text": "", "action": f"add:{early.id}"}

        answer = visit(anna).post(f"/ansokan/{round_.id}", data=pressed)

        assert answer.status_code == 200
        assert chosen_in(answer) == [late.id, early.id]
        assert '<option selected value="2">2</option>' in answer.text
        assert focus_in(answer) == f"chosen-{early.id}"
        assert words_of(answer).count("samma dag som val 2") == 1  # the course that shares a day, not its own
        assert db.scalars(select(Application)).all() == []

    @pytest.mark.parametrize(
        ("verb", "which", "expected", "focus"),
        [
            ("up", 1, [1, 0, 2], "down"),
            ("up", 2, [0, 2, 1], "up"),
            ("down", 1, [0, 2, 1], "up"),
            ("down", 0, [1, 0, 2], "down"),
        ],
    )
    def test_moving_keeps_the_keyboard_on_what_was_moved(self, db, visit, offered, verb, which, expected, focus):
        round_, *sessions = offered
        pressed = {"choices": [each.id for each in sessions], "cap": "4", "action": f"{verb}:{sessions[which].id}"}

        answer = visit(make.person(db)).post(f"/ansokan/{round_.id}", data=pressed)

        assert chosen_in(answer) == [sessions[place].id for place in expected]
        assert focus_in(answer) == f"{focus}-{sessions[which].id}"

    def test_taking_away_leads_back_to_the_heading(self, db, visit, offered):
        round_, early, late, _ = offered
        pressed = {"choices": [early.id, late.id], "cap": "4", "action": f"remove:{early.id}"}

        answer = visit(make.person(db)).post(f"/ansokan/{round_.id}", data=pressed)

        assert (chosen_in(answer), focus_in(answer)) == ([late.id], "choices")

    def test_the_enter_key_only_searches_and_keeps_the_list(self, db, visit, offered):
        round_, early, late, _ = offered
        page = visit(make.person(db)).get(f"/ansokan/{round_.id}")
        first_button = re.search(
            r'<form method="post" action="/ansokan.*?<button[^>]*value="(\w+)', page.text, re.DOTALL
        )
        assert first_button.group(1) == "filter"

        typed = {"choices": [late.id, early.id], "cap": "1", "text": "hjärta", "action": "filter"}
        answer = visit(make.person(db)).post(f"/ansokan/{round_.id}", data=typed)

        assert chosen_in(answer) == [late.id, early.id]
        assert "1 av 2 kurser visas." in words_of(answer)
        assert 'value="hjärta"' in answer.text
        assert '<option selected value="1">1</option>' in answer.text
        assert focus_in(answer) == "found"

    def test_a_search_that_finds_nothing_says_what_to_do(self, db, visit, offered):
        answer = visit(make.person(db)).post(
            f"/ansokan/{offered[0].id}", data={"cap": "4", "text": "<öra>", "action": "filter"}
        )

        assert "Ingen kurs i omgången innehåller ”&lt;öra&gt;”." in answer.text

    def test_what_cannot_be_asked_for_has_a_reason_instead_of_a_button(self, db, visit, offered):
        round_, *_ = offered
        answer = visit(make.person(db, category=Category.SPECIALIST)).get(f"/ansokan/{round_.id}")

        assert words_of(answer).count("Kursen vänder sig till en annan målgrupp än din.") == 2
        assert 'value="add:' not in answer.text

    def test_a_link_from_a_session_puts_it_on_the_list(self, db, visit, offered):
        round_, early, *_ = offered

        answer = visit(make.person(db)).get(f"/ansokan/{round_.id}?val={early.id}")

        assert chosen_in(answer) == [early.id]

    @pytest.mark.parametrize("wanted", ["0", "x", "", "999999"])
    def test_a_link_to_something_else_leaves_the_list_alone(self, db, visit, offered, wanted):
        answer = visit(make.person(db)).get(f"/ansokan/{offered[0].id}?val={wanted}")

        assert (answer.status_code, chosen_in(answer)) == (200, [])

    def test_it_asks_the_database_as_often_for_one_session_as_for_many(self, db, visit, queries):
        one = make.round_of(db, make.session(db))
        many = make.round_of(db, *(make.session(db, days=[date(2027, 3, day)]) for day in range(1, 6)))
        browser = visit(make.person(db))
        browser.get("/profil")
        queries.reset()
        browser.get(f"/ansokan/{one.id}")
        once = queries.count
        queries.reset()

        browser.get(f"/ansokan/{many.id}")

        assert queries.count == once


class TestSendingIn:
    def test_the_list_is_stored_in_its_order_and_confirmed(self, db, visit, offered):
        round_, early, late, clash = offered
        anna = make.person(db)
        browser = visit(anna)

        answer = browser.post(
            f"/ansokan/{round_.id}", data={"choices": [late.id, clash.id, early.id], "cap": "2", "action": "submit"}
        )

        assert (answer.status_code, answer.location) == (302, "/mina-kurser")
        assert [choice.session_id for choice in sent(db, anna).choices] == [late.id, clash.id, early.id]
        assert sent(db, anna).cap == 2
        assert db.scalars(select(Letter.occasion)).all() == ["application_received"]
        text = words_of(browser.get("/mina-kurser"))
        assert "Din ansökan är inskickad" in text
        assert "3 val, högst 2 platser." in text

    def test_it_can_be_changed_and_shows_what_was_sent(self, db, visit, offered):
        round_, early, late, _ = offered
        browser = visit(make.person(db))
        browser.post(f"/ansokan/{round_.id}", data={"choices": [late.id, early.id], "cap": "1", "action": "submit"})

        page = browser.get(f"/ansokan/{round_.id}")

        assert chosen_in(page) == [late.id, early.id]
        assert '<option selected value="1">1</option>' in page.text
        assert "Din ansökan är inskickad" in words_of(page)
        assert "Skicka in ändringen" in words_of(page)

    def test_one_that_is_sent_in_once_more_as_it_is_stands_unchanged_and_that_is_said(self, db, visit, offered):
        browser, path = visit(make.person(db)), f"/ansokan/{offered[0].id}"
        said = []
        for cap in ("1", "1", "2"):
            browser.post(path, data={"choices": [offered[1].id], "cap": cap, "action": "submit"})
            said.append("Din ansökan är oförändrad" in words_of(browser.get("/mina-kurser")))

        assert said == [False, True, False]
        assert db.scalars(select(Letter.occasion).order_by(Letter.id)).all() == [
            "application_received",
            "application_changed",
        ]

    def test_how_a_seat_is_wanted_from_a_line_is_asked_and_kept(self, db, visit, offered):
        anna = make.person(db)
        browser, path = visit(anna), f"/ansokan/{offered[0].id}"
        new = browser.get(path).text
        data = {"choices": [offered[1].id], "cap": "1", "ask_first": "y", "short_notice": "y", "action": "submit"}
        rearranged = browser.post(path, data=data | {"action": "filter"}).text
        browser.post(path, data=data)

        assert (sent(db, anna).standing_yes, sent(db, anna).short_notice) == (False, True)
        checked = [page.count('type="checkbox"') and page.count(" checked ") for page in (new, rearranged)]
        assert [*checked, browser.get(path).text.count(" checked ")] == [0, 2, 2]
        closed = words_of(visit(anna, at=offered[0].closes_at).get(path))
        assert "vill du bli tillfrågad innan du får en plats. Du kan komma med kort varsel." in closed

    def test_an_empty_list_is_refused_and_what_was_typed_is_kept(self, db, visit, offered):
        answer = visit(make.person(db)).post(
            f"/ansokan/{offered[0].id}", data={"cap": "3", "text": "hud", "action": "submit"}
        )

        assert answer.status_code == 409
        assert "Du har inte valt något kurstillfälle." in words_of(answer)
        assert 'value="hud"' in answer.text
        assert '<option selected value="3">3</option>' in answer.text

    def test_a_refused_choice_is_called_by_its_course(self, db, visit, offered):
        round_, early, *_ = offered
        specialist = make.person(db, category=Category.SPECIALIST)

        answer = visit(specialist).post(
            f"/ansokan/{round_.id}", data={"choices": [early.id], "cap": "4", "action": "submit"}
        )

        assert answer.status_code == 409
        assert "Hud: Kursen vänder sig till en annan målgrupp än din." in words_of(answer)
        assert chosen_in(answer) == [early.id]

    def test_what_stands_in_the_way_is_named_beside_the_session_and_when_it_is_refused(self, db, visit, offered, now):
        round_, early, *_ = offered
        anna, etik = make.person(db), make.session(db, of=make.course(db, title="Etik"), days=[early.starts_on])
        left_over_seats.book(db, session_id=etik.id, person_id=anna.id, now=now, by=anna.id)
        browser, path = visit(anna), f"/ansokan/{round_.id}"
        sentence = f"Du har redan en plats på Etik, {pages.days([early.starts_on])}, och dagarna krockar."

        refused = browser.post(path, data={"choices": [early.id], "cap": "4", "action": "submit"})

        assert sentence in words_of(browser.get(path))
        assert f"Hud: {sentence}" in words_of(refused)

    def test_an_incomplete_profile_is_refused(self, db, visit, offered):
        round_, early, *_ = offered
        newcomer = make.person(db, area=None, standing=Standing.PENDING)

        answer = visit(newcomer).post(
            f"/ansokan/{round_.id}", data={"choices": [early.id], "cap": "4", "action": "submit"}
        )

        assert answer.status_code == 409
        assert "Det saknas uppgifter i din profil." in words_of(answer)

    def test_a_cap_that_is_not_offered_is_a_fault_of_its_field(self, db, visit, offered):
        round_, early, *_ = offered

        answer = visit(make.person(db)).post(
            f"/ansokan/{round_.id}", data={"choices": [early.id], "cap": "9", "action": "submit"}
        )

        assert answer.status_code == 400
        assert '<a href="#cap">Hur många platser vill du ha som mest: Välj ett av alternativen.</a>' in answer.text
        assert chosen_in(answer) == [early.id]

    def test_it_is_refused_once_the_round_has_closed(self, db, visit, offered):
        round_, early, *_ = offered
        browser = visit(make.person(db), at=round_.closes_at)

        answer = browser.post(f"/ansokan/{round_.id}", data={"choices": [early.id], "cap": "4", "action": "submit"})

        assert answer.status_code == 409
        assert "Ansökan är stängd" in words_of(answer)
        assert 'name="choices"' not in answer.text

    def test_what_was_sent_in_can_be_read_once_the_round_has_closed(self, db, visit, offered):
        round_, early, late, _ = offered
        anna = make.person(db)
        visit(anna).post(f"/ansokan/{round_.id}", data={"choices": [late.id], "cap": "3", "action": "submit"})
        browser = visit(anna, at=round_.closes_at)

        page = words_of(browser.get(f"/ansokan/{round_.id}"))
        answer = browser.post(f"/ansokan/{round_.id}", data={"choices": [early.id], "cap": "4", "action": "submit"})

        told = "Dina val Hud 19 och 20 april 2027, Skövde Du vill ha högst 3 platser."
        assert told in page
        assert told in words_of(answer)


class TestTakingBack:
    def test_a_page_asks_first_and_then_it_no_longer_counts(self, db, visit, offered):
        round_, early, *_ = offered
        anna = make.person(db)
        browser = visit(anna)
        browser.post(f"/ansokan/{round_.id}", data={"choices": [early.id], "cap": "4", "action": "submit"})

        assert "Vill du ta tillbaka din ansökan?" in words_of(browser.get(f"/ansokan/{round_.id}/ta-tillbaka"))
        assert sent(db, anna).state is ApplicationState.SUBMITTED
        answer = browser.post(f"/ansokan/{round_.id}/ta-tillbaka")

        assert (answer.status_code, answer.location) == (302, "/mina-kurser")
        assert sent(db, anna).state is ApplicationState.WITHDRAWN
        assert chosen_in(browser.get(f"/ansokan/{round_.id}")) == []

    def test_nothing_to_take_back_is_not_there(self, db, visit, offered):
        assert visit(make.person(db)).get(f"/ansokan/{offered[0].id}/ta-tillbaka").status_code == 404

    def test_it_is_refused_once_the_round_has_closed(self, db, visit, offered):
        round_, early, *_ = offered
        anna = make.person(db)
        visit(anna).post(f"/ansokan/{round_.id}", data={"choices": [early.id], "cap": "4", "action": "submit"})
        late, page = visit(anna, at=round_.closes_at + timedelta(1)), f"/ansokan/{round_.id}/ta-tillbaka"

        assert [answer.status_code for answer in (late.get(page), late.post(page))] == [409, 409]
        assert sent(db, anna).state is ApplicationState.SUBMITTED
