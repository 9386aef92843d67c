"""How fast an allocation is: plain Python, compiled, with reasons, under its check, and beside a library.

    .venv/bin/python bench/allocation.py                 # everything, up to a million persons: a quarter of an hour
    .venv/bin/python bench/allocation.py --up-to 100000  # less
    .venv/bin/python bench/allocation.py --whole 100000  # the command, from file to file, for so many persons

Each figure comes from a process of its own, so that the peak of memory is its own too. Seconds are of the processor,
and on a machine that does other things they are noise; the ratios are what counts, because both sides of one are
taken one right after the other. Every pair of runs is compared seat by seat.
"""

import argparse
import gc
import hashlib
import json
import multiprocessing
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from matching.games import HospitalResident

import drawn_rounds
from bookings.kernel.ready import Kernel
from bookings.kernel.seats import granted
from bookings.rules.allocation import allocate, check
from bookings.rules.allocation.market import market_of
from bookings.rules.allocation.reading import read
from bookings.rules.allocation.run import run

SIZES = (1_000, 10_000, 100_000, 1_000_000)
WITH_REASONS = (624, 10_000, 100_000)
HOSPITALS = (624, 2_000, 5_000)
TERM = 624
AGAIN = 3


def sessions_for(persons):
    return max(50, persons // 20)


def seconds(work, *, times=1):
    """The least time of the processor that the work took, and what came of it."""
    best, outcome = float("inf"), None
    gc.disable()  # As the command does.
    for _ in range(times):
        gc.collect()
        begun = time.process_time()
        outcome = work()
        best = min(best, time.process_time() - begun)
    gc.enable()
    return best, outcome


def peak():
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def plain_seats(persons):
    drawn = drawn_rounds.draw(persons, sessions_for(persons))
    market = drawn_rounds.market(drawn)
    spent, holdings = seconds(lambda: run(market, ()), times=1 if persons > SIZES[1] else AGAIN)
    seats = ((person, wish[0]) for person, held in enumerate(holdings) for wish in sorted(held))
    return {"seconds": spent, "peak": peak(), "seats": digest(seats), "wishes": len(drawn.wished)}


def compiled_seats(persons):
    drawn = drawn_rounds.draw(persons, sessions_for(persons))
    arrays = drawn_rounds.arrays(drawn)
    granted(drawn_rounds.arrays(drawn_rounds.draw(100, 50)), ())  # It is compiled, or fetched from where it is kept.
    spent, held = seconds(lambda: granted(arrays, ()), times=AGAIN)
    person = arrays.order[np.repeat(np.arange(persons), np.diff(arrays.people["wishes"]))]
    pairs = np.stack([person[held], arrays.wishes["session"][held]], axis=1)
    seats = map(tuple, pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))].tolist())
    return {"seconds": spent, "peak": peak(), "seats": digest(seats), "arrays": arrays.nbytes() / 2**20}


def digest(seats):
    found = hashlib.sha256()
    for seat in seats:
        found.update(b"%d %d\n" % seat)
    return found.hexdigest()


def with_reasons(persons):
    document = drawn_rounds.document(drawn_rounds.draw(persons, sessions_for(persons)))
    allocate(drawn_rounds.document(drawn_rounds.draw(50, 50)), ready=Kernel)
    plain, result = seconds(lambda: allocate(document))
    compiled, same = seconds(lambda: allocate(document, ready=Kernel))
    checked, faults = seconds(lambda: check(document, result))
    assert (same, faults) == (result, [])
    return {
        "plain": plain,
        "compiled": compiled,
        "check": checked,
        "decisions": len(result["decisions"]),
        "peak": peak(),
    }


def a_term(minimum):
    document = drawn_rounds.document(drawn_rounds.draw(TERM, 50), seats=60, minimum=minimum)
    spent, result = seconds(lambda: allocate(document), times=5)
    return {"seconds": spent, "decisions": len(result["decisions"]), "cancelled": len(result["cancelled"])}


def hospitals(persons):
    """One seat for each person, which is what the library can do: the same lists, seats and order of precedence."""
    chance = random.Random(persons)
    names = [f"s{number}" for number in range(max(10, persons // 20))]
    wanted = {f"p{number}": chance.sample(names, 8) for number in range(persons)}
    order = sorted(wanted, key=lambda _: chance.random())
    course = {"mandatory": False, "order": "deadline", "targets": {"ST": 0}}
    document = {
        "format": "alloc-instance/1",
        "term": "2027-1",
        "policy": {"cap": 1, "tiebreak": "time"},
        "courses": {"c": course},
        "sessions": {name: {"course": "c", "days": [], "capacity": 15} for name in names},
        "applicants": {
            person: {
                "group": "ST",
                "served": 0,
                "left": 9,
                "applied_at": order.index(person),
                "requests": [["c", listed]],
            }
            for person, listed in wanted.items()
        },
    }
    precedence = {name: [person for person in order if name in wanted[person]] for name in names}
    sys.setrecursionlimit(100 * persons)  # The library copies everybody who knows anybody, one inside the other.
    capacities = dict.fromkeys(names, 15)
    made, game = seconds(lambda: HospitalResident.create_from_dictionaries(wanted, precedence, capacities))
    library, matched = seconds(lambda: game.solve(optimal="resident"))
    prepared, market = seconds(lambda: market_of(read(document)))
    plain, holdings = seconds(lambda: run(market, ()), times=AGAIN)
    kernel = Kernel(market)
    kernel(())
    compiled, same = seconds(lambda: kernel(()), times=AGAIN)
    ours = {(market.people[who], market.sessions[wish[0]]) for who, held in enumerate(holdings) for wish in held}
    assert same == holdings
    assert ours == {(person.name, seat.name) for seat, people in matched.items() for person in people}
    return {
        "library": library,
        "plain": plain,
        "compiled": compiled,
        "library, whole": made + library,
        "plain, whole": prepared + plain,
    }


def whole(persons):
    """The command, from a file to a file: reading, ranking, seats, a reason for every request, writing."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "instance.json"), Path(folder, "result.json")
        document = drawn_rounds.document(drawn_rounds.draw(persons, sessions_for(persons)))
        with source.open("w", encoding="utf-8") as file:
            json.dump(document, file)
        del document
        command = [sys.executable, "-m", "lararportal.cli", "allocate", "--from", source, "--to", target, "--kernel"]
        subprocess.run(command, check=True)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        sizes = source.stat().st_size / 2**20, target.stat().st_size / 2**20
    return {
        "seconds": used.ru_utime + used.ru_stime,
        "peak": used.ru_maxrss / 1024,
        "read": sizes[0],
        "written": sizes[1],
    }


def apart(work, *facts):
    """What the work finds, in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, facts)


def table(title, head, rows):
    print(f"\n{title}\n", flush=True)
    print(f"| {' | '.join(head)} |\n|{'---:|' * len(head)}", flush=True)
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


def seats_rows(sizes):
    for persons in sizes:
        compiled, plain = apart(compiled_seats, persons), apart(plain_seats, persons)
        assert compiled["seats"] == plain["seats"], "the compiled run gives other seats"
        yield (
            f"{persons:,}",
            f"{plain['wishes']:,}",
            f"{sessions_for(persons):,}",
            f"{plain['seconds']:.3f} s",
            f"{compiled['seconds']:.3f} s",
            f"{plain['seconds'] / compiled['seconds']:.1f}",
            f"{plain['peak']:,.0f} MB",
            f"{compiled['peak']:,.0f} MB ({compiled['arrays']:,.0f})",
        )


def reasons_rows(sizes):
    for persons in sizes:
        found = apart(with_reasons, persons)
        yield (
            f"{persons:,}",
            f"{found['decisions']:,}",
            f"{found['plain']:.3f} s",
            f"{found['compiled']:.3f} s",
            f"{found['plain'] / found['compiled']:.2f}",
            f"{found['check']:.2f} s",
            f"{found['check'] / found['plain']:.1f}",
            f"{found['peak']:,.0f} MB",
        )


def term_rows():
    for minimum in (0, 40):
        found = apart(a_term, minimum)
        yield f"{minimum}", f"{found['cancelled']}", f"{found['decisions']:,}", f"{1000 * found['seconds']:.0f} ms"


def library_rows(sizes):
    for persons in sizes:
        found = apart(hospitals, persons)
        yield (
            f"{persons:,}",
            f"{found['library']:.3f} s",
            f"{found['plain']:.4f} s",
            f"{found['compiled']:.4f} s",
            f"{found['library'] / found['plain']:.0f}",
            f"{found['library'] / found['compiled']:.0f}",
            f"{found['library, whole'] / found['plain, whole']:.0f}",
        )


def whole_rows(persons):
    found = apart(whole, persons)
    yield (
        f"{persons:,}",
        f"{found['read']:,.0f} MB",
        f"{found['written']:,.0f} MB",
        f"{found['seconds']:.0f} s",
        f"{found['peak']:,.0f} MB",
    )


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--up-to", type=int, default=SIZES[-1], metavar="PERSONS", help="the largest round")
    words.add_argument("--whole", type=int, metavar="PERSONS", help="only the command, from file to file")
    said = words.parse_args()
    if said.whole:
        head = ("persons", "read", "written", "processor", "peak")
        table("The command, from file to file", head, whole_rows(said.whole))
        return
    sizes = [size for size in SIZES if size <= said.up_to]
    head = ("persons", "wishes", "sessions", "plain", "compiled", "ratio", "peak, plain", "peak, compiled (arrays)")
    table("Seats alone, one run, from a market in memory", head, seats_rows(sizes))
    head = ("persons", "decisions", "plain", "compiled", "ratio", "check", "check to plain", "peak")
    reasons = [size for size in WITH_REASONS if size <= said.up_to]
    table("With every reason, from a document in memory to a document", head, reasons_rows(reasons))
    head = ("minimum", "cancelled", "decisions", "processor")
    table(f"A term of our size, {TERM} persons, with every reason, in plain Python", head, term_rows())
    head = ("persons", "`matching`", "plain", "compiled", "to plain", "to compiled", "to plain, with its reading")
    table("One seat for each person, against the package `matching`", head, library_rows(HOSPITALS))


if __name__ == "__main__":
    main()
