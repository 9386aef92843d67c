"""PostgreSQL and Redis of our own: odd paths, killed parents, two starts at once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from redis import Redis as RedisClient
from redis.exceptions import AuthenticationError

from lararportal.config import from_environment
from lararportal.dev.data import Data
from lararportal.dev.portal import Addresses, environment
from lararportal.dev.postgres import FORGETFUL, Postgres
from lararportal.dev.program import CannotStart
from lararportal.dev.redis import Redis
from lararportal.dev.shelter import discard, private_folder, server_account

START_AND_WAIT = """
import sys, time
from pathlib import Path
from lararportal.dev.postgres import FORGETFUL, Postgres
from lararportal.dev.redis import Redis
folder = Path(sys.argv[1])
postgres, redis = Postgres(folder / "postgres", configuration=FORGETFUL), Redis(folder / "redis")
with postgres as url, redis as redis_url:
    print(url, redis_url, postgres.program.process.pid, redis.program.process.pid, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    discard_all(tmp_path)


@pytest.fixture(scope="module")
def used_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One in which a server has run already: making its data takes longer than most of these tests."""
    folder = tmp_path_factory.mktemp("used")
    with postgres(folder):
        pass
    yield folder
    discard_all(folder)


@pytest.fixture(scope="module")
def odd_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("odd")
    yield folder / "a folder with 'spaces'" / ("long" * 30)
    discard_all(folder)


@pytest.fixture(scope="module")
def url(odd_folder: Path) -> Iterator[str]:
    """A server that runs."""
    with postgres(odd_folder) as url:
        yield url


def discard_all(folder: Path) -> None:
    for link in folder.rglob("postgres"):
        discard(link)


def postgres(folder: Path) -> Postgres:
    return Postgres(folder / "postgres", configuration=FORGETFUL)


def answer(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
        return row[0] if row is not None else None


def wait_until(happened: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def test_a_folder_may_have_spaces_and_a_name_longer_than_a_socket_path(url: str) -> None:
    assert answer(url, "SELECT current_database()") == "lararportal"


def test_the_database_speaks_utf8_and_reckons_in_utc(url: str) -> None:
    assert answer(url, "SELECT pg_encoding_to_char(encoding) FROM pg_database LIMIT 1") == "UTF8"
    assert answer(url, "SELECT lower('ÅÄÖ')") == "åäö"
    assert answer(url, "SHOW timezone") == "UTC"
    assert answer(url, "SHOW fsync") == "off"


def test_the_database_wants_a_password(url: str) -> None:
    scheme, _, place = url.partition("://")
    stranger = f"{scheme}://lararportal:guess@{place.partition('@')[2]}"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(stranger)


def test_one_folder_has_one_server_at_a_time(odd_folder: Path, url: str, folder: Path) -> None:
    with pytest.raises(CannotStart, match="another process uses the PostgreSQL"):
        postgres(odd_folder).start()
    with Redis(folder / "redis"), pytest.raises(CannotStart, match="another process uses the Redis"):
        Redis(folder / "redis").start()


def test_what_is_committed_is_there_at_the_next_start(used_folder: Path) -> None:
    with postgres(used_folder) as url, psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    with postgres(used_folder) as url:
        assert answer(url, "SELECT answer FROM kept") == 42


def test_a_first_start_that_was_interrupted_is_begun_anew(used_folder: Path) -> None:
    home = (used_folder / "postgres").resolve()
    (home / "cluster").rename(home / "cluster.new")
    (home / "cluster.new" / "PG_VERSION").unlink()
    with postgres(used_folder) as url:
        assert answer(url, "SELECT 1") == 1


def test_a_server_whose_parent_is_killed_ends_and_the_next_start_goes_on(used_folder: Path) -> None:
    command = [sys.executable, "-c", START_AND_WAIT, str(used_folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        url, redis_url, *pids = parent.stdout.readline().split()
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE outlived AS SELECT 42 AS answer")
        assert RedisClient.from_url(redis_url).ping()
        parent.send_signal(signal.SIGKILL)
    with postgres(used_folder) as url, Redis(used_folder / "redis") as redis_url:
        assert answer(url, "SELECT answer FROM outlived") == 42
        with RedisClient.from_url(redis_url) as redis:
            assert redis.dbsize() == 0
    wait_until(lambda: not any(psutil.pid_exists(int(pid)) for pid in pids))


def test_a_number_that_now_belongs_to_another_program_is_left_alone(used_folder: Path) -> None:
    cluster = (used_folder / "postgres").resolve() / "cluster"
    (cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster}\n")
    with postgres(used_folder) as url:
        assert answer(url, "SELECT 1") == 1


def test_the_shelter_keeps_nothing_that_no_link_leads_to(folder: Path) -> None:
    abandoned, another = (folder / name / "postgres" for name in ("one", "two"))
    place = private_folder(abandoned, server_account(abandoned))
    assert place.exists()
    discard(abandoned)
    private_folder(another, server_account(another))
    assert not place.exists()


def test_redis_wants_a_password_and_keeps_nothing(folder: Path) -> None:
    with Redis(folder / "redis") as url:
        with RedisClient.from_url(url) as redis:
            redis.set("key", "value")
        guess = url.replace("redis://:", "redis://:x")
        with RedisClient.from_url(guess) as stranger, pytest.raises(AuthenticationError):
            stranger.ping()
    with Redis(folder / "redis") as url, RedisClient.from_url(url) as redis:
        assert redis.get("key") is None


def test_the_address_that_everybody_comes_from_is_counted_at_sign_ins_only(tmp_path: Path) -> None:
    data = Data(tmp_path / "data")
    addresses = Addresses("http://127.0.0.1:8000", provider_port=20_001, smtp_port=20_002)
    servers = {"DATABASE_URL": "postgresql:///none", "REDIS_URL": "redis://127.0.0.1:1"}
    settings = from_environment(environment(data, addresses) | servers)
    data.close()
    counted = {settings.pace_pages, settings.pace_forms, settings.pace_files}
    assert counted == {"300/minute none", "60/minute none", "20/minute none"}
    assert "none" not in settings.pace_sign_ins
