"""Parts that one process begins: each comes back when it is killed, and all of them end with that process."""

import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from processes import WITHIN, wait_until

from lararportal.cli import together
from lararportal.dev.program import Program, begun
from lararportal.together import Part

PARTS = """
import sys, time
from pathlib import Path
from lararportal import together
from lararportal.together import Part, keep_running

together.PAUSE = 0.01
folder = Path(sys.argv[1])

def lives(name):
    import os, signal
    signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.1), (folder / f"{name}.done").touch(), sys.exit()))
    (folder / f"{name}.new").write_text(str(os.getpid()))
    (folder / f"{name}.new").rename(folder / name)
    time.sleep(600)

lasting = [Part(name, lambda name=name: lives(name)) for name in ("web", "tick")]
keep_running([*lasting, Part("broken", lambda: sys.exit(3))])
"""


@pytest.fixture
def first(tmp_path: Path) -> Iterator[Program]:
    program = Program(
        name="first",
        command=[sys.executable, "-c", PARTS, str(tmp_path)],
        log=tmp_path / "log",
        directory=Path(__file__).parents[2],
    )
    program.start()
    yield program
    program.stop()


def number_of(part: Path, *, other_than: int = 0) -> int:
    """The process that a part has, or has anew."""
    wait_until(lambda: part.exists() and int(part.read_text()) != other_than, what=f"{part.name} runs")
    return int(part.read_text())


def test_a_part_that_is_killed_comes_back_alone_and_all_finish_when_told_to_stop(first: Program, tmp_path: Path):
    web, tick = (number_of(tmp_path / each) for each in ("web", "tick"))
    os.kill(web, signal.SIGKILL)
    anew = number_of(tmp_path / "web", other_than=web)
    first.ask_to_stop()

    assert first.process.wait(WITHIN) == 0, first.last_lines()
    assert {path.name for path in tmp_path.glob("*.done")} == {"web.done", "tick.done"}
    assert int((tmp_path / "tick").read_text()) == tick
    assert [begun(each) for each in (anew, tick)] == [None, None]
    assert "web" in first.log.read_text()


def test_the_parts_are_told_to_stop_when_what_began_them_is_killed(first: Program, tmp_path: Path):
    parts = [number_of(tmp_path / each) for each in ("web", "tick")]
    first.process.kill()

    wait_until(lambda: [begun(each) for each in parts] == [None, None], what="they end")
    assert {path.name for path in tmp_path.glob("*.done")} == {"web.done", "tick.done"}


def test_a_part_that_ends_again_and_again_is_begun_ever_more_seldom():
    part, pauses = Part("worker", print), []
    for lived in (0, 0, 5, 0, 0, 0, 0, 60, 61, 0):
        part.rest(now=part.begun + lived)
        pauses.append(part.pause)

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 1, 2]
    assert part.rests_until == part.begun + 2


def test_an_address_on_which_another_listens_is_named():
    with socket.socket(fileno=together.listening("127.0.0.1", 0)) as heard:
        port = heard.getsockname()[1]
        socket.create_connection(("127.0.0.1", port), timeout=WITHIN).close()
        with pytest.raises(click.ClickException, match=f"cannot listen on 127.0.0.1, port {port}"):
            together.listening("127.0.0.1", port)
