"""The public pages of the rules: how seats are given, and what is shown of each round when."""

import json
import re
from datetime import date, timedelta

import pytest
from bookings_pages import words_of
from bookings_room import CLOSES, OPENS
from fairness_room import crowd, two_party_round

import make
from auth.states import Role
from bookings import rounds
from bookings.lottery_plan import name_second_party
from bookings.models import Precedence, Run
from bookings.rules import worked_example
from bookings.rules.allocation import RULES_VERSION, canonical_hash
from bookings.states import PrecedenceKind, RoundState
from courses.states import Order, Publicity

BOTH = {"ST": 0, "SPEC": 1}


def page_of(visit, round_) -> str:
    return words_of(visit().get(f"/regler/omgang/{round_.id}"))


class TestTheRules:
    def test_everybody_can_read_them(self, visit):
        answer = visit().get("/regler")

        assert answer.status_code == 200
        assert "När du söker spelar ingen roll." in words_of(answer)

    def test_they_tell_every_part_of_the_key_in_its_order(self, visit):
        text = words_of(visit().get("/regler"))

        parts = re.findall(r"\d\. (Målgrupp|Förtur|Sista terminen|Kursens turordning|Lottnummer)", text)
        assert parts == ["Målgrupp", "Förtur", "Sista terminen", "Kursens turordning", "Lottnummer"]

    def test_the_example_is_told_as_the_engine_answers_it(self, visit):
        text = words_of(visit().get("/regler"))

        for doctor in worked_example.doctors():
            answered = "plats" if doctor.position is None else f"kö, plats {doctor.position}"
            row = rf"{doctor.turn}\. {doctor.name} nummer {doctor.applied} [^.]*{doctor.lot:012x} {answered}"
            assert re.search(row, text)
        assert "Elin går före Bo. Elin har högst sex månader kvar av sin ST, och kursen är obligatorisk." in text
        assert "Bo går före Alva. De står lika, så lotten avgör: Bo har e181dc6b8b25," in text
        assert "Alva går före Cilla. Alva har 19 månader kvar av sin ST, Cilla 31 månader." in text
        assert "Cilla går före David. Cilla hör till den målgrupp som kursen är till för i första hand" in text
        assert "Platserna går till Elin och Bo." in text
        assert "blir en plats ledig är det Alva som får den." in text

    def test_they_lead_to_every_round(self, db, visit):
        rounds = [make.round_of(db, title=f"Omgång {state.value}", state=state) for state in RoundState]

        answer = visit().get("/regler")

        for each in rounds:
            assert f'<a href="/regler/omgang/{each.id}">{each.title}</a>' in answer.text

    def test_they_are_linked_from_every_page(self, visit):
        for path in ("/", "/kurser", "/om"):
            assert '<a href="/regler">Så fördelas platserna</a>' in visit().get(path).text

    def test_many_rounds_cost_no_more_than_one(self, db, visit, queries):
        counts = []
        for count in (1, 30):
            for number in range(count):
                make.round_of(db, title=f"Omgång {number}")
            queries.reset()
            visit().get("/regler")
            counts.append(queries.count)

        assert counts[0] == counts[1]


class TestARound:
    def test_there_is_none_of_that_number(self, visit):
        assert visit().get("/regler/omgang/77").status_code == 404

    def test_before_it_opens_both_commitments_and_the_source_are_shown_and_nothing_else(self, db, visit):
        round_ = two_party_round(db, {make.person(db): [make.session(db)]}, until=RoundState.PLANNED)

        answer = visit().get(f"/regler/omgang/{round_.id}")
        text = words_of(answer)

        bound = "02d449a31fbb267c8f352e9968a79e3e5fc95c1bbeaa502fd6454ebde5a4bedc"
        assert f"Portalen drog sin hemlighet och band sig vid den {bound}" in text
        assert f"Eva Rektor lämnade sitt åtagande {round_.second_commitment}" in text
        assert "Från 11 januari 2027 kl. 13.00 Kommer: Det offentliga värdet skrivs in drand quicknet 1" in text
        assert "Klart: Ansökan stängde" not in text
        assert round_.secret not in answer.text

    def test_it_opened_when_it_really_opened(self, db, visit):
        at = OPENS + timedelta(hours=3)
        round_ = make.round_of(db, state=RoundState.PLANNED, opens_at=OPENS, closes_at=CLOSES)
        rounds.open_round(db, round_.id, now=at, by=None)
        db.flush()

        text = page_of(visit, round_)

        assert "Ansökan öppnade 1 december 2026 kl. 11.00" in text
        assert "1 december 2026 kl. 11.00 Klart: Ansökan öppnade" in text
        assert "1 december 2026 kl. 08.00" not in text

    def test_a_second_party_who_was_bound_and_replaced_stays_named(self, db, visit):
        round_ = two_party_round(db, {make.person(db): [make.session(db)]}, until=RoundState.PLANNED)
        former, office = round_.second_commitment, make.coordinator(db, given_name="Olle", family_name="Sandberg")
        name_second_party(db, round_, make.holder(db, Role.DIRECTOR).id, now=OPENS, by=office.id)

        told = f"Olle Sandberg bytte andra part, från Eva Rektor, som hade lämnat sitt åtagande {former}"
        assert f"1 december 2026 kl. 08.00 Klart: {told}" in page_of(visit, round_)

    def test_once_closed_the_hash_of_what_was_frozen_is_shown_and_no_secret(self, db, visit):
        round_ = two_party_round(db, {make.person(db): [make.session(db)]}, until=RoundState.CLOSED)

        answer = visit().get(f"/regler/omgang/{round_.id}")

        assert f"Ansökan stängde, och det som räknas frystes {round_.frozen_hash}" in words_of(answer)
        assert (round_.secret in answer.text, make.OWN_SECRET in answer.text) == (False, False)
        assert "verifiering.json" not in answer.text

    def test_once_published_everything_is_shown(self, db, visit):
        round_ = two_party_round(db, {make.person(db): [make.session(db)]})
        [run] = db.query(Run)

        answer = visit().get(f"/regler/omgang/{round_.id}")

        for told in (
            f"Eva Rektor visade sin hemlighet {make.OWN_SECRET}",
            f"Portalen visade sin hemlighet {round_.secret}",
            f"skrev in det offentliga värdet, drand quicknet 1 {make.DRAWN}",
            f"Startvärdet räknades fram, och det ändras inte mer {round_.seed}",
            f"Underlagets kontrollsumma {round_.frozen_hash}",
            f"Resultatets kontrollsumma {canonical_hash(json.loads(run.result))}",
            f"Reglernas version {RULES_VERSION}",
        ):
            assert told in words_of(answer)
        assert f'href="/regler/omgang/{round_.id}/verifiering.json"' in answer.text

    def test_what_was_decided_beside_the_rules_is_counted_and_nobody_named(self, db, visit):
        session, office = make.session(db), make.coordinator(db)
        wishes = crowd(db, session, ahead=3)
        for person in wishes:
            db.add(
                Precedence(
                    person_id=person.id,
                    course_id=session.course_id,
                    kind=PrecedenceKind.GRANTED,
                    term="2027-1",
                    reason="Kursen ställdes in",
                    granted_at=OPENS,
                    granted_by=office.id,
                )
            )
        db.flush()

        text = page_of(visit, two_party_round(db, wishes))

        assert "Förtur som räknades 3 Undantag i köerna sedan dess 0" in text
        assert [each.id for each in wishes if each.family_name in text] == []

    def test_what_was_gone_on_without_is_said_with_its_reason(self, db, visit):
        round_ = make.round_of(db, waiver_reason="Andra parten är sjuk")

        told = "Portalen beslutade att gå vidare utan andra parten Andra parten är sjuk"
        assert f"1 januari 2026 kl. 09.00 Klart: {told}" in page_of(visit, round_)


class TestTheOrderOfEachCourse:
    def test_is_told_with_its_groups_and_reserves(self, db, visit):
        course = make.course(db, title="Dermatologi", order=Order.REVERSED, targets={"SPEC": 0, "PRE": 0, "ST": 1})
        round_ = make.round_of(db, make.session(db, of=course, reserves={"SPEC": 4}), make.session(db, of=course))

        assert (
            "Dermatologi i första hand legitimerade läkare före ST och specialister i allmänmedicin, "
            "i andra hand ST-läkare Ny i sin ST först, tidigare nej före det 2 "
            "4 för specialister i allmänmedicin (15 och 16 mars 2027)"
        ) in page_of(visit, round_)

    def test_is_that_of_today_until_the_round_closes_and_then_the_frozen_one(self, db, visit):
        course = make.course(db, title="Etik")
        round_ = two_party_round(db, {make.person(db): [make.session(db, of=course)]}, until=RoundState.CLOSED)
        course.order, course.targets = Order.STRAIGHT, BOTH
        open_round = make.round_of(db, make.session(db, of=course, days=[date(2027, 4, 1)]))

        assert "Så stod turordningarna när ansökan stängde. " in page_of(visit, round_)
        assert "Etik i första hand ST-läkare Kortast tid kvar först" in page_of(visit, round_)
        assert (
            "Etik i första hand ST-läkare, i andra hand specialister i allmänmedicin Längst tid i ST först"
            in page_of(visit, open_round)
        )

    def test_a_session_that_is_held_in_reserve_can_be_asked_for_and_is_told_of(self, db, visit):
        held = make.session(db, of=make.course(db, title="Reserven"), is_reserve=True, publicity=Publicity.DRAFT)

        assert "Reserven i första hand ST-läkare Kortast tid kvar först 1, varav 1 i reserv" in (
            page_of(visit, make.round_of(db, held))
        )

    @pytest.mark.parametrize("publicity", [Publicity.DRAFT, Publicity.CALLED_OFF, Publicity.ARCHIVED])
    def test_a_session_that_nobody_can_ask_for_is_not_told_of(self, db, visit, publicity):
        gone = make.session(db, of=make.course(db, title="Borta"), publicity=publicity)

        assert "Borta" not in page_of(visit, make.round_of(db, gone))

    @pytest.mark.parametrize(
        ("orders", "promised"),
        [((Order.DEADLINE, Order.DEADLINE), True), ((Order.DEADLINE, Order.REVERSED), False)],
    )
    def test_that_honesty_always_pays_is_promised_only_where_all_are_one(self, db, visit, orders, promised):
        sessions = [make.session(db, of=make.course(db, order=order, targets=BOTH)) for order in orders]

        text = page_of(visit, make.round_of(db, *sessions))

        assert ("Det kan aldrig löna sig att rangordna oärligt" in text) is promised
        assert ("ingen regel kan då lova att en annan lista aldrig kan löna sig" in text) is not promised

    @pytest.mark.parametrize("until", [RoundState.OPEN, RoundState.CLOSED])
    def test_a_session_in_reserve_of_another_order_takes_that_promise_away(self, db, visit, until):
        open_ = make.session(db, of=make.course(db, order=Order.DEADLINE, targets=BOTH))
        other = make.course(db, order=Order.REVERSED, targets=BOTH)
        held = make.session(db, of=other, days=[date(2027, 4, 1)], is_reserve=True, publicity=Publicity.DRAFT)
        round_ = two_party_round(db, {make.person(db): [open_, held]}, until=until)

        assert "Det kan aldrig löna sig att rangordna oärligt" not in page_of(visit, round_)

    def test_many_courses_cost_no_more_than_one(self, db, visit, queries):
        counts = []
        for count in (1, 30):
            wanted = [make.session(db, days=[date(2027, 3, 1 + number)]) for number in range(count)]
            round_ = two_party_round(db, dict.fromkeys(crowd(db, wanted[0]), wanted))
            queries.reset()
            assert visit().get(f"/regler/omgang/{round_.id}").text.count('<td data-label="Sökande"') == count
            counts.append(queries.count)

        assert counts[0] == counts[1]
