"""The portal in processes of its own and a real Chromium; everything listens on 127.0.0.1 and ends with the tests."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from portals import KEYS, SAFE
from sqlalchemy import Engine, text

from browser.browsing import (
    FLAGS,
    PATIENCE,
    House,
    Visit,
    chromium,
    environment,
    provider_settings,
    visiting,
    wait_for,
)
from browser.stage import Stage, empty
from browser.world import World, populate
from lararportal.db import Database, connect
from lararportal.dev.people import OTHER_HOST
from lararportal.dev.program import free_port

DATABASE = "browser"
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = str(Path(__file__).parent)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_database_url(postgres_url: str, engine: Engine) -> Iterator[str]:
    """A database with every migration and no rows, whose commits the running portal sees."""
    engine.dispose()
    server, _, template = postgres_url.rpartition("/")
    admin = connect(f"{server}/postgres")
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'CREATE DATABASE "{DATABASE}" TEMPLATE "{template}" STRATEGY = FILE_COPY'))
    yield f"{server}/{DATABASE}"
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'DROP DATABASE "{DATABASE}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture(scope="session")
def pictures(request: pytest.FixtureRequest) -> Path | None:
    """Where pictures of the pages are kept, if somebody wants them."""
    if not request.config.getoption("--pictures"):
        return None
    folder = request.config.rootpath / "screenshots"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def house(
    browser_database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory, pictures: Path | None
) -> Iterator[House]:
    """The portal with its sign-in provider. Worker and mail sink are started by the tests that need them."""
    folder = tmp_path_factory.mktemp("browser")
    portal, provider, smtp = (free_port() for _ in range(3))
    url, issuer = f"http://127.0.0.1:{portal}", f"http://127.0.0.1:{provider}"
    other_issuer = f"http://{OTHER_HOST}:{provider}"
    house = House(
        url=url,
        issuer=issuer,
        other_issuer=other_issuer,
        database=Database(connect(browser_database_url), portal_url=url, safe=SAFE),
        letters=folder / "letters",
        logs=folder,
        pictures=pictures,
        environment=environment(
            LARARPORTAL_ENV="development",
            LARARPORTAL_SECRET_KEY="not a secret, only long enough for a test",
            **KEYS,
            LARARPORTAL_BASE_URL=url,
            LARARPORTAL_PROVIDERS=provider_settings(issuer, other_issuer),
            LARARPORTAL_SMTP_URL=f"smtp://127.0.0.1:{smtp}",
            LARARPORTAL_MAIL_FROM="Lärportalen <kurser@example.org>",
            LARARPORTAL_LETTERS_DIR=str(folder / "letters"),
            # A walk through all pages asks quicker than anybody reads.
            LARARPORTAL_PACE_PAGES="none none",
            DATABASE_URL=browser_database_url,
            # Beside the database that other tests empty.
            REDIS_URL=f"{redis_url.rpartition('/')[0]}/1",
        ),
    )
    house.letters.mkdir()
    try:
        asked = house.start("provider", "lararportal.dev.provider", f"--port={provider}")
        web = house.start("web", "lararportal.cli", "web", f"--port={portal}", "--workers=2")
        wait_for(issuer, asked)
        wait_for(f"{url}/healthz", web)
        yield house
    finally:
        house.stop()


@pytest.fixture(scope="module")
def world(house: House) -> World:
    """Rows around today in every state, and the demonstration people among them; nothing of an earlier module."""
    empty(house)
    return populate(house)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """For this folder alone: while Playwright is at work, no other test of the process can run an event loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def shared_visit(house: House, browser: Browser) -> Iterator[Visit]:
    """One page that many come to, one after the other: opening it takes longer than most of them stay."""
    with visiting(house, browser) as visit:
        yield visit


@pytest.fixture
def visit(shared_visit: Visit) -> Visit:
    """Somebody who has not signed in."""
    shared_visit.forget()
    return shared_visit


@pytest.fixture
def visit_without_script(house: House, browser: Browser) -> Iterator[Visit]:
    """The same with JavaScript switched off."""
    with visiting(house, browser, java_script_enabled=False) as visit:
        yield visit


@pytest.fixture(scope="session")
def sink(house: House) -> None:
    """The mail sink, ready to take letters."""
    port = urlsplit(house.environment["LARARPORTAL_SMTP_URL"]).port
    program = house.start("sink", "lararportal.dev.sink", f"--folder={house.letters}", f"--port={port}")
    while program.is_running:
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise AssertionError(program.last_lines())


@pytest.fixture(params=["with script", pytest.param("without script", marks=pytest.mark.long)])
def stage(house: House, browser: Browser, sink: None, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """The portal as on its first day, for one story, with JavaScript and without; empty again afterwards."""
    scripted = request.param == "with script"
    empty(house)
    with ExitStack() as visits:
        yield Stage(
            house=house,
            enter=lambda: visits.enter_context(visiting(house, browser, java_script_enabled=scripted)),
            pictures="story" if scripted else "",
        )
    empty(house)
