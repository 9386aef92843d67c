"""What all tests stand on: a real PostgreSQL and Redis, a transaction that is undone, a client, a counter."""

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from portals import PORTAL, SAFE, closed, made
from redis import Redis
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.orm import Session

from auth import login_sessions
from auth.models import Person
from auth.sso import clients
from lararportal import clock, schema
from lararportal.config import Settings
from lararportal.db import Database, connect
from lararportal.dev.postgres import FORGETFUL, Postgres
from lararportal.dev.redis import Redis as RedisServer
from lararportal.edge import Installation
from lararportal.providers import Provider

# How long one example takes says nothing on a machine that others use too.
hypothesis.settings.register_profile(
    "portal", deadline=None, max_examples=50, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("long", hypothesis.settings.get_profile("portal"), max_examples=2_500)
hypothesis.settings.load_profile("portal")

HERE = Path(__file__).parent
LONGEST = [
    HERE / each
    for each in ("browser", "jobs", "deeds/test_demo_term.py", "deeds/test_queues.py", "deeds/test_swap_rings.py")
]
"""Where tests take seconds."""

UNHURRIED = {f"pace_{kind}": "none none" for kind in ("pages", "forms", "files", "sign_ins")}
"""A test asks as one who never rests; how fast people may ask has tests of its own."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--golden-update",
        dest="golden_update",
        action="store_true",
        help="write the golden copies of the letters anew",
    )
    parser.addoption(
        "--pictures",
        action="store_true",
        help="keep pictures of the pages that the browser suite looks at, in screenshots/",
    )


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Five thousand tests come and none goes: there is nothing for the collector of garbage to find."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest begin: at the end the processes take tests from each other, and wait for no long one."""

    def place(item: pytest.Item) -> int:
        return next((number for number, each in enumerate(LONGEST) if item.path.is_relative_to(each)), len(LONGEST))

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """Takes out of the collector's sight what stays to the end: looking through it took a quarter of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


MEMORY = Path("/dev/shm")
ROOM = 4 * 2**30
"""Bytes; the servers of one process fill far less, and a machine that has not even that keeps its memory."""


def _quickest() -> Path | None:
    """A file system in memory: thousands of files come and go with each database, and none is missed."""
    return MEMORY if os.access(MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(MEMORY).free > ROOM else None


@pytest.fixture(scope="session")
def servers_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="lararportal-test-", dir=_quickest()))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_url(servers_folder: Path) -> Iterator[str]:
    """A real server; its database has every migration and no rows."""
    with Postgres(servers_folder / "postgres", configuration=FORGETFUL) as url:
        schema.upgrade(url)
        yield url


@pytest.fixture(scope="session")
def redis_url(servers_folder: Path) -> Iterator[str]:
    with RedisServer(servers_folder / "redis") as url:
        yield url


@pytest.fixture(scope="session")
def engine(postgres_url: str) -> Iterator[Engine]:
    engine = connect(postgres_url)
    event.listen(engine, "connect", _keep_what_is_prepared)
    yield engine
    engine.dispose()


def _keep_what_is_prepared(connection: Any, _record: object) -> None:
    """At each ROLLBACK psycopg forgets what it has prepared, in case a table was dropped: here none is, ever.

    All tests end with one: PostgreSQL would parse and plan everything for each of them, half of what it has to do.
    """
    connection.prepared_max = None
    connection._prepared.clear = lambda: False


@pytest.fixture(scope="session")
def copies(postgres_url: str) -> Iterator[Callable[..., str]]:
    """Makes another empty database with every migration, or one like another; all of them go with their server."""
    server = postgres_url.rpartition("/")[0]
    admin = connect(f"{server}/postgres")
    numbers = count(1)

    def copy(url: str = postgres_url) -> str:
        template = url.rpartition("/")[2]
        name = f"copy_{next(numbers)}"
        with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # By the log, as is usual, it takes three times as long.
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY = FILE_COPY'))
        return f"{server}/{name}"

    yield copy
    admin.dispose()


@pytest.fixture
def fresh_database_url(copies: Callable[[], str], engine: Engine) -> str:
    """A database of its own, for tests whose commits must be seen by other connections and processes."""
    engine.dispose()
    return copies()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """One connection in a transaction that is undone after the test."""
    with engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


@pytest.fixture
def database(connection: Connection) -> Database:
    """A database whose commits are savepoints in the test's transaction."""
    return Database(connection, portal_url=PORTAL, safe=SAFE)


@pytest.fixture
def db(connection: Connection) -> Iterator[Session]:
    """A session in the test's transaction; what it flushes, the client and the deeds see."""
    with Session(
        connection,
        join_transaction_mode="create_savepoint",
        expire_on_commit=False,
        info={"portal_url": PORTAL, "safe": SAFE},
    ) as session:
        yield session


@pytest.fixture(scope="session")
def usual_settings(postgres_url: str, redis_url: str) -> Settings:
    return Settings(
        env="development",
        secret_key="not a secret, only long enough for a test",
        data_keys=SAFE.ring,
        index_key=SAFE.index_key,
        database_url=postgres_url,
        redis_url=redis_url,
        base_url=PORTAL,
        providers=(
            Provider(
                name="demo",
                title="Demo",
                issuer="http://127.0.0.1:1",
                client_id="portal",
                client_secret="not a secret",
            ),
        ),
        smtp_url="smtp://127.0.0.1:1",
        mail_from="portal@example.org",
        **UNHURRIED,
    )


@pytest.fixture
def settings(usual_settings: Settings) -> Settings:
    return usual_settings


@pytest.fixture(scope="session")
def kept_redis(redis_url: str) -> Iterator[Redis]:
    """Connected once, since that takes longer than what most tests ask of it."""
    connection = Redis.from_url(redis_url)
    yield connection
    connection.close()


@pytest.fixture
def redis(kept_redis: Redis) -> Redis:
    """Empty."""
    kept_redis.flushdb()
    return kept_redis


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path:
    """Where the portals of one run keep the templates that one of them has compiled, whichever worker it is of."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if hasattr(pytestconfig, "workerinput") else own) / "compiled"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def installation(settings: Settings, database: Database, redis: Redis) -> Installation:
    """What a portal in the test's transaction works with."""
    return Installation(settings=settings, database=database, redis=redis)


@pytest.fixture
def own_app(installation: Installation, compiled: Path) -> Flask:
    """A portal for the test alone, which may add to it."""
    return made(installation, compiled=compiled)


@pytest.fixture(scope="session")
def app_of(engine: Engine, kept_redis: Redis, compiled: Path) -> Callable[[Settings], Flask]:
    """Portals by their settings, each made once, since that takes longer than most tests; none can be added to."""

    @cache
    def app_of(settings: Settings) -> Flask:
        database = Database(engine, portal_url=PORTAL, safe=SAFE)
        return closed(made(Installation(settings=settings, database=database, redis=kept_redis), compiled=compiled))

    return app_of


@pytest.fixture
def app(installation: Installation, usual_settings: Settings, app_of: Callable[[Settings], Flask]) -> Iterator[Flask]:
    """The portal in the test's transaction, which has heard nothing of a provider yet."""
    app = app_of(replace(installation.settings, providers=usual_settings.providers))
    configuration, before = app.config.copy(), app.extensions["lararportal"]
    app.extensions["lararportal"] = installation
    clients.init_app(app)
    yield app
    app.extensions["lararportal"] = before
    app.config.clear()
    app.config.update(configuration)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def now() -> datetime:
    """A Monday morning in January."""
    return clock.parse("2027-01-11T08:00")


@pytest.fixture
def sign_in(db: Session) -> Callable[[FlaskClient, Person], None]:
    """Signs a person in as a provider's answer would, at this very moment."""

    def begin(client: FlaskClient, person: Person) -> None:
        now = clock.now()
        token = login_sessions.begin(db, person_id=person.id, provider="demo", id_token="", proved_at=now, now=now)
        db.flush()
        with client.session_transaction() as cookie:
            cookie[login_sessions.COOKIE_KEY] = token

    return begin


@dataclass
class Queries:
    """The statements that a block of code sends, savepoints left out."""

    statements: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.statements)

    @property
    def apart(self) -> int:
        """The same where every table has a statement of its own: few rows are added together, many are not."""
        return sum(1 + each.count("(INSERT INTO ") for each in self.statements)

    def reset(self) -> None:
        self.statements.clear()


@pytest.fixture
def queries(engine: Engine) -> Iterator[Queries]:
    """Counts every statement from the moment the test asks for it; `reset()` begins anew."""
    counted = Queries()

    def note(_connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            counted.statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield counted
    event.remove(engine, "before_cursor_execute", note)
