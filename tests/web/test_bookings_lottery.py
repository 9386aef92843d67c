"""The pages of a lottery: what the second party does, what coordinators do, and what everybody can read."""

import re
from datetime import timedelta

import pytest
from bookings_pages import words_of
from bookings_room import CLOSES, OPENS, occasions, plan_of, sent
from lottery_room import COMMITMENT, EARLIER, KNOWN, OTHER, SECRET, bound_to, commit, enter, reveal
from sqlalchemy import select

import make
from auth.models import Grant
from auth.states import Area, Role
from bookings import lots, rounds
from bookings.models import Round
from bookings.states import PublicKind, RoundState
from courses.models import CourseSession


@pytest.fixture
def eva(db):
    return make.holder(db, Role.DIRECTOR, given_name="Eva", family_name="Nordin")


@pytest.fixture
def office(db):
    return make.coordinator(db, given_name="Olle", family_name="Sandberg")


@pytest.fixture
def planned(db, eva, office):
    """A planned round with Eva as the second party."""
    made = rounds.plan(db, wanted=plan_of(make.session(db), second_party_id=eva.id), now=EARLIER, by=office.id)
    db.flush()
    return made


@pytest.fixture
def closed(db, planned):
    """The same, bound, opened and closed."""
    make.bound(db, planned, at=EARLIER)
    rounds.open_round(db, planned.id, now=OPENS, by=None)
    rounds.close_round(db, planned.id, now=CLOSES, by=None)
    db.flush()
    return planned


def own(round_, name="") -> str:
    return f"/studierektor/lottning/{round_.id}" + (f"/{name}" if name else "")


def office_page(round_, name="") -> str:
    return f"/samordning/omgangar/{round_.id}" + (f"/lottning/{name}" if name else "")


def steps_of(answer) -> str:
    """The page without what a timeline says to those who do not see it."""
    return words_of(answer).replace("Klart: ", "")


def again(db, round_) -> Round:
    db.refresh(round_)
    return round_


class TestTheSecondParty:
    def test_finds_what_is_wanted_from_the_navigation(self, visit, eva, planned):
        browser = visit(eva, at=EARLIER)

        assert 'href="/studierektor"' in browser.get("/").text
        assert 'href="/studierektor/lottning"' in browser.get("/studierektor").text
        text = words_of(browser.get("/studierektor/lottning"))
        assert "Vårterminen 2027 planerad lämna ditt åtagande Lämna åtagandet" in text
        text = words_of(browser.get(own(planned)))
        assert "Ditt åtagande saknas" in text
        assert "Portalen drog sin hemlighet och band sig vid den " + lots.commitment(planned) in text

    def test_without_a_part_reads_why_the_page_is_empty(self, visit, eva):
        text = words_of(visit(eva).get("/studierektor/lottning"))

        assert "Du är inte andra part i någon omgång" in text

    def test_sends_a_commitment_and_never_the_secret(self, db, visit, eva, planned):
        browser = visit(eva, at=EARLIER)

        page = browser.get(own(planned, "atagande"))
        assert 'src="/static/lottery.js?v=' in page.text
        form = re.search(r'<form method="post" action="".*?</form>', page.text, re.DOTALL).group()
        assert re.findall(r'name="(\w+)"', form) == ["replaces", "commitment", "is_kept"]
        answer = browser.post(
            own(planned, "atagande"), data={"commitment": f"\t{COMMITMENT.upper()}\t", "is_kept": "y", "replaces": ""}
        )

        assert (answer.status_code, answer.location) == (302, own(planned))
        assert again(db, planned).second_commitment == COMMITMENT
        assert "Behåll hemligheten för dig själv" in words_of(browser.get(answer.location))

    @pytest.mark.parametrize(
        ("sent_in", "message"),
        [
            ({"commitment": "", "is_kept": "y"}, "Åtagande: Det här behöver fyllas i."),
            ({"commitment": "abc", "is_kept": "y"}, "Åtagande: Det ska vara 64 tecken, bara siffror och bokstäverna"),
            ({"commitment": COMMITMENT}, "Jag har sparat hemligheten där bara jag kommer åt den: Det här behöver"),
        ],
    )
    def test_reads_what_is_wrong_with_a_commitment(self, db, visit, eva, planned, sent_in, message):
        answer = visit(eva, at=EARLIER).post(own(planned, "atagande"), data=sent_in)

        assert (answer.status_code, again(db, planned).second_commitment) == (400, None)
        assert message in words_of(answer)
        assert f'value="{sent_in["commitment"]}"' in answer.text

    def test_replaces_a_lost_secret_but_not_what_another_tab_has_sent(self, db, visit, eva, planned):
        browser = visit(eva, at=EARLIER)
        commit(db, planned, eva)
        db.flush()

        page = browser.get(own(planned, "atagande"))
        assert f'value="{COMMITMENT}"' in page.text
        assert "Du har redan lämnat ett åtagande" in words_of(page)
        stale = {"commitment": bound_to(OTHER), "is_kept": "y", "replaces": ""}
        answer = browser.post(own(planned, "atagande"), data=stale)
        assert answer.status_code == 409
        assert "Ett annat åtagande har kommit in sedan du öppnade sidan" in words_of(answer)
        browser.post(own(planned, "atagande"), data=stale | {"replaces": COMMITMENT})

        assert again(db, planned).second_commitment == bound_to(OTHER)

    def test_is_too_late_once_the_round_is_open(self, db, visit, eva, planned):
        commit(db, planned, eva)
        rounds.open_round(db, planned.id, now=OPENS, by=None)
        db.flush()
        browser = visit(eva, at=OPENS)

        for answer in (browser.get(own(planned, "atagande")), browser.post(own(planned, "atagande"))):
            assert answer.status_code == 409
            assert "Åtaganden lämnas innan omgången öppnar" in words_of(answer)
        assert "Behåll hemligheten för dig själv tills ansökan har stängt" in words_of(browser.get(own(planned)))

    def test_shows_the_secret_that_was_bound(self, db, visit, eva, closed):
        browser = visit(eva, at=CLOSES)

        assert "Nu är det dags att visa din hemlighet" in words_of(browser.get(own(closed)))
        answer = browser.post(own(closed, "hemlighet"), data={"secret": OTHER})
        assert answer.status_code == 409
        assert "Hemligheten stämmer inte med åtagandet." in words_of(answer)
        answer = browser.post(own(closed, "hemlighet"), data={"secret": f"{SECRET}\t"})

        assert (answer.status_code, answer.location) == (302, own(closed))
        text = steps_of(browser.get(answer.location))
        assert "Hemligheten stämmer med åtagandet och är nu offentlig." in text
        assert f"Eva Nordin visade sin hemlighet {SECRET}" in text
        assert f"Portalen visade sin hemlighet {closed.secret}" in text
        assert browser.get(own(closed, "hemlighet")).status_code == 409

    def test_does_not_show_it_before_closing(self, db, visit, eva, planned):
        commit(db, planned, eva)
        db.flush()

        answer = visit(eva, at=EARLIER).get(own(planned, "hemlighet"))

        assert answer.status_code == 409
        assert "Det här görs först när ansökan har stängt." in words_of(answer)

    @pytest.mark.parametrize("name", ["", "atagande", "hemlighet"])
    def test_of_another_round_is_told_nothing(self, db, visit, planned, name):
        other = make.holder(db, Role.DIRECTOR, area=Area.SKARABORG)

        assert visit(other, at=EARLIER).get(own(planned, name)).status_code == 404

    def test_who_lost_the_role_comes_no_more(self, db, visit, eva, planned):
        browser = visit(eva, at=EARLIER)
        db.query(Grant).filter_by(person_id=eva.id).delete()
        db.flush()

        assert [browser.get(own(planned, name)).status_code for name in ("", "atagande")] == [403, 403]

    def test_a_page_asks_the_database_as_often_for_one_row_as_for_three(self, db, visit, eva, planned, queries):
        browser, counts = visit(eva, at=EARLIER), []
        for count in (0, 2):
            for _ in range(count):
                make.round_of(db, make.session(db), second_party_id=eva.id)
            queries.reset()
            browser.get("/studierektor/lottning")
            counts.append(queries.count)

        assert counts[0] == counts[1]


class TestTheCoordinator:
    def test_names_the_second_party_and_the_source_in_the_plan(self, db, visit, eva, office):
        browser, session = visit(office, at=EARLIER), make.session(db)
        facts = {
            "title": "Våren",
            "term": "2027-1",
            "opens_at": "2026-12-01T08:00",
            "closes_at": "2027-01-11T12:00",
            "decision_on": "2027-01-29",
            "cap": "4",
            "respite_hours": "48",
            "session_ids": [session.id],
            "second_party_id": eva.id,
            "source_kind": "named",
            "source_name": "",
            "source_at": "",
        }

        assert f'<option value="{eva.id}">Eva Nordin</option>' in browser.get("/samordning/omgangar/ny").text
        answer = browser.post("/samordning/omgangar/ny", data=facts)
        assert answer.status_code == 400
        needed = "Det här behöver fyllas i när värdet kommer från en dragning eller slutkurs."
        assert f"Vilken dragning eller slutkurs: {needed} Värdet blir känt: {needed}" in words_of(answer)
        browser.post("/samordning/omgangar/ny", data=facts | {"source_kind": "drand"})

        round_ = db.scalars(select(Round)).one()
        assert (round_.second_party_id, round_.public_kind, round_.public_at) == (eva.id, PublicKind.DRAND, KNOWN)
        form = browser.get(f"/samordning/omgangar/{round_.id}/andra").text
        assert f'<option selected value="{eva.id}">Eva Nordin</option>' in form
        assert 'value="2027-01-11T13:00"' in form

    def test_changes_an_open_round_without_touching_its_lottery(self, db, visit, eva, office, planned):
        commit(db, planned, eva)
        rounds.open_round(db, planned.id, now=OPENS, by=None)
        db.flush()
        browser = visit(office, at=OPENS)
        form = browser.get(f"/samordning/omgangar/{planned.id}/andra").text
        facts = dict(re.findall(r'name="(\w+)"[^>]*? value="([^"]*)"', form))

        assert "source_kind" not in form
        answer = browser.post(f"/samordning/omgangar/{planned.id}/andra", data=facts | {"title": "Våren"})

        assert answer.status_code == 302
        assert (again(db, planned).title, planned.second_commitment) == ("Våren", COMMITMENT)

    def test_sees_on_the_desk_whom_a_round_waits_for(self, db, visit, office, planned):
        browser = visit(office, at=EARLIER)

        waits = "Väntar på åtagandet från Eva Nordin för att kunna öppna 1 december 2026 kl. 08.00"
        assert waits in words_of(browser.get("/samordning"))
        text = words_of(browser.get(office_page(planned)))
        assert waits in text
        assert "Påminn Eva Nordin Gå vidare utan andra parten" in text
        assert "Öppna nu" not in text
        answer = browser.post(f"/samordning/omgangar/{planned.id}/oppna")
        assert answer.status_code == 409
        assert "andra parten i lottningen inte har lämnat sitt åtagande" in words_of(answer)

    def test_reminds_the_second_party(self, db, visit, eva, office, planned):
        browser = visit(office, at=EARLIER + timedelta(days=1))

        answer = browser.post(office_page(planned, "paminn"))

        assert (answer.status_code, answer.location) == (302, office_page(planned))
        assert occasions(db, eva) == ["lottery_to_commit", "lottery_to_commit"]
        assert "En påminnelse är på väg." in words_of(browser.get(answer.location))

    def test_goes_on_without_and_everybody_reads_why(self, db, visit, office, planned):
        browser = visit(office, at=EARLIER)

        assert "Ditt namn, tiden och skälet visas för alla." in words_of(browser.get(office_page(planned, "utan")))
        assert browser.post(office_page(planned, "utan"), data={"reason": ""}).status_code == 400
        answer = browser.post(office_page(planned, "utan"), data={"reason": " "})
        assert (answer.status_code, "Skriv skälet." in words_of(answer)) == (409, True)
        browser.post(office_page(planned, "utan"), data={"reason": "Eva har slutat"})

        assert again(db, planned).waiver_reason == "Eva har slutat"
        text = words_of(browser.get(office_page(planned)))
        assert "Olle Sandberg beslutade att gå vidare utan andra parten Eva har slutat" in text
        rounds.open_round(db, planned.id, now=OPENS, by=None)
        db.flush()
        panel = words_of(visit(make.person(db), at=OPENS).get(f"/ansokan/{planned.id}"))
        assert "Omgången lottas utan andra part. Olle Sandberg beslutade det" in panel
        assert "Eva har slutat" in panel

    def test_opens_the_sealed_copy(self, db, visit, office, closed):
        browser = visit(office, at=CLOSES)

        answer = browser.post(office_page(closed, "kopia"), data={"secret": OTHER})
        assert answer.status_code == 409
        assert "Hemligheten stämmer inte med åtagandet." in words_of(answer)
        browser.post(office_page(closed, "kopia"), data={"secret": f"\t{SECRET}\t"})

        assert again(db, closed).second_secret == SECRET
        text = words_of(browser.get(office_page(closed)))
        assert "Olle Sandberg öppnade den förseglade kopian av andra partens hemlighet" in text

    @pytest.mark.parametrize(
        ("typed", "status", "message"),
        [
            ((make.DRAWN, OTHER), 400, "De två värdena är inte lika."),
            (("3 7 12", "3 7 12"), 400, "Från drand är det fältet randomness"),
            (("", ""), 400, "Värde: Det här behöver fyllas i."),
        ],
    )
    def test_types_the_public_value_twice(self, db, visit, office, closed, typed, status, message):
        value, repeated = typed
        answer = visit(office, at=KNOWN).post(office_page(closed, "varde"), data={"value": value, "again": repeated})

        assert answer.status_code == status
        assert message in words_of(answer)
        assert again(db, closed).public_value is None

    def test_puts_the_value_right_but_not_what_another_tab_has_entered(self, db, visit, office, closed):
        browser = visit(office, at=KNOWN)
        enter(db, closed, office, value=OTHER)
        db.flush()

        page = browser.get(office_page(closed, "varde"))
        assert re.search(rf'name="replaces"[^>]* value="{OTHER}"', page.text)
        stale = {"value": make.DRAWN, "again": make.DRAWN, "replaces": ""}
        answer = browser.post(office_page(closed, "varde"), data=stale)
        assert answer.status_code == 409
        assert "Ett annat värde har skrivits in sedan du öppnade sidan" in words_of(answer)
        assert again(db, closed).public_value == OTHER
        browser.post(office_page(closed, "varde"), data=stale | {"replaces": OTHER})

        assert again(db, closed).public_value == make.DRAWN

    def test_brings_the_lottery_to_its_end(self, db, visit, eva, office, closed):
        reveal(db, closed, eva)
        db.flush()
        browser = visit(office, at=KNOWN)

        text = words_of(browser.get(office_page(closed)))
        assert "Väntar på det offentliga värdet, känt från 11 januari 2027 kl. 13.00" in text
        assert "Fördela platserna" not in text
        data = {"value": make.DRAWN, "again": f"\t{make.DRAWN} \t"}
        answer = browser.post(office_page(closed, "varde"), data=data)

        assert answer.location == office_page(closed)
        assert again(db, closed).state is RoundState.REVEALED
        text = words_of(browser.get(answer.location))
        assert "Startvärdet räknades fram, och det ändras inte mer " + closed.seed in text
        assert "Fördela platserna" in text
        assert browser.post(office_page(closed, "varde"), data=data).status_code == 409

    def test_waits_until_the_value_is_known(self, visit, office, closed):
        answer = visit(office, at=CLOSES).get(office_page(closed, "varde"))

        assert answer.status_code == 409
        assert "Det offentliga värdet blir känt 11 januari 2027 kl. 13.00." in words_of(answer)

    def test_is_offered_nothing_while_nothing_can_be_done_yet(self, db, visit, eva, office, closed):
        reveal(db, closed, eva)
        pages = [words_of(visit(office, at=at).get(office_page(closed))) for at in (CLOSES, KNOWN)]

        assert ["Det här för lottningen vidare" in page for page in pages] == [False, True]

    def test_replaces_a_source_that_had_no_value(self, db, visit, office, closed):
        browser = visit(office, at=KNOWN)
        data = {"source_kind": "drand", "source_name": "", "source_at": "", "reason": "drand svarade inte"}
        former = closed.public_source

        answer = browser.post(office_page(closed, "kalla"), data=data)

        assert answer.location == office_page(closed)
        assert again(db, closed).public_at == KNOWN + timedelta(hours=1)
        text = steps_of(browser.get(answer.location))
        assert f"Olle Sandberg bytte källa för det offentliga värdet, från {former} drand svarade inte" in text

    @pytest.mark.parametrize("name", ["utan", "kopia", "varde", "kalla"])
    def test_alone_has_these_pages(self, visit, eva, closed, name):
        assert visit(eva, at=KNOWN).get(office_page(closed, name)).status_code == 403

    def test_who_applied_takes_no_part(self, db, visit, eva, office, planned):
        commit(db, planned, eva)
        rounds.open_round(db, planned.id, now=OPENS, by=None)
        person = make.person(db)
        db.add(Grant(person_id=person.id, role=Role.COORDINATOR, area=None))
        sent(db, planned, person, db.scalars(select(CourseSession)).one())
        rounds.close_round(db, planned.id, now=CLOSES, by=None)
        db.flush()

        data = {"value": make.DRAWN, "again": make.DRAWN}
        answer = visit(person, at=KNOWN).post(office_page(planned, "varde"), data=data)

        assert answer.status_code == 409
        assert "Du har själv sökt i omgången" in words_of(answer)


class TestTheApplicant:
    def test_reads_the_commitments_and_later_the_rest(self, db, visit, eva, planned):
        commit(db, planned, eva)
        rounds.open_round(db, planned.id, now=OPENS, by=None)
        db.flush()
        path, person = f"/ansokan/{planned.id}", make.person(db)

        panel = words_of(visit(person, at=OPENS).get(path)).partition("Så lottas platser")[2]
        assert f"Portalens åtagande {lots.commitment(planned)}" in panel
        assert f"Andra partens åtagande Eva Nordin {COMMITMENT}" in panel
        assert "känt från 11 januari 2027 kl. 13.00" in panel
        assert planned.secret not in panel
        assert f'href="/regler/omgang/{planned.id}">Följ lottningen' in visit(person, at=OPENS).get(path).text
        rounds.close_round(db, planned.id, now=CLOSES, by=None)
        make.revealed(db, planned)

        panel = words_of(visit(person, at=KNOWN).get(path)).partition("Så lottas platser")[2]
        shown = [planned.frozen_hash, planned.secret, SECRET, make.DRAWN, planned.seed]
        assert [each for each in shown if each not in panel] == []
