"""The file that anybody can check a published lottery by, and the page that recomputes one."""

import copy
import json
import re
from datetime import date

import pytest
from bookings_pages import words_of
from bookings_room import CLOSES, PUBLISHED_AT, last_run
from fairness_room import crowd, file_of, two_party_round

import make
from auth.models import Person
from bookings import allocation, opening_and_closing, publication, rounds
from bookings.models import Round, Run
from bookings.rules.allocation import canonical
from bookings.rules.allocation.verification import differences, faults, line_hash
from bookings.rules.allocation.verification_remarks import remarks
from bookings.states import PublicKind, RoundState
from courses.states import Publicity


@pytest.fixture
def published(db) -> Round:
    session = make.session(db, of=make.course(db, seats=3))
    return two_party_round(db, crowd(db, session, ahead=4))


def path_of(round_: Round) -> str:
    return f"/regler/omgang/{round_.id}/verifiering.json"


def texts(part, where=()):
    """Every text in a document with the way to it."""
    if isinstance(part, dict | list):
        for key, inner in part.items() if isinstance(part, dict) else enumerate(part):
            yield from texts(inner, (*where, key))
    elif isinstance(part, str):
        yield where, part


class TestTheFile:
    def test_of_a_published_round_has_no_fault_and_nothing_to_remark(self, published, visit):
        file = file_of(visit(), published)

        assert (faults(file), remarks(file)) == ([], [])

    def test_is_that_of_the_frozen_input_and_the_published_result(self, db, published, visit):
        [run] = db.query(Run)
        instance = json.loads(published.frozen) | {"lottery": {"seed": published.seed}}

        assert differences(file_of(visit(), published), instance, json.loads(run.result)) == []

    def test_has_a_fault_as_soon_as_one_byte_of_a_value_is_another(self, db, published, visit):
        file = file_of(visit(), published)
        [run] = db.query(Run)
        papers = json.loads(published.frozen) | {"lottery": {"seed": published.seed}}, json.loads(run.result)
        unseen = []
        for where, text in texts(file):
            changed = copy.deepcopy(file)
            part = changed
            for key in where[:-1]:
                part = part[key]
            part[where[-1]] = ("1" if text[0] != "1" else "2") + text[1:]
            if not faults(changed) and not differences(changed, *papers):
                unseen.append(where)

        # Names and moments are bound by nothing here; `lararportal replay` lays them beside the journal.
        names = [("public", "source"), ("rules",), ("title",)]
        assert sorted(unseen) == sorted([*names, ("public", "due"), ("window", "announced"), ("window", "opened")])

    def test_has_no_personal_data(self, db, published, visit):
        text = visit().get(path_of(published)).text

        for each in db.query(Person):
            for fact in (each.pseudonym, each.given_name, each.family_name, each.email):
                assert fact not in text

    def test_has_a_line_for_everybody_who_took_part(self, db, published, visit):
        applicants = json.loads(published.frozen)["applicants"]

        assert file_of(visit(), published)["lines"] == sorted(line_hash(*each) for each in applicants.items())
        assert len(applicants) == 4

    def test_says_where_a_value_is_missing(self, db, visit):
        round_ = make.round_of(db, make.session(db))
        make_published(db, round_)

        file = file_of(visit(), round_)

        assert faults(file) == []
        assert remarks(file) == [
            "The second party took no part, so the run went without its secret.",
            "When the window opened is not told.",
            "It was decided to go on without the secret of the second party: Ingen annan part i provet",
        ]

    def test_takes_a_public_value_in_words(self, db, visit):
        named = {"public_kind": PublicKind.NAMED, "public_source": "OMXS30, slutkurs"}
        round_ = two_party_round(db, crowd(db, make.session(db)), until=RoundState.CLOSED, **named)
        make_published(db, round_)

        file = file_of(visit(), round_)

        due = "2027-01-11T12:00:00+00:00"
        named = {"source": "OMXS30, slutkurs", "kind": "named", "form": "text", "due": due}
        assert file["public"] == named | {"value": make.DRAWN}
        assert faults(file) == []

    def test_has_a_hash_and_a_reason_for_every_session_that_was_opened_or_closed_in_between(self, db, visit):
        course, office = make.course(db, title="Hud", seats=1), make.coordinator(db)
        first = make.session(db, of=course)
        spare = make.session(db, of=course, days=[date(2027, 4, 1)], publicity=Publicity.DRAFT, is_reserve=True)
        wishes = {each: [first, spare] for each in crowd(db, first)}
        round_ = two_party_round(db, wishes, until=RoundState.REVEALED)
        opening_and_closing.open_session(
            db, round_id=round_.id, session_id=spare.id, reason="Många sökte.", now=CLOSES, by=office.id
        )
        instance = allocation.instance(db, round_)
        make_published(db, round_)
        [run] = db.query(Run)

        file = file_of(visit(), round_)
        text = words_of(visit().get(f"/regler/omgang/{round_.id}"))

        assert [each["reason"] for each in file["frozen"]] == [None, "Många sökte."]
        assert (faults(file), differences(file, instance, json.loads(run.result))) == ([], [])
        assert "blev Hud, 1 april 2027 öppnat. Skäl: Många sökte. Underlaget fick då kontrollsumman" in text
        assert file["frozen"][1]["hash"] in text

    @pytest.mark.parametrize("state", [each for each in RoundState if each is not RoundState.PUBLISHED])
    def test_is_not_there_before_all_are_told(self, db, visit, state):
        round_ = two_party_round(db, crowd(db, make.session(db)), until=state)

        assert visit().get(path_of(round_)).status_code == 404

    def test_is_not_there_for_a_round_that_is_not(self, visit):
        assert visit().get("/regler/omgang/77/verifiering.json").status_code == 404

    @pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
    def test_is_fetched_once(self, published, visit, coding):
        browser = visit()
        answer = browser.get(path_of(published), headers={"Accept-Encoding": coding})

        again = browser.get(
            path_of(published), headers={"Accept-Encoding": coding, "If-None-Match": answer.headers["ETag"]}
        )

        assert answer.headers["Cache-Control"] == "public, max-age=86400, immutable"
        assert (answer.mimetype, answer.status_code) == ("application/json", 200)
        assert (again.status_code, again.data) == (304, b"")

    def test_is_canonical_so_that_its_bytes_never_change(self, published, visit):
        text = visit().get(path_of(published)).text

        assert text == canonical(json.loads(text))


class TestThePage:
    def test_is_empty_for_whoever_types(self, visit):
        answer = visit().get("/regler/kontrollera")

        assert set(values_of(answer.text).values()) == {""}
        assert 'data-file=""' in answer.text

    def test_has_the_values_of_a_published_round(self, published, visit):
        answer = visit().get(f"/regler/kontrollera?omgang={published.id}")

        assert values_of(answer.text) == {
            "term": "2027-1",
            "portal_commitment": file_of(visit(), published)["portal"]["commitment"],
            "portal_secret": "11" * 32,
            "second_commitment": published.second_commitment,
            "second_secret": make.OWN_SECRET,
            "public_value": make.DRAWN,
            "frozen_hash": published.frozen_hash,
            "seed": published.seed,
            "pseudonym": "",
            "lot": "",
        }
        assert f'data-file="{path_of(published)}"' in answer.text

    @pytest.mark.parametrize("state", [RoundState.PLANNED, RoundState.OPEN, RoundState.CLOSED])
    def test_shows_no_secret_before_its_time(self, db, visit, state):
        round_ = two_party_round(db, crowd(db, make.session(db)), until=state)

        answer = visit().get(f"/regler/kontrollera?omgang={round_.id}")
        values = values_of(answer.text)

        assert (values["portal_secret"], values["second_secret"], values["seed"]) == ("", "", "")
        assert values["second_commitment"] == round_.second_commitment
        assert round_.secret not in answer.text
        assert "Omgången är inte klar än." in words_of(answer)

    def test_says_how_to_do_it_by_hand(self, published, visit):
        text = words_of(visit().get(f"/regler/kontrollera?omgang={published.id}"))

        assert "lararportal lottery verify verifiering.json" in text
        assert f"lararportal lottery number PSEUDONYM --term 2027-1 --seed {published.seed}" in text

    @pytest.mark.parametrize(("query", "status"), [("omgang=77", 404), ("omgang=", 200), ("omgang=x", 200)])
    def test_answers_odd_questions(self, visit, query, status):
        assert visit().get(f"/regler/kontrollera?{query}").status_code == status

    def test_runs_our_own_script_and_no_other(self, visit):
        answer = visit().get("/regler/kontrollera")

        scripts = re.findall(r"<script([^>]*)>([^<]*)", answer.text)
        assert [
            (bool(re.fullmatch(r' src="/static/verify\.js\?v=\w+" defer', tag)), text) for tag, text in scripts
        ] == [(True, "")]
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")
        assert re.findall(r" on\w+=", answer.text) == []


def values_of(page: str) -> dict[str, str]:
    """What stands in the fields."""
    return dict(re.findall(r'<input class="form-control" id="verify-\w+" name="(\w+)" value="([^"]*)"', page))


def make_published(db, round_: Round) -> None:
    """A round on its way is taken through."""
    if round_.state is RoundState.OPEN:
        rounds.close_round(db, round_.id, now=round_.closes_at, by=None)
    if round_.state is RoundState.CLOSED:
        make.revealed(db, round_)
    allocation.draw_up(db, round_id=round_.id, now=round_.closes_at, by=None)
    publication.publish(db, round_id=round_.id, run_id=last_run(db, round_), now=PUBLISHED_AT, by=None)
    db.flush()
