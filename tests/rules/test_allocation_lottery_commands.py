"""`lararportal lottery`: drawing, revealing, reckoning and verifying, with the test vectors of section 2.7."""

import json

import pytest
from click.testing import CliRunner
from test_allocation_verification import EXAMPLE, INSTANCE, RESULT, WRONG, a_file, papers, party

from bookings.rules.allocation import canonical_hash
from bookings.rules.lottery_values import public_value
from bookings.states import PublicKind
from lararportal.cli import main
from lararportal.cli.telling import one_line

ONE, TWO, THREE, FOUR = ("01" * 32, "02" * 32, "03" * 32, "04" * 32)
BOUND = "72cd6e8422c407fb6d098690f1130b7ded7ec2f7f5e1d30bd9d521f015363793"
SEED = "c3607527e2e79fc27b16b7c465b00c1e4d446ced1e01d812def509a2612996ce"


def run(*words):
    return CliRunner(env={"DATABASE_URL": ""}).invoke(main, ["lottery", *(str(word) for word in words)])


def test_a_secret_that_was_drawn_elsewhere_is_bound_by_its_commitment():
    told = run("commit", "--secret", ONE)

    assert (told.exit_code, told.stdout) == (0, f"secret      {ONE}\ncommitment  {BOUND}\n")


def test_a_secret_that_is_drawn_here_is_another_each_time_and_can_be_revealed():
    first, second = (dict(line.split() for line in run("commit").stdout.splitlines()) for _ in range(2))

    assert len(first["secret"]) == len(second["secret"]) == 64
    assert first["secret"] != second["secret"]
    assert run("reveal", first["secret"], first["commitment"]).exit_code == 0
    assert run("reveal", first["secret"], second["commitment"]).exit_code == 1


def test_a_secret_that_is_not_the_bound_one_is_said_to_be_another():
    right, wrong = run("reveal", ONE, BOUND), run("reveal", TWO, BOUND)

    assert (right.exit_code, right.stdout) == (0, "The secret is the one that the commitment bound.\n")
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert "the secret is not the bound one" in wrong.stderr


def test_the_seed_is_reckoned_from_all_values():
    told = run(
        *("seed", "--secret1", ONE, "--secret2", TWO, "--public", THREE, "--form=hex"),
        *("--term=2027-1", "--frozen-hash", FOUR),
    )

    assert (told.exit_code, told.stdout, told.stderr) == (0, f"{SEED}\n", "")


def test_a_value_that_is_missing_is_left_out_and_said():
    told = run("seed", "--secret1", ONE, "--term=2027-1", "--frozen-hash", FOUR)
    file = {
        "portal": {"secret": ONE},
        "second": {"secret": None},
        "public": None,
        "term": "2027-1",
        "frozen": [{"hash": FOUR}],
    }

    assert (told.exit_code, told.stdout) == (0, f"{papers.seed_of(file)}\n")
    assert told.stderr == (
        "--secret2 is missing: the seed is reckoned without it\n"
        "--public is missing: the seed is reckoned without it\n"
    )


def test_a_public_value_in_words_enters_as_text():
    words = ("seed", "--secret1", ONE, "--term=2027-1", "--frozen-hash", FOUR)
    as_text, as_digits = (run(*words, "--public", "2531", "--form", form).stdout for form in ("text", "hex"))
    the_same = run(*words, "--public", b"2531".hex(), "--form=hex").stdout

    assert as_text == the_same != as_digits


@pytest.mark.parametrize("value", ["2 531,42 PÅ KVÄLLEN", "2531\t42 på kvällen"])
def test_a_public_value_in_words_that_is_not_spelt_as_the_portal_keeps_it_is_refused_and_the_spelling_said(value):
    words = ("seed", "--secret1", ONE, "--term=2027-1", "--frozen-hash", FOUR, "--form=text", "--public")
    spelt = public_value(value, kind=PublicKind.NAMED)
    told, right = run(*words, value), run(*words, spelt)
    file = {
        "portal": {"secret": ONE},
        "second": {"secret": None},
        "public": {"value": spelt, "form": "text"},
        "term": "2027-1",
        "frozen": [{"hash": FOUR}],
    }

    assert (told.exit_code, told.stdout, "\t" in told.stderr) == (2, "", False)
    assert told.stderr.endswith(f" is not written as text; it is spelt {spelt}\n")
    assert (right.exit_code, right.stdout) == (0, f"{papers.seed_of(file)}\n")


def test_how_a_public_value_is_written_is_never_guessed():
    told = run("seed", "--secret1", ONE, "--public", THREE, "--term=2027-1", "--frozen-hash", FOUR)

    assert (told.exit_code, told.stdout) == (2, "")
    assert "Error: how is the public value written? Say --form hex" in told.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["commit", "--secret", "01"],
        ["commit", "--secret", "0g" * 32],
        ["reveal", ONE, "abc"],
        ["seed", "--term=2027-1", "--frozen-hash", FOUR],
        ["seed", "--secret1", ONE, "--public", "noon", "--form=hex", "--term=2027-1", "--frozen-hash", FOUR],
        ["seed", "--secret1", ONE, "--public", "01 02", "--form=hex", "--term=2027-1", "--frozen-hash", FOUR],
        ["seed", "--secret1", ONE, "--public", "...", "--form=text", "--term=2027-1", "--frozen-hash", FOUR],
        ["number", "p0001", "--term=2027-1"],
        ["number", "p\udcff", "--seed", ONE, "--term=2027-1"],
        ["number", "p\x1f1", "--seed", ONE, "--term=2027-1"],
        ["number", "", "--seed", ONE, "--term=2027-1"],
        ["number", "p0001", "--seed", ONE, "--term=2027\x1f1"],
        ["number", "p0001", "--seed", ONE, "--term=2027-1", "--course", "M\x1f01"],
        ["seed", "--secret1", ONE, "--term=2027\udcff", "--frozen-hash", FOUR],
        ["verify", "none.json"],
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_usage(words):
    told = run(*words)

    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr.startswith("Usage: ")


@pytest.mark.parametrize(
    ("person", "more", "number"),
    [("p0001", [], 156098657607440), ("å", [], 174538221479358), ("p0001", ["--course", "M01"], 178425274172500)],
)
def test_anybody_can_reckon_their_number(person, more, number):
    told = run("number", person, "--seed", "00" * 32, "--term", "2027-1", *more)

    assert (told.exit_code, told.stdout) == (0, f"{number}  0x{number:012x}\n")


@pytest.fixture
def folder(tmp_path):
    files = {"file": a_file(seed=INSTANCE["lottery"]["seed"]), "instance": INSTANCE, "result": RESULT}
    for name, document in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(document))
    return tmp_path


def test_a_frozen_input_has_the_hash_that_is_published_with_its_lottery_and_without(folder):
    bare = {name: part for name, part in INSTANCE.items() if name != "lottery"}
    (folder / "bare.json").write_text(json.dumps(bare, indent=4))

    assert {run("hash", folder / name).stdout for name in ("instance.json", "bare.json")} == {
        f"{canonical_hash(INSTANCE)}\n"
    }


def test_a_verification_file_that_fits_together_holds(folder):
    (folder / "file.json").write_text(json.dumps(a_file()))
    told = run("verify", folder / "file.json")

    assert (told.exit_code, told.stderr) == (0, "")
    assert told.stdout == (
        f"{folder / 'file.json'} holds: term {INSTANCE['term']}, 7 applicants, seed {a_file()['seed']}\n"
    )


def test_who_did_not_reveal_is_said(folder):
    silent = a_file(second=b"", seed=None, beside=papers.Beside(waiver="She was ill."))
    silent["second"] = {"commitment": party(b"\2" * 32).commitment, "secret": None}
    silent["seed"] = papers.seed_of(silent)
    (folder / "file.json").write_text(json.dumps(silent))
    told = run("verify", folder / "file.json")

    assert told.exit_code == 0
    assert told.stdout.startswith("The second party did not reveal its secret, so the run went without it.\n")


@pytest.mark.parametrize(("spoil", "due"), WRONG.values(), ids=WRONG)
def test_a_verification_file_that_does_not_is_answered_with_a_sentence_for_each_fault(folder, spoil, due):
    file = a_file()
    spoil(file)
    (folder / "file.json").write_text(json.dumps(file))
    told = run("verify", folder / "file.json")

    assert (told.exit_code, told.stdout.splitlines()) == (1, [str(fault) for fault in papers.faults(file)])
    assert told.stdout.count("\n") == len(due)
    assert told.stderr.endswith(" 1 fault.\n" if len(due) == 1 else f" {len(due)} faults.\n")


FORGED = "Ill.\x1b[2K\rAll is well.\nfile.json holds\u2028\x85\u202e\x9b \udbff på riktigt"
TOLD = r"Ill.\x1b[2K\rAll is well.\nfile.json holds\u2028\x85\u202e\x9b \udbff på riktigt"


def test_nothing_that_a_file_says_steers_the_terminal_or_begins_another_line(folder):
    said = FORGED.replace("\udbff", "")
    former = [papers.FormerSource(source=said, reason=said)]
    file = a_file(term=said, beside=papers.Beside(waiver=said, former_sources=former))
    file["seed"] = papers.seed_of(file)
    (folder / "file.json").write_text(json.dumps(file))
    told = run("verify", folder / "file.json")

    assert (told.exit_code, told.stdout.count("\n")) == (0, 3)
    assert told.stdout.count(one_line(said)) == 4
    assert one_line(FORGED) == TOLD


def test_what_a_frozen_input_says_is_told_in_one_line_too(folder):
    (folder / "file.json").write_text(json.dumps(a_file()))
    (folder / "instance.json").write_text(json.dumps(INSTANCE | {"term": "2027\x1b[2K\n1"}))
    words = ("--instance", folder / "instance.json", "--result", folder / "result.json")
    told = run("verify", folder / "file.json", *words)

    assert (told.exit_code, "\x1b" in told.output) == (1, False)
    assert told.stderr.count("\n") == 1


def test_hashing_a_frozen_input_warns_of_fields_that_no_rule_knows(folder):
    (folder / "instance.json").write_text(json.dumps(INSTANCE | {"capp": 1}))
    told = run("hash", folder / "instance.json")

    assert (told.exit_code, told.stdout) == (0, f"{canonical_hash(INSTANCE | {'capp': 1})}\n")
    assert told.stderr == (
        f"Warning: {folder / 'instance.json'} has fields that no rule knows, and no rule reads: capp\n"
    )


def test_what_is_no_verification_file_is_answered_with_that(folder):
    told = run("verify", folder / "instance.json")

    assert (told.exit_code, told.stdout.count("\n")) == (1, 1)
    assert "The file is no lararportal-lottery/2 document" in told.stdout


def test_whoever_holds_the_documents_can_have_them_compared(folder):
    """The example was drawn by a seed of its own, which does not follow from the values of the file."""
    file = a_file()
    instance = INSTANCE | {"lottery": {"seed": file["seed"]}}
    (folder / "file.json").write_text(json.dumps(file))
    (folder / "instance.json").write_text(json.dumps(instance))
    words = (
        "verify",
        folder / "file.json",
        "--instance",
        folder / "instance.json",
        "--result",
        folder / "result.json",
    )
    assert run(*words).exit_code == 0

    (folder / "result.json").write_text(json.dumps(EXAMPLE["result"] | {"cancelled": []}))
    told = run(*words)

    assert (told.exit_code, told.stdout.count("\n")) == (1, 1)
    assert told.stdout.startswith("The result has another hash than the file says")
    assert run(*words[:4]).exit_code == 2
