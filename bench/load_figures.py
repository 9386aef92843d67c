"""What a load showed: refusals by sentence, waiting times, memory, processor and statements; and what was wrong."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from statistics import median, quantiles

from load_browser import Answer
from load_portal import MB, Cost, Place, spent

EXPECTED = (200, 302, 303, 304, 409)
GONE = 404
"""What was there when the page was read, such as a place in line that has become a seat."""
GONE_AT_MOST = 0.02
LEAD = re.compile(r'<p class="lead">(.*?)</p>|<ul>\s*<li>(.*?)</li>', re.DOTALL)
LASTING = ("web", "worker", "tick")
GROWTH = 0.02
"""By so much the memory of a program may grow in the last third, or by so many bytes: samples are not still."""
GROWTH_BYTES = 2 * MB
GROWS_UP = 120.0
"""Seconds after which a process has done everything at least once; a shorter load says nothing of its memory."""
WINDOW = 0.08
"""What is called a moment: this share of the time."""


def growth(costs: Sequence[Cost], name: str) -> tuple[float, float]:
    """The memory of a program at two thirds of the time, and at its end."""
    return _around(costs, name, 2 / 3), _around(costs, name, 1 - WINDOW / 2)


def _around(costs: Sequence[Cost], name: str, share: float) -> float:
    begin, end = costs[0].at, costs[-1].at
    distance = {each.at: abs((each.at - begin) / (end - begin) - share) for each in costs}
    near = [each.rss[name] for each in costs if distance[each.at] <= WINDOW / 2]
    return median(near or [min(costs, key=lambda each: distance[each.at]).rss[name]])


def wrong(answers: Sequence[Answer], costs: Sequence[Cost], place: Place) -> list[str]:
    """Whatever must not be, each in a sentence."""
    found = [f"{count} x {what}" for what, count in Counter(_strange(answers)).most_common()]
    gone = sum(each.status == GONE for each in answers)
    if gone > GONE_AT_MOST * len(answers):
        found.append(f"{gone} pages were not there: more than can be explained by what others did meanwhile")
    for name in LASTING if costs[-1].at - costs[0].at >= GROWS_UP else ():
        before, after = growth(costs, name)
        if after - before > max(GROWTH * before, GROWTH_BYTES):
            found.append(f"{name} has grown in the last third, from {before / MB:.1f} to {after / MB:.1f} MB")
    found += place.ended()
    found += [f"{count} x in the log: {what}" for what, count in place.complaints().most_common()]
    return found


def _strange(answers: Iterable[Answer]) -> Iterator[str]:
    for each in answers:
        if each.status not in (*EXPECTED, GONE):
            yield f"{each.what} answered {each.status} {each.trouble or sentence(each)}"
        elif each.page is not None and "/logga-in" in each.page.path:
            yield f"{each.page.path}: somebody had to sign in again"
        elif each.page is not None and "</html>" not in each.page.text:
            yield f"{each.what} is not a whole page"


def sentence(answer: Answer) -> str:
    """What a page said that refused, without its numbers."""
    found = LEAD.search(answer.page.text.partition("<main")[2]) if answer.page else None
    if found is None:
        return "?"
    words = " ".join(re.sub(r"<[^>]*>", " ", found[1] or found[2]).split())
    return re.sub(r"\d+", "#", words)


def tables(answers: Sequence[Answer], costs: Sequence[Cost], place: Place) -> Iterator[str]:
    """Everything that is printed at the end."""
    number, seconds = len(answers), costs[-1].at - costs[0].at
    asked = [each for each in answers if "/static/" not in each.what]
    yield f"{number:,} requests in {seconds:.0f} s, {len(asked):,} of them for pages and deeds"
    yield from _waiting(asked)
    yield from _refusals(answers)
    yield from _costs(costs, len(asked), place)
    yield from _memory(costs)


def _waiting(answers: Sequence[Answer]) -> Iterator[str]:
    by_kind = defaultdict(list)
    for each in answers:
        by_kind[each.what].append(each)
    yield "\n| asked for | times | p50 | p95 | worst | 302 | 409 | 404 |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    yield _row("all", answers)
    for what, each in sorted(by_kind.items(), key=lambda found: -len(found[1])):
        yield _row(f"`{what}`", each)


def _row(what: str, answers: Sequence[Answer]) -> str:
    seconds = [each.seconds for each in answers]
    p95 = quantiles(seconds, n=20)[-1] if len(seconds) > 1 else seconds[0]
    times = [f"{1000 * each:.0f} ms" for each in (median(seconds), p95, max(seconds))]
    states = Counter(each.status for each in answers)
    counts = [f"{states[status]:,}" if states[status] else "" for status in (302, 409, GONE)]
    return f"| {' | '.join([what, f'{len(answers):,}', *times, *counts])} |"


def _refusals(answers: Sequence[Answer]) -> Iterator[str]:
    counted = Counter((each.what, sentence(each)) for each in answers if each.status == 409)  # noqa: PLR2004 - refused
    yield "\n| refused | by | times |"
    yield "|---|---|---:|"
    for (what, said), count in counted.most_common():
        yield f"| {said} | `{what}` | {count:,} |"


def _costs(costs: Sequence[Cost], requests: int, place: Place) -> Iterator[str]:
    statements = place.statements()
    yield "\n| program | processor | of one core | for each request | statements | for each request |"
    yield "|---|---:|---:|---:|---:|---:|"
    seconds = costs[-1].at - costs[0].at
    for name in costs[0].cpu:
        used, asked = spent(costs, name), statements[name]
        cells = [name, f"{used:.1f} s", f"{100 * used / seconds:.0f} %", f"{1000 * used / requests:.2f} ms"]
        cells += [f"{asked:,}", f"{asked / requests:.1f}"] if asked else ["", ""]
        yield f"| {' | '.join(cells)} |"


def _memory(costs: Sequence[Cost]) -> Iterator[str]:
    points = [_nearest(costs, quarter / 4) for quarter in range(5)]
    yield "\n| MB, resident | at the start | 1/4 | 1/2 | 3/4 | at the end | of it its own, at the end |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for name in costs[0].rss:
        cells = [f"{each.rss[name] / MB:.1f}" for each in points]
        yield f"| {' | '.join([name, *cells, f'{costs[-1].pss[name] / MB:.1f}'])} |"


def _nearest(costs: Sequence[Cost], share: float) -> Cost:
    begin, end = costs[0].at, costs[-1].at
    return min(costs, key=lambda each: abs((each.at - begin) / (end - begin) - share))
