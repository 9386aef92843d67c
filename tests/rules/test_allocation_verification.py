"""The file that anybody can check a lottery by: what it holds, and that nothing wrong with it goes unseen (2.7)."""

import copy
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from bookings.rules.allocation import RULES_VERSION, canonical_hash
from bookings.rules.allocation import verification as papers
from bookings.rules.allocation.lottery import commitment, seed_from
from bookings.rules.allocation.verification_remarks import remarks

EXAMPLE = json.loads((Path(__file__).parent / "oracles" / "example.json").read_text())
INSTANCE, RESULT = EXAMPLE["instance"], EXAMPLE["result"]
FROZEN = canonical_hash(INSTANCE)
ONE, TWO, DRAWN = b"\1" * 32, b"\2" * 32, b"\3" * 32
CLOSED, DUE = "2027-01-11T11:00:00+00:00", "2027-01-11T12:00:00+00:00"
WINDOW = papers.Window(opened="2026-12-01T07:00:00+00:00", announced=CLOSED, closed=CLOSED)


def public_of(source="drand, round 4711", *, value, kind="drand", due=DUE):
    form = "hex" if kind == "drand" else "text"
    return papers.PublicValue(source=source, kind=kind, form=form, due=due, value=value)


DRAND = public_of(value=DRAWN.hex())


def party(secret):
    return papers.Party(commitment=commitment(secret), secret=secret.hex())


def a_file(*, second=TWO, public=DRAND, drawn=DRAWN, **changed):
    facts = {
        "term": INSTANCE["term"],
        "title": "First term",
        "rules": RULES_VERSION,
        "portal": party(ONE),
        "second": party(second),
        "public": public,
        "window": WINDOW,
        "frozen": [papers.FrozenInput(hash=FROZEN)],
        "seed": seed_from(ONE, second, drawn, term=INSTANCE["term"], frozen_hash=bytes.fromhex(FROZEN)).hex(),
        "result_hash": canonical_hash(RESULT),
        "applicants": INSTANCE["applicants"],
        "beside": papers.Beside(),
    }
    return json.loads(json.dumps(papers.document(**(facts | changed))))


def kinds(found):
    return [fault.kind for fault in found]


def test_a_file_of_what_was_published_has_no_fault_and_nothing_to_remark():
    assert (papers.faults(a_file()), remarks(a_file())) == ([], [])


def test_a_person_finds_the_hash_of_their_own_frozen_facts_and_no_name_stands_there():
    file = a_file()
    facts = INSTANCE["applicants"]["p"]
    written = json.dumps(["p", facts], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    own = hashlib.sha256(written.encode("utf-8")).hexdigest()

    assert papers.line_hash("p", facts) == own
    assert file["lines"] == sorted(papers.line_hash(*each) for each in INSTANCE["applicants"].items())
    assert papers.line_hash("p", facts | {"left": facts["left"] + 1}) not in file["lines"]
    assert [name for name in INSTANCE["applicants"] if f'"{name}"' in json.dumps(file)] == []


def test_a_value_that_is_missing_enters_as_nothing_and_is_remarked():
    silent = papers.Party(commitment=commitment(TWO), secret=None)
    absent = papers.Party(commitment=None, secret=None)
    dry = public_of(value=None)

    for second, public, remarked in [(silent, DRAND, 2), (absent, DRAND, 2), (silent, dry, 3), (absent, None, 3)]:
        drawn = DRAWN if public is DRAND else b""
        seed = seed_from(ONE, b"", drawn, term=INSTANCE["term"], frozen_hash=bytes.fromhex(FROZEN)).hex()
        file = a_file(public=public, beside=papers.Beside(waiver="Silent for two days.")) | {"seed": seed}
        file["second"] = {"commitment": second.commitment, "secret": second.secret}

        assert papers.faults(file) == []
        assert len(remarks(file)) == remarked


def test_what_was_decided_beside_the_plain_way_of_a_lottery_is_remarked_with_its_reason():
    former = [papers.FormerSource(source=f"drand, round {number}", reason="It was silent.") for number in (1, 2)]
    party = papers.FormerSecond(commitment="06" * 32, replaced="2026-11-30T07:00:00+00:00")
    beside = papers.Beside(waiver="Ill.", copy_opened=True, former_sources=former, former_seconds=[party])
    window = replace(WINDOW, closed="2027-01-09T11:00:00+00:00", early_reason="All have applied.")
    file = a_file(beside=beside, window=window)

    assert papers.faults(file) == []
    assert remarks(file) == [
        f"The window closed at {window.closed}, before the time that was announced, {CLOSED}: All have applied.",
        f"A second party that was bound to {'06' * 32} was replaced at 2026-11-30T07:00:00+00:00.",
        "It was decided to go on without the secret of the second party: Ill.",
        "The secret of the second party was read from its sealed copy; the party did not reveal it.",
        "The public value was first to come from drand, round 1, which was replaced: It was silent.",
        "The public value was first to come from drand, round 2, which was replaced: It was silent.",
    ]


def test_a_public_value_in_words_enters_as_its_utf8():
    closing = public_of("Börsen", kind="named", value="253142påkvällen")

    assert papers.faults(a_file(public=closing, drawn="253142påkvällen".encode())) == []
    assert kinds(papers.faults(a_file(public=closing, drawn=DRAWN))) == ["wrong_seed"]


@pytest.mark.parametrize("spelling", ["2 531,42 på kvällen", "253142PÅkvällen", "253142på\nkvällen"])
def test_a_public_value_in_words_has_one_spelling_and_no_other(spelling):
    other = public_of("Börsen", kind="named", value=spelling)

    assert kinds(papers.faults(a_file(public=other, drawn=spelling.encode()))) == ["wrong_public"]


def test_a_public_value_that_was_known_before_the_window_had_closed_is_remarked():
    assert remarks(a_file(public=public_of(value=DRAWN.hex(), due=CLOSED))) == [
        "The public value could be known at 2027-01-11T11:00:00+00:00, before the window had closed."
    ]


@pytest.mark.parametrize(
    ("opened", "is_short"),
    [
        ("2026-12-21T11:00:00+00:00", False),
        ("2026-12-22T11:00:00+00:00", False),
        ("2026-12-22T12:00:01+00:00", True),
        ("2027-01-11T10:59:59+00:00", True),
    ],
)
def test_a_window_that_was_announced_for_less_than_three_weeks_and_a_day_of_grace_is_remarked(opened, is_short):
    file = a_file(window=replace(WINDOW, opened=opened))

    assert papers.faults(file) == []
    told = f"The window was announced to be open from {opened} until {CLOSED}, "
    assert remarks(file) == is_short * [f"{told}which is more than a day short of three weeks."]


def test_a_window_of_which_nobody_says_when_it_opened_is_remarked():
    assert remarks(a_file(window=replace(WINDOW, opened=None))) == ["When the window opened is not told."]


def test_the_seed_keeps_the_first_frozen_input_when_another_takes_its_place():
    later = papers.FrozenInput(hash="05" * 32, reason="A reserve session was opened.")
    file = a_file(frozen=[papers.FrozenInput(hash=FROZEN), later])

    assert papers.faults(file) == []
    assert remarks(file) == ["The frozen input was exchanged 1 times; the seed keeps the first."]


def change(*path):
    def put(file):
        *outer, (last, value) = path
        for name in outer:
            file = file[name]
        file[last] = value

    return put


def exchange_without_reason(file):
    file["frozen"].append({"hash": "05" * 32, "reason": ""})


def nobody_draws(file):
    file["portal"]["secret"] = file["second"]["secret"] = file["public"] = None
    file["seed"] = papers.seed_of(file)


def swap_the_secrets(file):
    file["portal"]["secret"], file["second"]["secret"] = file["second"]["secret"], file["portal"]["secret"]


WRONG = {
    "another secret": (change("second", ("secret", "07" * 32)), ["wrong_secret", "wrong_seed"]),
    "another commitment": (change("portal", ("commitment", "07" * 32)), ["wrong_secret"]),
    "a secret without commitment": (change("second", ("commitment", None)), ["uncommitted"]),
    "swapped secrets": (swap_the_secrets, ["wrong_secret", "wrong_secret", "wrong_seed"]),
    "a secret kept back afterwards": (change("second", ("secret", None)), ["no_waiver", "wrong_seed"]),
    "another public value": (change("public", ("value", "04" * 32)), ["wrong_seed"]),
    "another kind": (lambda file: file["public"].update(kind="named", form="text"), ["wrong_seed"]),
    "no digits": (change("public", ("value", "4711 and more")), ["wrong_public"]),
    "another term": (change(("term", "2027-2")), ["wrong_seed"]),
    "another frozen input": (change("frozen", 0, ("hash", "04" * 32)), ["wrong_seed"]),
    "another seed": (change(("seed", "04" * 32)), ["wrong_seed"]),
    "exchanged without a reason": (exchange_without_reason, ["no_reason"]),
    "closed early without a reason": (change("window", ("closed", "2027-01-09T11:00:00+00:00")), ["no_early_reason"]),
    "closed early for a reason that says nothing": (
        lambda file: file["window"].update(closed="2027-01-09T11:00:00+00:00", early_reason=" \u200b."),
        ["no_early_reason"],
    ),
    "a reason for closing in time": (change("window", ("early_reason", "All have applied.")), ["not_early"]),
    "a reason for closing late": (
        lambda file: file["window"].update(closed="2027-01-11T11:01:00+00:00", early_reason="All have applied."),
        ["not_early"],
    ),
    "opened when it closed": (change("window", ("opened", "2027-01-11T12:00:00+01:00")), ["never_open"]),
    "opened after it closed": (change("window", ("opened", "2027-02-01T11:00:00+00:00")), ["never_open"]),
    "a waiver that says nothing": (
        lambda file: (file["second"].update(secret=None), file["beside"].update(waiver=" ")),
        ["no_waiver", "wrong_seed"],
    ),
    "exchanged for a reason that says nothing": (
        lambda file: file["frozen"].append({"hash": "05" * 32, "reason": "\xa0"}),
        ["no_reason"],
    ),
    "nothing drawn": (nobody_draws, ["no_waiver", "no_chance"]),
    "lines out of order": (lambda file: file["lines"].reverse(), ["wrong_order"]),
    "a line twice": (lambda file: file["lines"].append(file["lines"][-1]), ["wrong_order"]),
}


@pytest.mark.parametrize(("spoil", "due"), WRONG.values(), ids=WRONG)
def test_what_does_not_fit_together_is_found_and_said_in_a_sentence(spoil, due):
    file = a_file()
    spoil(file)
    found = papers.faults(file)

    assert kinds(found) == due
    assert [str(fault) for fault in found if not str(fault).endswith(".") or "{" in str(fault)] == []


SHAPELESS = {
    "nothing": lambda file: None,
    "a list": lambda file: [file],
    "another format": lambda file: file | {"format": "lararportal-lottery/1"},
    "a part missing": lambda file: {name: part for name, part in file.items() if name != "lines"},
    "a name": lambda file: file | {"name": "Anna"},
    "a name beside a secret": lambda file: file | {"second": file["second"] | {"name": "Eva"}},
    "a short secret": lambda file: file | {"second": file["second"] | {"secret": "01"}},
    "no term": lambda file: file | {"term": ""},
    "half a letter": lambda file: file | {"term": "\ud800"},
    "another way to write": lambda file: file | {"public": file["public"] | {"form": "base64"}},
    "a number as public value": lambda file: file | {"public": file["public"] | {"value": 7}},
    "drand in words": lambda file: file | {"public": file["public"] | {"form": "text"}},
    "a value that is due some day": lambda file: file | {"public": file["public"] | {"due": "2027-01-11"}},
    "a window without its end": lambda file: file | {"window": file["window"] | {"closed": None}},
    "opened at noon": lambda file: file | {"window": file["window"] | {"opened": "noon"}},
    "closed early without words": lambda file: file | {"window": file["window"] | {"early_reason": ""}},
    "a former party with a name": lambda file: (
        file | {"beside": file["beside"] | {"former_seconds": [{"commitment": FROZEN, "replaced": DUE, "name": "X"}]}}
    ),
    "a waiver without words": lambda file: file | {"beside": file["beside"] | {"waiver": ""}},
    "a copy that was perhaps opened": lambda file: file | {"beside": file["beside"] | {"copy_opened": None}},
    "a former source without a reason": lambda file: (
        file | {"beside": file["beside"] | {"former_sources": [{"source": "X", "reason": ""}]}}
    ),
    "nothing frozen": lambda file: file | {"frozen": []},
    "a reason of the wrong kind": lambda file: file | {"frozen": [{"hash": FROZEN, "reason": 1}]},
    "no seed": lambda file: file | {"seed": None},
    "a hash in capitals": lambda file: file | {"result_hash": "A" * 64},
    "a name among the lines": lambda file: file | {"lines": ["Anna"]},
}


@pytest.mark.parametrize("spoil", SHAPELESS.values(), ids=SHAPELESS)
def test_what_is_no_verification_file_is_answered_with_that_alone(spoil):
    assert kinds(papers.faults(spoil(a_file()))) == ["not_a_verification"]


def test_a_file_fits_the_frozen_input_and_the_result_that_it_was_made_of():
    assert papers.differences(a_file(seed=INSTANCE["lottery"]["seed"]), INSTANCE, RESULT) == []


def test_another_input_or_result_than_that_of_the_file_is_found():
    other, result = copy.deepcopy(INSTANCE), copy.deepcopy(RESULT)
    other["term"] = "2027-2"
    other["applicants"]["p"]["left"] += 1
    result["assign"]["p"] = []

    found = papers.differences(a_file(), other, result)

    assert kinds(found) == ["other_term", "other_input", "other_seed", "other_lines", "other_result"]
    assert [str(fault) for fault in found if not str(fault).endswith(".")] == []


def test_every_kind_of_fault_is_met_by_some_test_here():
    met = {kind for _, due in WRONG.values() for kind in due} | {"not_a_verification"}

    assert set(papers.SENTENCES) - met == {
        "other_term",
        "other_input",
        "other_seed",
        "other_lines",
        "other_result",
    }
