"""The file that anybody can check a published lottery by, without personal data, and what can be wrong with it (2.7).

It holds what was promised before the window opened, what was revealed after it closed, the seed that follows, and one
hash for each applicant: who knows their own pseudonym and their own frozen facts finds theirs among them, and nobody
learns anything of anybody else. A pseudonym is random and long, so its hash cannot be guessed.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bookings.rules.allocation.instance import canonical, canonical_hash
from bookings.rules.allocation.lottery import commitment, is_spelt, public_bytes, seed_from
from bookings.rules.allocation.reading import read
from bookings.rules.allocation.verification_shape import FORMAT, complaint

_moment = datetime.fromisoformat

SENTENCES = {
    "not_a_verification": "The file is no lararportal-lottery/2 document: {what}.",
    "uncommitted": "The secret of the {what} party stands without a commitment that bound it beforehand.",
    "wrong_secret": "The secret of the {what} party is not the one that its commitment bound.",
    "wrong_public": "The public value is not written as its form says, which is {what}.",
    "no_chance": "No party revealed a secret and there is no public value, so nothing was drawn by lot.",
    "wrong_seed": "The seed is not the one that follows from the values, the term and the frozen input: {what} does.",
    "no_reason": "The frozen input was exchanged for {what}, and no reason is given.",
    "never_open": "The window opened at {what}, which is not before it closed.",
    "no_early_reason": "The window closed before the time that was announced, {what}, and no reason is given.",
    "not_early": "A reason stands there for closing early, and the window did not close before {what}, as announced.",
    "no_waiver": "The {what} party did not reveal its secret, and nobody decided to go on without it.",
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

    The kind is `drand` or `named`; the form says which bytes enter the seed: `hex`, as drand writes, those that the
    digits stand for, `text` those of UTF-8. Due is when anybody could know it. Without a value the source had none to
    give, and the run went without it.
    """

    source: str
    kind: str
    form: str
    due: str
    value: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenInput:
    """The hash of a frozen input: of the first, which is bound into the seed, or of one that took its place later.

    A later one has its reason, which names sessions and never a person.
    """

    hash: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerSource:
    """A source that was named for the public value, and called silent for a reason; it may have published."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerSecond:
    """A second party that was bound, and then replaced before the window opened."""

    commitment: str
    replaced: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When lists were taken. All moments of a file are written as in ISO 8601, in UTC."""

    opened: str | None
    announced: str
    """When it was to close."""
    closed: str
    early_reason: str | None = None
    """Why it closed before that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What named persons decided about a lottery beside its plain way (2.7.4): reasons, and no names."""

    waiver: str | None = None
    """Why it went on without the second party's secret."""
    copy_opened: bool = False
    """Whether the second secret came from the sealed copy, and not from the second party."""
    former_sources: Sequence[FormerSource] = ()
    former_seconds: Sequence[FormerSecond] = ()


def document(
    *,
    term: str,
    title: str,
    rules: str,
    portal: Party,
    second: Party,
    public: PublicValue | None,
    window: Window,
    frozen: Sequence[FrozenInput],
    seed: str,
    result_hash: str,
    applicants: Mapping[str, Mapping[str, Any]],
    beside: Beside,
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
        "public": public and asdict(public),
        "window": asdict(window),
        "beside": {
            "waiver": beside.waiver,
            "copy_opened": beside.copy_opened,
            "former_sources": [asdict(each) for each in beside.former_sources],
            "former_seconds": [asdict(each) for each in beside.former_seconds],
        },
        "frozen": [{"hash": each.hash, "reason": each.reason} for each in frozen],
        "seed": seed,
        "result_hash": result_hash,
        "lines": sorted(line_hash(pseudonym, facts) for pseudonym, facts in applicants.items()),
    }


def line_of(pseudonym: str, facts: Mapping[str, Any]) -> str:
    """Return the text of a person's own frozen facts, whose hash stands in the file: canonical JSON of both."""
    return canonical([pseudonym, dict(facts)])


def line_hash(pseudonym: str, facts: Mapping[str, Any]) -> str:
    """Return the hash by which a person finds their own frozen facts: SHA-256 of their text."""
    return hashlib.sha256(line_of(pseudonym, facts).encode()).hexdigest()


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
    wrong = complaint(file)
    return [Fault("not_a_verification", wrong)] if wrong else list(_faults(file))


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


def _faults(file: Mapping[str, Any]) -> Iterator[Fault]:
    """Ask after everything that a file of the right shape can have wrong."""
    yield from _of_parties(file)
    public = file["public"]
    drawn = public is not None and public["value"] is not None
    if drawn and not is_spelt(public["value"], form=public["form"]):
        yield Fault("wrong_public", public["form"])
    elif (seed := seed_of(file)) != file["seed"]:
        yield Fault("wrong_seed", seed)
    if not drawn and file["portal"]["secret"] is None and file["second"]["secret"] is None:
        yield Fault("no_chance")
    yield from _of_window(file["window"])
    for later in file["frozen"][1:]:
        if not _says_why(later["reason"]):
            yield Fault("no_reason", later["hash"])
    if file["lines"] != sorted(set(file["lines"])):
        yield Fault("wrong_order")


def _of_window(window: Mapping[str, Any]) -> Iterator[Fault]:
    """Ask whether it was open at all, and whether it closed when it was announced to, or somebody says why not."""
    is_early = _moment(window["closed"]) < _moment(window["announced"])
    if window["opened"] is not None and _moment(window["opened"]) >= _moment(window["closed"]):
        yield Fault("never_open", window["opened"])
    if is_early and not _says_why(window["early_reason"]):
        yield Fault("no_early_reason", window["announced"])
    if not is_early and window["early_reason"] is not None:
        yield Fault("not_early", window["announced"])


def _says_why(reason: str | None) -> bool:
    """Whether it has a letter or digit: blanks and signs that nobody sees are no reason."""
    return any(sign.isalnum() for sign in reason or "")


def _of_parties(file: Mapping[str, Any]) -> Iterator[Fault]:
    """Ask whether each secret is the one that was bound, and who answers for one that is missing."""
    for party in ("portal", "second"):
        promised, secret = file[party]["commitment"], file[party]["secret"]
        if secret is not None and promised is None:
            yield Fault("uncommitted", party)
        elif secret is not None and commitment(bytes.fromhex(secret)) != promised:
            yield Fault("wrong_secret", party)
    if file["second"]["secret"] is None and not _says_why(file["beside"]["waiver"]):
        yield Fault("no_waiver", "second")
