"""What the rules allow in a verification file without faults, and what an auditor asks after even so (2.7.4)."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

_moment = datetime.fromisoformat
SHORTEST_WINDOW = timedelta(weeks=3) - timedelta(days=1, hours=1)
"""Three weeks on the wall's clock, in which an hour can be lost, less the day by which a round may open late."""


def remarks(file: Mapping[str, Any]) -> list[str]:
    """Return what the rules allow in a file without faults, but want said (2.7.4).

    Whose value is missing, why it went on without, and every source that was named and then called silent: an
    auditor asks whether that one published after all.
    """
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
    said.extend(_remarks_on_times(file))
    beside = file["beside"]
    said.extend(
        f"A second party that was bound to {former['commitment']} was replaced at {former['replaced']}."
        for former in beside["former_seconds"]
    )
    if beside["waiver"]:
        said.append(f"It was decided to go on without the secret of the second party: {beside['waiver']}")
    if beside["copy_opened"]:
        said.append("The secret of the second party was read from its sealed copy; the party did not reveal it.")
    said.extend(
        f"The public value was first to come from {former['source']}, which was replaced: {former['reason']}"
        for former in beside["former_sources"]
    )
    if len(file["frozen"]) > 1:
        said.append(f"The frozen input was exchanged {len(file['frozen']) - 1} times; the seed keeps the first.")
    return said


def _remarks_on_times(file: Mapping[str, Any]) -> Iterator[str]:
    window, public = file["window"], file["public"]
    if window["early_reason"]:
        told = f"before the time that was announced, {window['announced']}: {window['early_reason']}"
        yield f"The window closed at {window['closed']}, {told}"
    if window["opened"] is None:
        yield "When the window opened is not told."
    elif _moment(window["announced"]) - _moment(window["opened"]) < SHORTEST_WINDOW:
        told = f"to be open from {window['opened']} until {window['announced']}"
        yield f"The window was announced {told}, which is more than a day short of three weeks."
    if public is not None and _moment(public["due"]) <= _moment(window["closed"]):
        yield f"The public value could be known at {public['due']}, before the window had closed."
