"""Everything that is measured, on one machine in one go: `make bench`.

python bench/whole.py [--turns 5] [--users 600] [--letters 5000] [--times 10] [--share 1.0]

Ratios to the floor come first: they hold on a machine that others use too, since both sides meet the same. It ends
with 1 when a seat was given twice, somebody had no answer, or a letter did not go out; being slow is no fault here.
"""

import argparse
import os
import platform
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from statistics import median
from urllib.request import urlopen

import costs
import grown
import post
import psutil
import storm
from load_ground import say
from load_portal import MB, Place, installed, running, wait

from lararportal import clock
from lararportal.demo import Term, build_term

MANY = 8
"""Web processes on two cores."""
LETTERS_WITHIN = 120.0


def main() -> None:
    asked = _asked()
    begun = time.monotonic()
    with installed() as place:
        say("building a term")
        issuer = place.settings.providers[0].issuer
        with place.hasty() as database:
            term = build_term(database, now=clock.now(), issuer=issuer, progress=lambda *_: None, share=asked.share)
        post.everything_is_sent(place)
        say("how soon it answers")
        starts = [first_answer(place) for _ in range(asked.turns)]
        say("pages and bookings beside the floor")
        sizes = [grown.size(place)]
        measured = [costs.measure(place, term, turns=asked.turns)]
        storms = list(_storms(place, term, asked))
        say("a round for 624, and many letters")
        published, told = post.publish(place, term, people=624)
        many = post.deliver(place, letters=asked.letters)
        memory, faults = in_use(place, term, users=asked.users)
        if asked.times > 1:
            say(f"{asked.times} times as much of everything")
            grown.grow(place, first=1, last=asked.times - 1)
            sizes.append(grown.size(place))
            measured.append(costs.measure(place, term, turns=asked.turns, books=True))
    faults += storm.wrong(storms) + post.wrong(told, many)
    for part in (
        about(),
        costs.ratios(measured[0]),
        storm.ratios(storms),
        costs.absolutes(measured[0]),
        storm.absolutes(storms),
        post.lines(published, told, many),
        _in_use(memory, starts),
        grown.sizes(sizes),
        grown.pages(measured),
    ):
        print("\n".join([*part, ""]))
    print(f"It took {(time.monotonic() - begun) / 60:.0f} minutes; load at the end {os.getloadavg()[0]:.1f}.")
    print("\n".join(f"WRONG: {each}" for each in faults) or "Nothing was wrong.")
    sys.exit(1 if faults else 0)


def _storms(place: Place, term: Term, asked: argparse.Namespace) -> Iterator[storm.Storms]:
    users = asked.users
    yield storm.storms(place, term, f"{users} on 30 seats", users=users, sessions=1, turns=asked.turns)
    yield storm.storms(place, term, f"{users} on 20 x 30 seats", users=users, sessions=20, turns=asked.turns)
    title = f"{users} on 30 seats, {MANY} processes"
    yield storm.storms(place, term, title, users=users, sessions=1, turns=asked.turns, processes=MANY)


def first_answer(place: Place) -> float:
    """Seconds from starting the web processes until they answer."""
    begun = time.monotonic()
    with running(place, "web"), urlopen(f"http://127.0.0.1:{place.port}/healthz") as answer:
        answer.read()
        return time.monotonic() - begun


def in_use(place: Place, term: Term, *, users: int) -> tuple[dict[str, int], list[str]]:
    """What the portal keeps in memory after one more storm, all parts running, and whatever went wrong in it."""
    with place.unhindered(), running(place, "all"):
        rage = storm.once(place, term, users=users)
        if not wait(lambda: place.unsent() == 0, seconds=LETTERS_WITHIN):
            rage.wrong["letters are left"] += place.unsent()
        memory = _of_parts(place)
        logged = [f"{count} x in the log: {what}" for what, count in place.complaints().most_common()]
        return memory, [*(f"{count} x {what}" for what, count in rage.wrong.items()), *logged, *place.ended()]


def _of_parts(place: Place) -> dict[str, int]:
    """Bytes of each part, what processes share counted once."""
    [program] = [each for each in place.programs if each.name == "all"]
    first = psutil.Process(program.process.pid)
    parts = sorted(first.children(), key=lambda each: each.create_time())
    found = {"what began them": first.memory_full_info().pss}
    for name, part in zip(("web", "worker", "tick"), parts, strict=True):
        found[name] = sum(each.memory_full_info().pss for each in (part, *part.children(recursive=True)))
    return found


def about() -> Iterator[str]:
    """The machine and what runs on it."""
    model = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    of_us = ", ".join(f"{name} {version(name)}" for name in ("flask", "sqlalchemy", "psycopg", "gunicorn", "rq"))
    yield f"{len(model)} cores of {model[0].partition(':')[2].strip()}, load {os.getloadavg()[0]:.1f};"
    yield f"Python {platform.python_version()}, {of_us}."


def _in_use(memory: dict[str, int], starts: list[float]) -> Iterator[str]:
    yield "| portal in use | |"
    yield "|---|---:|"
    yield f"| memory of web, worker and tick, shared counted once | {sum(memory.values()) / MB:.0f} MB |"
    for name, each in memory.items():
        yield f"| of it {name} | {each / MB:.0f} MB |"
    yield f"| `lararportal web`: from starting to the first answer | {median(starts):.1f} s |"


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=5, help="of which the middle counts")
    parser.add_argument("--users", type=int, default=600, help="how many press at once")
    parser.add_argument("--letters", type=int, default=5000, help="how many are due at once")
    parser.add_argument("--times", type=int, default=10, help="as much data in the end; 1: no more")
    parser.add_argument("--share", type=float, default=1.0, help="a smaller term: this share of its people")
    return parser.parse_args()


if __name__ == "__main__":
    main()
