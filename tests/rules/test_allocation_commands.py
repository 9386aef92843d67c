"""`lararportal allocate` and `check`: the rules for anybody who holds the frozen input, and nothing else."""

import copy
import hashlib
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from test_allocation_properties import a_term, equals

from bookings.rules.allocation import allocate, canonical, canonical_hash
from lararportal.cli import allocation, documents, main

EXAMPLE = json.loads((Path(__file__).parent / "oracles" / "example.json").read_text())
HASHES = f"frozen input  {canonical_hash(EXAMPLE['instance'])}\nresult        {canonical_hash(EXAMPLE['result'])}\n"


@pytest.fixture
def folder(tmp_path):
    """A folder with the example in two files."""
    (tmp_path / "instance.json").write_text(json.dumps(EXAMPLE["instance"], indent=2), "utf-8")
    (tmp_path / "result.json").write_text(json.dumps(EXAMPLE["result"], indent=2), "utf-8")
    return tmp_path


def run(*words):
    return CliRunner(env={"DATABASE_URL": "", "LARARPORTAL_ENV": ""}).invoke(main, [str(word) for word in words])


def allocated(folder, *words):
    return run("allocate", "--from", folder / "instance.json", "--to", folder / "out.json", *words)


def changed(folder, name, change):
    document = json.loads((folder / name).read_text())
    change(document)
    (folder / name).write_text(json.dumps(document))


@pytest.mark.parametrize("words", [[], ["--plain"], ["--kernel"]])
def test_a_frozen_input_becomes_its_result(folder, words):
    told = allocated(folder, *words)

    assert (told.exit_code, told.stderr) == (0, "")
    assert told.stdout == f"{folder / 'out.json'}: 5 seats for 7 persons, 1 cancelled\n{HASHES}"
    assert json.loads((folder / "out.json").read_text()) == EXAMPLE["result"]


def test_the_file_of_a_result_has_the_hash_that_is_published(folder):
    allocated(folder)

    assert hashlib.sha256((folder / "out.json").read_bytes()).hexdigest() == canonical_hash(EXAMPLE["result"])


def test_nothing_is_needed_but_the_command(folder):
    """No settings, no database, another folder; and what the compiled run needs is not even looked for."""
    program = (
        "import sys; from lararportal.cli import main; main(standalone_mode=False);"
        "print(sorted({'numba', 'numpy', 'bookings.kernel'} & set(sys.modules)))"
    )
    words = ["allocate", "--from", "instance.json", "--to", "out.json"]
    told = subprocess.run(
        [sys.executable, "-c", program, *words], cwd=folder, env={}, check=True, capture_output=True, text=True
    )

    assert told.stdout == f"out.json: 5 seats for 7 persons, 1 cancelled\n{HASHES}[]\n"
    assert json.loads((folder / "out.json").read_text()) == EXAMPLE["result"]


def no_capacity(instance):
    instance["sessions"]["A1"]["capacity"] = -1


def a_stranger_to_the_groups(instance):
    instance["applicants"]["p"]["group"] = "NURSE"


@pytest.mark.parametrize(
    ("change", "words"),
    [(no_capacity, ("'A1'", "capacity", "-1")), (a_stranger_to_the_groups, ("'p'", "group", "NURSE"))],
)
def test_a_malformed_input_is_refused_in_one_sentence_and_nothing_is_written(folder, change, words):
    changed(folder, "instance.json", change)
    told = allocated(folder)

    assert (told.exit_code, told.stdout, told.stderr.count("\n")) == (1, "", 1)
    assert [word for word in words if word not in told.stderr] == []
    assert sorted(path.name for path in folder.iterdir()) == ["instance.json", "result.json"]


BROKEN = {
    "nothing": (b"", "Expecting value at line 1, column 1"),
    "half a document": (b'{"format": "alloc-instance/1",\n "term', "at line 2, column 2"),
    "a byte that is no UTF-8": (b'{"term": "\xff"}', "byte 10 is not UTF-8"),
    "not a number": (b'{"term": NaN}', "NaN is no number in JSON"),
    "a person twice": (b'{"applicants": {"p1": {}, "p2": {}, "p1": {}}}', "'p1' stands twice in one object"),
    "a deep pit": (b"[" * 100_000, "nested too deep"),
    "no object": (b"[]", "must be an object with a format"),
    "half a letter": (b'{"format": "alloc-instance/1", "term": "\\ud800"}', "The document has no courses"),
}


@pytest.mark.parametrize(("written", "sentence"), BROKEN.values(), ids=BROKEN)
def test_what_is_no_document_is_refused_in_one_sentence(folder, written, sentence):
    (folder / "instance.json").write_bytes(written)
    told = allocated(folder)

    assert (told.exit_code, told.stdout, told.stderr.count("\n")) == (1, "", 1)
    assert sentence in told.stderr
    assert not (folder / "out.json").exists()


def test_half_a_letter_where_no_rule_looks_is_refused_before_anything_is_written(folder):
    changed(folder, "instance.json", lambda instance: instance.update(note="\ud800"))
    told = allocated(folder)

    assert (told.exit_code, told.stdout) == (1, "")
    assert "cannot be written as canonical JSON" in told.stderr
    assert not (folder / "out.json").exists()


def test_a_result_that_cannot_be_written_leaves_the_old_one_as_it_was(folder):
    out = folder / "out.json"
    out.write_text("old")

    with pytest.raises(ValueError, match="canonical JSON"):
        documents.write(out, {"a": [1, 2], "b": {"c": {1, 2}}})

    assert out.read_text() == "old"
    assert sorted(path.name for path in folder.iterdir()) == ["instance.json", "out.json", "result.json"]


@pytest.mark.parametrize("depth", [30, 500, 800])
def test_a_field_that_no_rule_knows_and_that_is_nested_too_deep_is_said(folder, depth):
    deep = "[" * depth + "]" * depth
    instance = json.dumps(EXAMPLE["instance"])
    (folder / "instance.json").write_text(f'{instance[:-1]}, "note": {deep}}}')
    sentence = f"Error: {folder / 'instance.json'} cannot be run: The document is nested deeper than "

    check = run("check", folder / "instance.json", folder / "result.json")
    for told in (allocated(folder), check):
        warning, refusal = told.stderr.splitlines()
        assert warning.startswith("Warning: ")
        assert refusal.startswith(sentence)
    assert sorted(path.name for path in folder.iterdir()) == ["instance.json", "result.json"]


def test_an_endless_number_in_a_result_is_blamed_on_the_result(folder):
    result = json.loads((folder / "result.json").read_text())
    seated = next(each for each in result["decisions"] if each["key"])
    seated["key"][3] = 4711_4711
    (folder / "result.json").write_text(json.dumps(result).replace("47114711", "1e999"))
    told = run("check", folder / "instance.json", folder / "result.json")

    assert told.stdout == (
        "The result is no alloc-result/1 document of this term: an entry in its decisions is of the wrong kind.\n"
    )
    assert told.stderr == f"Error: {folder / 'result.json'} is not what the rules give: 1 violation.\n"


def test_a_link_that_leads_to_itself_is_refused_in_one_sentence(folder):
    (folder / "out.json").symlink_to("out.json")
    told = allocated(folder)

    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr == f"Error: {folder / 'out.json'} cannot be written: it is a link that leads to itself.\n"
    assert (folder / "out.json").is_symlink()


@pytest.mark.parametrize("way", ["itself", "a link", "another name"])
def test_the_frozen_input_is_never_written_over_by_its_result(folder, way):
    source, target = folder / "instance.json", folder / "out.json"
    before = source.read_bytes()
    if way == "itself":
        target = source
    elif way == "a link":
        target.symlink_to(source)
    else:
        target.hardlink_to(source)
    told = run("allocate", "--from", source, "--to", target)

    assert (told.exit_code, told.stdout, source.read_bytes()) == (2, "", before)
    assert f"Error: {target} is the frozen input itself" in told.stderr


def test_a_link_stays_one_and_what_it_leads_to_is_written(folder):
    (folder / "elsewhere").mkdir()
    (folder / "out.json").symlink_to(folder / "elsewhere" / "result.json")
    told = allocated(folder)

    assert (told.exit_code, told.stderr) == (0, "")
    assert (folder / "out.json").is_symlink()
    assert json.loads((folder / "elsewhere" / "result.json").read_text()) == EXAMPLE["result"]
    assert sorted(path.name for path in (folder / "elsewhere").iterdir()) == ["result.json"]


def test_a_pipe_is_written_into_and_stays_one(folder):
    pipe = folder / "out.json"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()), daemon=True)
    reader.start()
    told = allocated(folder)
    reader.join(timeout=10)

    assert (told.exit_code, told.stderr, pipe.is_fifo()) == (0, "", True)
    assert json.loads(read[0]) == EXAMPLE["result"]


def test_a_pipe_without_a_name_is_written_into(folder):
    """So a shell hands over a pipe, as in `--to >(sha256sum)`."""
    read, write = os.pipe()
    text = []
    with os.fdopen(read) as end:
        reader = threading.Thread(target=lambda: text.append(end.read()), daemon=True)
        reader.start()
        told = run("allocate", "--from", folder / "instance.json", "--to", f"/dev/fd/{write}")
        os.close(write)
        reader.join(timeout=10)

    assert (told.exit_code, told.stderr) == (0, "")
    assert text == [canonical(EXAMPLE["result"])]


def test_a_pipe_that_nobody_reads_is_said(folder):
    read, write = os.pipe()
    os.close(read)
    told = run("allocate", "--from", folder / "instance.json", "--to", f"/dev/fd/{write}")
    os.close(write)

    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr == f"Error: /dev/fd/{write} cannot be written: Broken pipe.\n"


def test_a_folder_that_does_not_exist_is_said(folder):
    told = run("allocate", "--from", folder / "instance.json", "--to", folder / "none" / "out.json")

    assert (told.exit_code, told.stdout) == (1, "")
    assert told.stderr == f"Error: {folder / 'none' / 'out.json'} cannot be written: No such file or directory.\n"


def test_who_waits_for_a_large_round_is_shown_how_far_it_has_come(folder):
    (folder / "instance.json").write_text(json.dumps(equals(allocation.LARGE, 20, "00" * 32)))
    told = allocated(folder)

    assert told.exit_code == 0
    assert [
        step for step in ("reading", "giving seats", "writing reasons") if f"{step} 5000/5000" not in told.stderr
    ] == []
    assert "allocate" not in told.stdout


def test_without_the_extra_a_compiled_run_is_refused_and_a_plain_one_takes_its_place(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, allocation.KERNEL, None)
    insisted = allocated(folder, "--kernel")

    assert (insisted.exit_code, insisted.stdout) == (1, "")
    assert insisted.stderr == "Error: the compiled run is not installed: pip install 'lararportal[kernel]'\n"

    monkeypatch.setattr(allocation, "VERY_LARGE", 1)
    assert (allocated(folder).exit_code, (folder / "out.json").exists()) == (0, True)


def test_a_term_of_our_size_is_written_compiled_as_plain_byte_for_byte(folder):
    (folder / "instance.json").write_text(json.dumps(a_term(2)))
    plain, compiled = (
        (allocated(folder, way).exit_code, (folder / "out.json").read_bytes()) for way in ("--plain", "--kernel")
    )

    assert plain == compiled == (0, canonical(allocate(a_term(2))).encode())


def test_a_right_result_stands_the_check(folder):
    told = run("check", folder / "instance.json", folder / "result.json")

    assert (told.exit_code, told.stderr) == (0, "")
    assert told.stdout == (
        f"{folder / 'result.json'} is what the rules give: every invariant holds for 7 persons\n{HASHES}"
    )


def test_a_wrong_result_is_answered_with_a_sentence_for_each_violation(folder):
    def spoil(result):
        result["waitlist"]["B1"][0][1] = "active"
        result["decisions"].pop()

    changed(folder, "result.json", spoil)
    told = run("check", folder / "instance.json", folder / "result.json")

    assert told.exit_code == 1
    assert told.stdout == (
        "s is marked wrongly on the waiting list of B1: it should be dormant.\n"
        "The request of x2 for A2 has no decision.\n"
    )
    assert told.stderr == f"Error: {folder / 'result.json'} is not what the rules give: 2 violations.\n"


@pytest.mark.parametrize("written", ["[]", "null", '{"format": "alloc-result/1"}', "7"])
def test_what_is_no_result_is_answered_with_that(folder, written):
    (folder / "result.json").write_text(written)
    told = run("check", folder / "instance.json", folder / "result.json")

    assert (told.exit_code, told.stdout.count("\n")) == (1, 1)
    assert told.stdout.startswith("The result is no alloc-result/1 document of this term: ")


def test_a_result_that_is_no_json_is_refused_in_one_sentence(folder):
    (folder / "result.json").write_text("{")
    told = run("check", folder / "instance.json", folder / "result.json")

    assert (told.exit_code, told.stdout, told.stderr.count("\n")) == (1, "", 1)


def test_a_result_cannot_be_checked_against_a_malformed_input(folder):
    changed(folder, "instance.json", no_capacity)
    told = run("check", folder / "instance.json", folder / "result.json")

    assert (told.exit_code, told.stdout) == (1, "")
    assert "cannot be run: Session 'A1' has -1 as capacity" in told.stderr


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text('aå"\\', max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("aåö", max_size=2), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text("abå", max_size=2), JSON, max_size=4))
def test_piece_by_piece_a_document_is_written_as_in_one(document):
    before = copy.deepcopy(document)

    assert "".join(documents.pieces(document)) == canonical(document)
    assert documents.digest(document) == hashlib.sha256(canonical(document).encode()).hexdigest()
    assert document == before
