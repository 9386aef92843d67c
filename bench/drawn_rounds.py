"""Rounds of any size, drawn by chance: as the market that plain Python runs, as arrays, and as a frozen input."""

from dataclasses import dataclass

import numpy as np

from bookings.kernel.arrays import entering, sessions_of, starts_of
from bookings.rules.allocation.market import Market

WISHES, SEATS, CAP, RESERVE = 8, 20, 4, 4
SPECIALISTS, WITH_RESERVE = 0.15, 0.5
TERM_DAYS, MONTHS = 120, 60
RESIDENT, SPECIALIST = 0, 1
ORDERS = ("deadline", "straight", "reversed")


@dataclass(frozen=True)
class Draw:
    """A round in tables: what each person is, and what they list, most wanted first; `counts` says how many."""

    persons: int
    sessions: int
    group: np.ndarray
    left: np.ndarray
    lot: np.ndarray
    counts: np.ndarray
    wished: np.ndarray
    course: np.ndarray  # By session.
    first_day: np.ndarray
    days: np.ndarray  # How many.
    reserved: np.ndarray  # Whether some seats are for specialists first.
    order: np.ndarray  # By course.

    @property
    def courses(self):
        return len(self.order)


def draw(persons, sessions, *, number=1):
    """Some sessions are wanted by many and some by few; three seats are wanted for each that there is."""
    chance = np.random.default_rng(number)
    listed = (sessions * chance.random((persons, WISHES)) ** 1.5).astype(np.int64)
    listed.sort(axis=1)
    once = np.ones_like(listed, dtype=bool)
    once[:, 1:] = listed[:, 1:] != listed[:, :-1]
    places = chance.permuted(np.tile(np.arange(WISHES), (persons, 1)), axis=1)
    listed, once = np.take_along_axis(listed, places, 1), np.take_along_axis(once, places, 1)
    courses = max(1, sessions // 2)
    return Draw(
        persons=persons,
        sessions=sessions,
        group=(chance.random(persons) < SPECIALISTS).astype(np.int32),
        left=chance.integers(1, MONTHS + 1, persons),
        lot=chance.random(persons),
        counts=once.sum(1),
        wished=listed[once].astype(np.int32),
        course=np.sort(chance.integers(0, courses, sessions)),
        first_day=chance.integers(0, TERM_DAYS, sessions),
        days=chance.integers(1, 4, sessions),
        reserved=chance.random(sessions) < WITH_RESERVE,
        order=chance.integers(0, len(ORDERS), courses),
    )


def _ranks(drawn):
    """By wish: the place of the person among all who want the course; and by rank: the person."""
    person = np.repeat(np.arange(drawn.persons), drawn.counts)
    pairs, pair_of = np.unique(drawn.course[drawn.wished] * drawn.persons + person, return_inverse=True)
    course, who = pairs // drawn.persons, pairs % drawn.persons
    served = MONTHS - drawn.left[who]
    merit = np.choose(drawn.order[course], [drawn.left[who], -served, served])
    best_first = np.lexsort((drawn.lot[who], merit, course))
    rank = np.empty(len(pairs), dtype=np.int32)
    rank[best_first] = np.arange(len(pairs))
    return rank[pair_of], who[best_first]


def _turns(drawn):
    return np.lexsort((drawn.lot, drawn.left, drawn.group)).astype(np.int32)


def _lines(drawn):
    """How many lines each session has, the reserve of each line, and the line of each cell."""
    counts = np.where(drawn.reserved, 2, 1)
    starts = starts_of(counts)
    reserves = np.zeros(starts[-1], dtype=np.int64)
    reserves[starts[:-1][drawn.reserved]] = RESERVE
    line_of = np.empty(2 * drawn.sessions, dtype=np.int32)
    line_of[RESIDENT::2], line_of[SPECIALIST::2] = starts[1:] - 1, starts[:-1]
    return counts, reserves, line_of


def arrays(drawn):
    """The round in arrays, made without a step in plain Python: so a million persons fit into little memory."""
    counts, reserves, line_of = _lines(drawn)
    mark_counts = drawn.days + 1
    begins = starts_of(mark_counts)
    marks = np.empty(begins[-1], dtype=np.int32)
    marks[begins[:-1]] = drawn.course
    for day in range(3):
        has = drawn.days > day
        marks[begins[:-1][has] + 1 + day] = drawn.courses + drawn.first_day[has] + day
    return entering(
        turns=_turns(drawn),
        counts=drawn.counts,
        wished=drawn.wished,
        ranks=_ranks(drawn)[0],
        groups=drawn.group,
        caps=np.full(drawn.persons, CAP, dtype=np.int32),
        sessions=sessions_of(marks, mark_counts, counts, [SEATS] * drawn.sessions),
        marks=marks,
        reserves=reserves,
        line_of=line_of,
        group_count=2,
    )


def market(drawn):
    """The same round as the market that plain Python runs."""
    ranks, owners = _ranks(drawn)
    counts, reserves, line_of = _lines(drawn)
    lines_from = starts_of(counts).tolist()
    days = [
        sum(1 << day for day in range(first, first + count))
        for first, count in zip(drawn.first_day.tolist(), drawn.days.tolist(), strict=True)
    ]
    course, line, group = drawn.course.tolist(), line_of.tolist(), drawn.group.tolist()
    wished, begins, ranks = drawn.wished.tolist(), starts_of(drawn.counts).tolist(), ranks.tolist()
    everybody = []
    for person in range(drawn.persons):
        bits, mine = {}, []
        for wish in range(begins[person], begins[person + 1]):
            session = wished[wish]
            cell = 2 * session + group[person]
            bit = bits.setdefault(course[session], 1 << (TERM_DAYS + 4 + len(bits)))
            mine.append((session, ranks[wish], cell, line[cell], days[session] | bit))
        everybody.append(tuple(mine))
    return Market(
        people=range(drawn.persons),
        turns=tuple(_turns(drawn).tolist()),
        wishes=tuple(everybody),
        caps=(CAP,) * drawn.persons,
        keys=(),
        owners=tuple(owners.tolist()),
        sessions=range(drawn.sessions),
        capacities=(SEATS,) * drawn.sessions,
        minimums=(0,) * drawn.sessions,
        marks=(),
        lines=tuple(tuple(range(lines_from[each], lines_from[each + 1])) for each in range(drawn.sessions)),
        reserves=tuple(reserves.tolist()),
        groups=2,
        asked_for=frozenset(),
    )


def document(drawn, *, seats=SEATS, minimum=0):
    """The same round as a frozen input; its lots come from a seed, so its seats are others."""
    begins = starts_of(drawn.counts).tolist()
    course, wished, left = drawn.course.tolist(), drawn.wished.tolist(), drawn.left.tolist()
    applicants = {}
    for person, is_specialist in enumerate(drawn.group.tolist()):
        requests = []
        for session in wished[begins[person] : begins[person + 1]]:
            name = f"c{course[session]}"
            if not requests or requests[-1][0] != name:
                requests.append([name, []])
            requests[-1][1].append(f"s{session}")
        what = {"group": "SPEC", "served": 0, "left": 999}
        if not is_specialist:
            what = {"group": "ST", "served": MONTHS - left[person], "left": left[person]}
        applicants[f"p{person:07}"] = what | {"cap": CAP, "requests": requests}
    sessions = {
        f"s{each}": {
            "course": f"c{course[each]}",
            "days": list(range(first, first + count)),
            "capacity": seats,
            "min": minimum,
            "reserves": {"SPEC": RESERVE} if reserved else {},
        }
        for each, (first, count, reserved) in enumerate(
            zip(drawn.first_day.tolist(), drawn.days.tolist(), drawn.reserved.tolist(), strict=True)
        )
    }
    return {
        "format": "alloc-instance/1",
        "term": "2027-1",
        "policy": {"cap": CAP},
        "lottery": {"seed": "00" * 32},
        "courses": {
            f"c{each}": {"mandatory": False, "order": ORDERS[order], "targets": {"ST": 0, "SPEC": 0}}
            for each, order in enumerate(drawn.order.tolist())
        },
        "sessions": sessions,
        "applicants": applicants,
    }
