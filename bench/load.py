"""The load of a day when seats are opened: hundreds of doctors on one portal for minutes, and what it costs.

python bench/load.py [--users 600] [--seconds 300] [--thinks 20] [--share 1.0]

Everything is its own, servers and ports too, and removed afterwards. It ends with 1 when anything was wrong.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from random import Random

from load_browser import Answer, Browser
from load_doctors import Doctor, live
from load_figures import LASTING, tables, wrong
from load_ground import cookies, open_seats, say
from load_portal import Cost, Place, installed, running, wait

from lararportal import clock
from lararportal.audit import invariants, telling
from lararportal.demo import build_term

SESSIONS, SEATS = 12, 20
LOOK_EVERY = 5.0
LETTERS_WITHIN = 600.0


def main() -> None:
    asked = _asked()
    with installed() as place:
        say("building a term, which takes a minute")
        now = clock.now()
        with place.hasty() as database:
            issuer = place.settings.providers[0].issuer
            term = build_term(database, now=now, issuer=issuer, progress=_silent, share=asked.share)
        wanted = open_seats(place, term, SESSIONS, seats=SEATS, now=now)
        signed_in = cookies(place, [each.id for each in term.cast.doctors][: asked.users], now=now)
        with running(place, *LASTING):
            # What was due from the term before the load is no part of it.
            say(f"letters of the term: {place.unsent()} to be sent")
            wait(lambda: place.unsent() == 0, seconds=LETTERS_WITHIN)
            say(f"{len(signed_in)} doctors for {asked.seconds:.0f} s, {asked.thinks:g} s between two presses")
            answers, costs, own = asyncio.run(load(place, signed_in, wanted, asked))
            faults = wrong(answers, costs, place)
            if not wait(lambda: place.unsent() == 0, seconds=LETTERS_WITHIN):
                faults.append(f"{place.unsent()} letters are not sent {LETTERS_WITHIN:.0f} s later")
            ended, said = place.audit()
        faults += looked_at(place, ended, said)
        print("\n".join(tables(answers, costs, place)))
        print(f"\nThe doctors themselves took {own:.1f} s of the processor. {said.splitlines()[-1]}")
    print("\n".join(f"WRONG: {each}" for each in faults) or "Nothing was wrong.")
    sys.exit(1 if faults else 0)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=600, help="how many doctors")
    parser.add_argument("--seconds", type=float, default=300.0, help="for how long")
    parser.add_argument("--thinks", type=float, default=20.0, help="seconds between two presses, in the middle")
    parser.add_argument("--share", type=float, default=1.0, help="a smaller term: this share of its people")
    return parser.parse_args()


async def load(
    place: Place, signed_in: Sequence[str], wanted: Sequence[int], asked: argparse.Namespace
) -> tuple[list[Answer], list[Cost], float]:
    """The doctors do what they do; every answer, what it cost meanwhile, and what they cost themselves."""
    answers: list[Answer] = []
    costs = [place.cost(is_shared_known=True)]
    begun, own = time.monotonic(), time.process_time()
    doctors = [
        Doctor(Browser(place.port, cookie, answers), Random(number), wanted, asked.thinks, begun + asked.seconds)
        for number, cookie in enumerate(signed_in)
    ]
    working = asyncio.create_task(live(doctors))
    while not working.done():
        await asyncio.wait([working], timeout=LOOK_EVERY)
        costs.append(await asyncio.to_thread(place.cost, is_shared_known=False))
        print(f"\r{time.monotonic() - begun:5.0f} s, {len(answers):,} answers ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    await working
    costs.append(place.cost(is_shared_known=True))
    return answers, costs, time.process_time() - own


def looked_at(place: Place, ended: int, said: str) -> list[str]:
    """What the audit finds: as a command while the portal runs, and of all rows once it rests."""
    found = [] if ended == 0 else [f"lararportal audit ended with {ended}: {said}"]
    later = clock.now() + timedelta(minutes=1)
    with place.database.transaction() as db:
        return found + [f"{each.check}: {telling.sentence(each)}" for each in invariants(db, now=later)]


def _silent(_step: str, _done: int, _total: int) -> None:
    """A minute without a word is short enough."""


if __name__ == "__main__":
    main()
