"""The parts of supervision one by one: the leash, the watch, the data folder, the waiting room."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

from lararportal.cli import main
from lararportal.dev.data import Data
from lararportal.dev.program import CannotStart, Program, begun, session_members
from lararportal.dev.waiting_room import Progress, WaitingRoom
from lararportal.dev.watch import Watch

PARENT = """
import sys, time
from pathlib import Path
from lararportal.dev.program import Program
program = Program(name="sleeper", command=["/bin/sleep", "600"], log=Path(sys.argv[1]))
program.start()
print(program.process.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def _short_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a program is started again nobody here needs the second in which a developer reads of it."""
    monkeypatch.setattr("lararportal.dev.watch.PAUSE", 0.1)


def shell(name: str, script: str, log: Path) -> Program:
    return Program(name=name, command=["/bin/sh", "-c", script], log=log)


def until_ended(pid: int) -> None:
    end = time.monotonic() + 10
    while begun(pid) is not None:
        assert time.monotonic() < end, "it does not end"
        time.sleep(0.02)


def watch(said: list[str], remembered: list[list[int]] | None = None) -> Watch:
    kept = [] if remembered is None else remembered
    return Watch(lambda label, text: said.append(f"{label} {text}"), kept.append)


def test_a_program_ends_with_its_killed_parent(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path / "log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        sleeper = psutil.Process(int(parent.stdout.readline()))
        parent.send_signal(signal.SIGKILL)
    sleeper.wait(10)
    assert not sleeper.is_running()


def test_stopping_a_program_ends_what_it_has_started(tmp_path: Path) -> None:
    program = shell("family", "trap '' TERM; sleep 600 & sleep 600", tmp_path / "log")
    program.start()
    assert program.process is not None
    while len(session_members(program.process.pid)) < 3:
        time.sleep(0.02)
    program.stop(patience=0.2)
    assert session_members(program.process.pid) == []


def test_a_program_that_died_is_started_again_and_the_developer_is_told(tmp_path: Path) -> None:
    said: list[str] = []
    remembered: list[list[int]] = []
    guard = watch(said, remembered)
    guard.start(shell("sleeper", "exec sleep 600", tmp_path / "log"))
    first = remembered[-1]
    os.kill(first[0], signal.SIGKILL)
    until_ended(first[0])
    guard.look()
    assert said == [f"sleeper was killed by signal 9; starting it again (log: {tmp_path / 'log'})"]
    assert remembered[-1] != first
    assert all(psutil.pid_exists(pid) for pid in remembered[-1])
    guard.stop()
    assert not any(psutil.pid_exists(pid) for pid in remembered[-1])


def test_a_program_that_dies_at_once_three_times_ends_everything_with_its_last_words(tmp_path: Path) -> None:
    said: list[str] = []
    guard = watch(said)
    guard.start(shell("broken", "echo no such table; exit 3", tmp_path / "log"))

    def look_on() -> None:
        end = time.monotonic() + 10
        while time.monotonic() < end:
            time.sleep(0.02)
            guard.look()

    with pytest.raises(CannotStart) as ended:
        look_on()
    assert str(ended.value) == (
        f"broken ended with exit code 3, 3 times at once; the end of {tmp_path / 'log'}:\n"
        + "\n".join(["    no such table"] * 3)
    )
    assert said == [f"broken ended with exit code 3; starting it again (log: {tmp_path / 'log'})"] * 2


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotStart, match=r"file/within cannot be used: Not a directory; choose another --data"):
        Data(tmp_path / "file" / "within")


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(CannotStart, match="holds other things"):
        Data(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_folder_serves_one_portal_at_a_time(tmp_path: Path) -> None:
    data = Data(tmp_path / "data")
    with pytest.raises(CannotStart, match=f"already runs on .*, as process {os.getpid()}:"):
        Data(tmp_path / "data")
    data.close()
    Data(tmp_path / "data").close()


@pytest.mark.parametrize("before", [None, 0o644])
def test_a_secret_is_kept_where_no_other_account_reads_it(tmp_path: Path, before: int | None) -> None:
    data, path = Data(tmp_path / "data"), tmp_path / "data" / "lottery.txt"
    if before is not None:
        path.touch(before)
    kept = data.keep_to_itself("lottery.txt", "hush\n")
    data.close()

    assert (kept, kept.read_text(), kept.stat().st_mode & 0o777) == (path, "hush\n", 0o600)


def test_secret_and_port_stay_until_everything_is_forgotten(tmp_path: Path) -> None:
    data = Data(tmp_path / "data")
    key, port = data.secret_key(), data.provider_port()
    assert (data.secret_key(), data.provider_port()) == (key, port)
    assert (tmp_path / "data" / "secret-key").stat().st_mode & 0o777 == 0o600
    data.forget()
    assert data.secret_key() != key
    data.close()


def test_a_taken_provider_port_is_named(tmp_path: Path) -> None:
    data = Data(tmp_path / "data")
    port = data.provider_port()
    told = pytest.raises(CannotStart, match=f"port {port}, where the sign-in provider of")
    with socket.create_server(("127.0.0.1", port)), told:
        data.provider_port()
    data.close()


def test_what_an_earlier_start_left_running_is_ended_and_nothing_else(tmp_path: Path) -> None:
    sleep = ["/bin/sleep", "600"]
    with (
        subprocess.Popen(sleep, start_new_session=True) as orphan,
        subprocess.Popen(sleep, start_new_session=True) as stranger,
    ):
        data = Data(tmp_path / "data")
        data.remember([orphan.pid, stranger.pid])
        kept = tmp_path / "data" / "running.json"
        # As if the stranger had got the number of a program that ended long ago.
        kept.write_text(re.sub(rf'(\[{stranger.pid}, ")\d+', r"\g<1>1", kept.read_text()))
        assert data.end_survivors() == 1
        assert orphan.wait(5) == -signal.SIGTERM
        assert stranger.poll() is None
        stranger.kill()
    assert data.end_survivors() == 0
    data.close()


def test_the_waiting_room_lives_and_says_how_far_the_start_has_come() -> None:
    progress = Progress()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def ask(path: str) -> tuple[int, str]:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            answer = connection.getresponse()
            text = answer.read().decode()
            connection.close()
            return answer.status, text

        with WaitingRoom(listening, progress):
            assert ask("/healthz") == (200, "ok\n")
            progress.done, progress.total = 300, 624
            status, page = ask("/kurser")
            assert (status, "300 av 624" in page) == (503, True)
        with WaitingRoom(listening, progress):
            assert ask("/healthz") == (200, "ok\n")


@pytest.mark.parametrize("port", ["0", "65536", "99999"])
def test_a_port_that_no_machine_has_is_refused_before_anything_starts(port: str, tmp_path: Path) -> None:
    refused = CliRunner().invoke(main, ["dev", "--port", port, "--data", str(tmp_path / "data")])

    assert (refused.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert f"{port} is not in the range 1<=x<=65535" in refused.output
