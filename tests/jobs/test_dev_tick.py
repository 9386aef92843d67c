"""The tick as a process that goes on: told to stop in the middle of many letters."""

import os
import socket
import subprocess
import sys
import time
from collections import Counter
from email import message_from_bytes
from pathlib import Path

from sqlalchemy import func, select

from lararportal import clock
from lararportal.config import Settings
from lararportal.db import Database, connect
from lararportal.dev.program import Program, free_port
from lararportal.heartbeat import last_beat
from lararportal.outbox import Letter, LetterState

ROOT = Path(__file__).parent.parent.parent
LETTERS = 400


def queue_letters(database: Database) -> None:
    now = clock.now()
    with database.transaction() as db:
        for number in range(LETTERS):
            db.add(
                Letter(
                    once=str(number),
                    occasion="test",
                    person_id=number,
                    address=f"doctor{number}@example.org",
                    subject="Subject",
                    body="Text\n",
                    calendars=[],
                    message_id=f"<{number}@test>",
                    created_at=now,
                    next_attempt_at=now,
                )
            )


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def sent(database: Database) -> int:
    with database.transaction() as db:
        return db.scalar(select(func.count()).where(Letter.state == LetterState.SENT)) or 0


def test_a_tick_told_to_stop_begins_no_further_letter_and_the_next_sends_the_rest(
    settings: Settings, fresh_database_url: str, tmp_path: Path
) -> None:
    port, folder = free_port(), tmp_path / "letters"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("LARARPORTAL_")},
        "DATABASE_URL": fresh_database_url,
        "REDIS_URL": settings.redis_url,
        "LARARPORTAL_SECRET_KEY": settings.secret_key,
        "LARARPORTAL_BASE_URL": settings.base_url,
        "LARARPORTAL_SMTP_URL": f"smtp://127.0.0.1:{port}",
        "LARARPORTAL_MAIL_FROM": settings.mail_from,
        "LARARPORTAL_PROVIDERS": '[{"name": "p", "title": "P", "issuer": "http://127.0.0.1:1", '
        '"client_id": "c", "client_secret": "s"}]',
    }
    sink = Program(
        name="sink",
        command=[sys.executable, "-m", "lararportal.dev.sink", f"--port={port}", f"--folder={folder}"],
        log=tmp_path / "log",
        directory=ROOT,
    )
    sink.start()
    while not answers(port):
        assert sink.is_running, sink.last_lines()
        time.sleep(0.05)
    engine = connect(fresh_database_url)
    database = Database(engine, portal_url=settings.base_url)
    queue_letters(database)
    command = [sys.executable, "-m", "lararportal.cli", "tick"]
    with subprocess.Popen([*command, "--every=1"], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as tick:
        end = time.monotonic() + 60
        while not folder.exists() or len(list(folder.glob("*.eml"))) < 5:
            assert time.monotonic() < end, sink.last_lines()
            time.sleep(0.01)
        tick.terminate()
        assert tick.wait(20) == 0
    so_far = sent(database)
    assert 0 < so_far < LETTERS
    assert len(list(folder.glob("*.eml"))) == so_far
    with database.transaction() as db:
        assert last_beat(db, "tick") is not None
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    received = Counter(message_from_bytes(path.read_bytes())["Message-ID"] for path in folder.glob("*.eml"))
    assert received == Counter(f"<{number}@test>" for number in range(LETTERS))
    engine.dispose()
    sink.stop()
