"""The file that anybody can check a published lottery by, without personal data, and what can be wrong with it (2.7).

It holds what was promised before the window opened, what was revealed after it closed, the seed that follows, and one
hash for each applicant: who knows their own pseudonym and their own frozen facts finds theirs among them, and nobody
learns anything of anybody else. A pseudonym is random and long, so its hash cannot be guessed.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bookings.rules.allocation.fields import UNPAIRED
from bookings.rules.allocation.instance import canonical, canonical_hash
from bookings.rules.allocation.lottery import FORMS, commitment, public_bytes, seed_from
from bookings.rules.allocation.reading import read

FORMAT = "lararportal-lottery/1"
HASH = re.compile(r"[0-9a-f]{64}")
HEX = re.compile(r"(?:[0-9a-fA-F]{2})+")

SENTENCES = {
    "not_a_verification": "The file is no lararportal-lottery/1 document: {what}.",
    "uncommitted": "The secret of the {what} party stands without a commitment that bound it beforehand.",
    "wrong_secret": "The secret of the {what} party is not the one that its commitment bound.",
    "wrong_public": "The public value is not written as its form says, which is {what}.",
    "no_chance": "No party revealed a secret and there is no public value, so nothing was drawn by lot.",
    "wrong_seed": "The seed is not the one that follows from the values, the term and the frozen input: {what} does.",
    "no_reason": "The frozen input was exchanged for {what}, and no reason is given.",
    "wrong_order": "The hashes of the applicants are not in order, each of them once.",
    "other_term": "The frozen input is of another term: {what}.",
    "other_input": "The frozen input has another hash than the file says: {what}.",
    "other_seed": "The frozen input was run with another seed: {what}.",
    "other_lines": "The hashes of the applicants are not those of the frozen input; {what} of them differ.",
    "other_result": "The result has another hash than the file says: {what}.",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a verification file."""

    kind: str
    what: str = ""

    def __str__(self) -> str:
        return SENTENCES[self.kind].format(what=self.what)


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who drew a secret before the window opened; without a secret, it was neither revealed nor found in escrow.

    A party that never took part has no commitment either.
    """

    commitment: str | None
    secret: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicValue:
    """A value that did not exist at closing, from a source that was named before the window opened.

    The form says which bytes enter the seed: `hex` those that the digits stand for, `text` those of UTF-8. Without a
    value the source had none to give, and the run went without it.
    """

    source: str
    form: str
    value: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenInput:
    """The hash of a frozen input: of the first, which is bound into the seed, or of one that took its place later.

    A later one has its reason, which names sessions and never a person.
    """

    hash: str
    reason: str | None = None


def document(
    *,
    term: str,
    title: str,
    rules: str,
    portal: Party,
    second: Party,
    public: PublicValue | None,
    frozen: Sequence[FrozenInput],
    seed: str,
    result_hash: str,
    applicants: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """Return the verification file of a published round; `applicants` is that table of the last frozen input.

    `rules` is the version of the rules that the run went by, and `result_hash` is `canonical_hash` of the result. All
    else is told as it was published, right or wrong: whether it fits together is for `faults` to say.
    """
    return {
        "format": FORMAT,
        "term": term,
        "title": title,
        "rules": rules,
        "portal": {"commitment": portal.commitment, "secret": portal.secret},
        "second": {"commitment": second.commitment, "secret": second.secret},
        "public": public and {"source": public.source, "form": public.form, "value": public.value},
        "frozen": [{"hash": each.hash, "reason": each.reason} for each in frozen],
        "seed": seed,
        "result_hash": result_hash,
        "lines": sorted(line_hash(pseudonym, facts) for pseudonym, facts in applicants.items()),
    }


def line_hash(pseudonym: str, facts: Mapping[str, Any]) -> str:
    """Return the hash by which a person finds their own frozen facts: SHA-256 of canonical JSON of both."""
    return hashlib.sha256(canonical([pseudonym, dict(facts)]).encode()).hexdigest()


def seed_of(file: Mapping[str, Any]) -> str:
    """Return the seed, in hexadecimal, that follows from the values in a file of the right shape.

    The frozen input that is bound in is the first, whatever took its place later (2.6).
    """
    values = [bytes.fromhex(file[party]["secret"] or "") for party in ("portal", "second")]
    public = file["public"]
    drawn = b"" if public is None or public["value"] is None else public_bytes(public["value"], form=public["form"])
    first = bytes.fromhex(file["frozen"][0]["hash"])
    return seed_from(values[0], values[1], drawn, term=file["term"], frozen_hash=first).hex()


def faults(file: Any) -> list[Fault]:
    """Return everything that is wrong with a verification file; nothing wrong is an empty list.

    A file of the wrong shape is answered with that alone, because nothing else can be asked of it.
    """
    complaint = _complaint(file)
    return [Fault("not_a_verification", complaint)] if complaint else list(_faults(file))


def differences(file: Mapping[str, Any], instance: dict[str, Any], result: dict[str, Any]) -> list[Fault]:
    """Return where a file without faults differs from the frozen input and the result that it was made of.

    The frozen input may come without its lottery, as it was hashed; one that cannot be run is `MalformedInstance`.
    """
    whole = read({"lottery": {"seed": file["seed"]}} | instance)
    found = []
    if whole.term != file["term"]:
        found.append(Fault("other_term", whole.term))
    if (frozen := canonical_hash(instance)) != file["frozen"][-1]["hash"]:
        found.append(Fault("other_input", frozen))
    if whole.seed.hex() != file["seed"]:
        found.append(Fault("other_seed", whole.seed.hex()))
    lines = {line_hash(pseudonym, facts) for pseudonym, facts in instance["applicants"].items()}
    if lines ^ set(file["lines"]):
        found.append(Fault("other_lines", str(len(lines ^ set(file["lines"])))))
    if (drawn_up := canonical_hash(result)) != file["result_hash"]:
        found.append(Fault("other_result", drawn_up))
    return found


def remarks(file: Mapping[str, Any]) -> list[str]:
    """Return what the rules allow in a file without faults, but want said: whose value is missing (2.7.4)."""
    said = []
    for party in ("portal", "second"):
        if file[party]["commitment"] is None:
            said.append(f"The {party} party took no part, so the run went without its secret.")
        elif file[party]["secret"] is None:
            said.append(f"The {party} party did not reveal its secret, so the run went without it.")
    if file["public"] is None:
        said.append("No public value was named, so the run went without one.")
    elif file["public"]["value"] is None:
        said.append("The source of the public value had none, so the run went without it.")
    if len(file["frozen"]) > 1:
        said.append(f"The frozen input was exchanged {len(file['frozen']) - 1} times; the seed keeps the first.")
    return said


def _faults(file: Mapping[str, Any]) -> Iterator[Fault]:
    """Ask after everything that a file of the right shape can have wrong."""
    for party in ("portal", "second"):
        promised, secret = file[party]["commitment"], file[party]["secret"]
        if secret is not None and promised is None:
            yield Fault("uncommitted", party)
        elif secret is not None and commitment(bytes.fromhex(secret)) != promised:
            yield Fault("wrong_secret", party)
    public = file["public"]
    drawn = public is not None and public["value"] is not None
    if drawn and public["form"] == "hex" and not HEX.fullmatch(public["value"]):
        yield Fault("wrong_public", public["form"])
    elif (seed := seed_of(file)) != file["seed"]:
        yield Fault("wrong_seed", seed)
    if not drawn and file["portal"]["secret"] is None and file["second"]["secret"] is None:
        yield Fault("no_chance")
    for later in file["frozen"][1:]:
        if not later["reason"]:
            yield Fault("no_reason", later["hash"])
    if file["lines"] != sorted(set(file["lines"])):
        yield Fault("wrong_order")


def _complaint(file: Any) -> str | None:
    """Return what is wrong with the shape of the file, or None; nothing may stand in it that the format has not."""
    if not isinstance(file, dict) or set(file) != set(SHAPE):
        return f"it must be an object with {', '.join(SHAPE)} and nothing else"
    return next(
        (f"its {part} is not as it should be" for part, is_right in SHAPE.items() if not is_right(file[part])), None
    )


def _is_hash(value: Any) -> bool:
    return isinstance(value, str) and bool(HASH.fullmatch(value))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != "" and not UNPAIRED.search(value)


def _is_party(value: Any) -> bool:
    return _has(value, "commitment", "secret") and all(each is None or _is_hash(each) for each in value.values())


def _is_public(value: Any) -> bool:
    if value is None:
        return True
    right = _has(value, "source", "form", "value") and value["form"] in FORMS and _is_text(value["source"])
    return right and (value["value"] is None or _is_text(value["value"]))


def _is_frozen(value: Any) -> bool:
    return _has(value, "hash", "reason") and _is_hash(value["hash"]) and isinstance(value["reason"], str | None)


def _has(value: Any, *names: str) -> bool:
    return isinstance(value, dict) and set(value) == set(names)


SHAPE: dict[str, Callable[[Any], bool]] = {
    "format": lambda value: value == FORMAT,
    "term": _is_text,
    "title": _is_text,
    "rules": _is_text,
    "portal": _is_party,
    "second": _is_party,
    "public": _is_public,
    "frozen": lambda value: isinstance(value, list) and value != [] and all(map(_is_frozen, value)),
    "seed": _is_hash,
    "result_hash": _is_hash,
    "lines": lambda value: isinstance(value, list) and all(map(_is_hash, value)),
}
