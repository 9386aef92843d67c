"""Ten times the people and sessions: what happened in a term is there as often again, with other numbers.

python bench/grown.py [--times 10 100] [--turns 3] [--share 1.0]

Whoever is in the term is there once more for each copy, with seats, places, letters and what the journal says of
them, in sessions of their own of the same courses on the same days: ten times as much lies ahead at one moment.
Staff and rounds that are not published are not copied. It is for asking, not for believing: what the journal tells in
words still speaks of the first ones, so that an audit would find much.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import costs
from load_ground import say
from load_portal import Place, installed
from sqlalchemy import Integer, Table, event, func, select, text
from sqlalchemy.orm import Session

from auth.models import Person
from bookings.models import Booking
from courses.models import CourseSession
from lararportal import clock, tick
from lararportal.audit import EVERYTHING, in_motion
from lararportal.db import Base
from lararportal.demo import Term, build_term
from lararportal.journal import Entry
from lararportal.outbox import Letter

STEP = 1_000_000
"""By so much the numbers of each copy are larger."""
COPIED = (
    "persons", "identities", "rounds", "course_sessions", "course_days", "session_leaders", "round_sessions",
    "applications", "choices", "decisions", "bookings", "seat_days", "course_wishes", "precedences", "attendance",
    "completions", "absence_charges", "minimum_cases", "minimum_steps", "reserve_notices", "invitations",
    "evaluations", "evaluations_asked", "answer_boxes", "letters", "journal",
)  # fmt: skip
TOLD_APART = {("persons", "pseudonym"), ("identities", "value"), ("letters", "once")}
"""What is nobody else's, beside numbers."""
NUMBERED = {
    ("letters", "person_id"): "persons",
    ("letters", "booking_id"): "bookings",
    ("journal", "person_id"): "persons",
    ("journal", "by"): "persons",
    ("journal", "session_id"): "course_sessions",
}
"""Numbers that are no foreign keys, since they outlive what they speak of."""
PUBLISHED = "SELECT id FROM rounds WHERE state = 'published'"
OF_PUBLISHED = {
    "rounds": f"id IN ({PUBLISHED})",
    "round_sessions": f"round_id IN ({PUBLISHED})",
    "applications": f"round_id IN ({PUBLISHED})",
    "decisions": f"round_id IN ({PUBLISHED})",
    "choices": f"application_id IN (SELECT id FROM applications WHERE round_id IN ({PUBLISHED}))",
}


@dataclass(frozen=True)
class Size:
    """How much there is, and what a tick and an audit that find nothing to do take then."""

    rows: dict[str, int]
    tick_seconds: float
    tick_statements: int
    audit_seconds: float
    slowest: list[tuple[str, float]]


def grow(place: Place, *, first: int, last: int) -> None:
    """The copies with these numbers, and statistics for whoever plans with them."""
    tables = Base.metadata.tables
    with place.hasty() as database, database.transaction() as db:
        for name in COPIED:
            db.execute(text(_copying(tables[name])), {"first": first, "last": last})
        for name in COPIED:
            if "id" in tables[name].columns:
                numbered = f"pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name})"
                db.execute(text(f"SELECT setval({numbered})"))
    with place.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _copying(table: Table) -> str:
    refer = [each for each in table.c if each.foreign_keys and isinstance(each.type, Integer)]
    targets = {each.name: next(iter(each.foreign_keys)).column.table.name for each in refer}
    targets |= {column: target for (name, column), target in NUMBERED.items() if name == table.name}
    own = [each.name for each in table.c if each.name == "id" or targets.get(each.name) in COPIED]
    apart = [column for name, column in TOLD_APART if name == table.name]

    def copied(column: str) -> str:
        if column in own:
            return f'o."{column}" + k * {STEP}'
        return f"""o."{column}" || '~' || k""" if column in apart else f'o."{column}"'

    columns = [each.name for each in table.c if each.computed is None]
    named = ", ".join(f'"{each}"' for each in columns)
    where = " AND ".join([f'o."{own[0]}" < {STEP}', OF_PUBLISHED.get(table.name, "true")])
    return (
        f"INSERT INTO {table.name} ({named}) OVERRIDING SYSTEM VALUE SELECT {', '.join(map(copied, columns))}"
        f" FROM {table.name} o CROSS JOIN generate_series(CAST(:first AS int), CAST(:last AS int)) k WHERE {where}"
    )


def size(place: Place) -> Size:
    """How much there is now, after what is due has been done once."""
    now = clock.now()
    tick.run_due(place.database, now=now)
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    event.listen(place.database.engine, "before_cursor_execute", count)
    begun = time.monotonic()
    tick.run_due(place.database, now=now)
    lasted = time.monotonic() - begun
    event.remove(place.database.engine, "before_cursor_execute", count)
    with place.database.snapshot() as db:
        rows = {each.__tablename__: db.scalar(select(func.count()).select_from(each)) or 0 for each in SHOWN}
        looked = sorted(_looked_at(db), key=lambda each: -each[1])
    return Size(rows, lasted, statements, sum(each for _, each in looked), looked[:5])


SHOWN = (Person, CourseSession, Booking, Letter, Entry)


def _looked_at(db: Session) -> Iterator[tuple[str, float]]:
    when = in_motion(clock.now())
    for check in EVERYTHING:
        begun = time.monotonic()
        for _ in check.findings(db, when):
            pass
        yield check.name, time.monotonic() - begun


def sizes(found: Sequence[Size]) -> Iterator[str]:
    """A column for each size."""
    yield costs.row(["", *(f"{each.rows['persons']:,} people" for each in found)])
    yield f"|---|{'---:|' * len(found)}"
    for each in SHOWN:
        yield costs.row([each.__tablename__, *(f"{one.rows[each.__tablename__]:,}" for one in found)])
    yield costs.row(["tick with nothing due", *(f"{1000 * each.tick_seconds:.0f} ms" for each in found)])
    yield costs.row(["its statements", *(str(each.tick_statements) for each in found)])
    yield costs.row(["audit", *(f"{each.audit_seconds:.1f} s" for each in found)])
    slowest = ("; ".join(f"{name} {seconds:.1f} s" for name, seconds in each.slowest[:3]) for each in found)
    yield costs.row(["its slowest checks", *slowest])


def pages(found: Sequence[costs.Measured]) -> Iterator[str]:
    """Ratio to the floor, milliseconds and statements of each page, a column for each size."""
    yield f"| page, ratio · statements · Python and PostgreSQL | {' | '.join('size' for _ in found)} |"
    yield f"|---|{'---|' * len(found)}"
    for name in found[0].costs:
        cells = (each.costs[name] for each in found)
        yield costs.row([name, *map(costs.in_short, cells)])


def main() -> None:
    asked = _asked()
    with installed() as place:
        term = _built(place, asked.share)
        measured, found, last = [], [], 1
        for times in (1, *asked.times):
            if times > last:
                say(f"growing to {times} times")
                grow(place, first=last, last=times - 1)
                last = times
            say("measuring")
            found.append(size(place))
            measured.append(costs.measure(place, term, turns=asked.turns, books=True))
        print("\n".join([*sizes(found), "", *pages(measured)]))


def _built(place: Place, share: float) -> Term:
    say("building a term")
    issuer = place.settings.providers[0].issuer
    with place.hasty() as database:
        return build_term(database, now=clock.now(), issuer=issuer, progress=lambda *_: None, share=share)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, nargs="*", default=[10], help="how many times as much, ascending")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--share", type=float, default=1.0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
