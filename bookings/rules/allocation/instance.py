"""The frozen input of one run as facts, and the hash that binds it (allocation rules, section 2.1)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

RESIDENTS = "ST"
SPECIALISTS = "SPEC"


class MalformedInstance(ValueError):  # noqa: N818 - it is named after the document, whose word it is
    """The frozen input cannot be run; the message is one sentence that names the field and whose it is."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings of the run, the same for everybody and shown before the window opens."""

    cap: int
    last_chance_months: int
    tiebreak: str
    lot_scope: str
    auto_close: bool
    closed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Course:
    """A course: who may come, and in which order."""

    id: str
    mandatory: bool
    order: str
    targets: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class CourseSession:
    """A session of a course: its days, its seats, and the seats that a group has first claim to."""

    id: str
    course: str
    days: frozenset[int]
    capacity: int
    minimum: int
    reserves: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Applicant:
    """A person as the register knew them at closing time, with their own strict list of sessions and own cap."""

    id: str
    group: str
    served: int
    left: int
    cap: int
    passed: frozenset[str]
    displaced: frozenset[str]
    rejections: Mapping[str, int]
    applied_at: int | float
    requests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Instance:
    """All that a run may read; the tables are in order of id, so the order of the document means nothing."""

    term: str
    policy: Policy
    seed: bytes
    courses: Mapping[str, Course]
    sessions: Mapping[str, CourseSession]
    applicants: Mapping[str, Applicant]


def canonical(value: Any) -> str:
    """Return a value as canonical JSON, the text that is hashed: sorted names, no spaces, UTF-8 (2.1)."""
    try:
        text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        text.encode()
    except (TypeError, ValueError) as reason:
        raise MalformedInstance(f"The document cannot be written as canonical JSON: {reason}.") from reason
    return text


def canonical_hash(document: dict[str, Any]) -> str:
    """Return the SHA-256, in hexadecimal, of the frozen input without its lottery, to be published at closing.

    The seed is drawn after this hash is public, so the hash cannot contain it (2.7.2).
    """
    frozen = {name: value for name, value in document.items() if name != "lottery"}
    return hashlib.sha256(canonical(frozen).encode()).hexdigest()
