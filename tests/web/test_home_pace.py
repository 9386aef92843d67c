"""How fast somebody may ask, so that one who hurries, or a program, takes nothing from the others."""

import gc
import socket
import time
from dataclasses import fields, replace
from functools import partial

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

import make
from auth.login_sessions import COOKIE_KEY
from lararportal import pace
from lararportal.app import create_app
from lararportal.config import Settings
from lararportal.db import Database
from lararportal.edge import Installation

SLOW = {f"pace_{kind}": "3/minute 6/minute" for kind in pace.KINDS}
USUAL = {each.name: each.default for each in fields(Settings) if each.name in SLOW}
SOMEWHERE, ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}, {"REMOTE_ADDR": "192.0.2.8"}


@pytest.fixture(scope="module")
def slow_portal(usual_settings, engine, kept_redis):
    """One for all, since what it has counted is in Redis and goes with the test."""
    slow = replace(usual_settings, **SLOW)
    database = Database(engine, portal_url=slow.base_url, safe=slow.safe)
    return create_app(slow, Installation(settings=slow, database=database, redis=kept_redis))


@pytest.fixture
def hurried(slow_portal, database, redis, sign_in, monkeypatch):
    """Browsers of a portal with low limits, each of somebody who has signed in, or of nobody."""
    app = slow_portal
    place = replace(app.extensions["lararportal"], database=database, redis=redis)
    monkeypatch.setitem(app.extensions, "lararportal", place)

    def browser(person=None):
        client = app.test_client()
        if person is not None:
            sign_in(client, person)
        return client

    return browser


def statuses(client, method, path, times, *, at=SOMEWHERE):
    return [client.open(path, method=method, environ_base=at).status_code for _ in range(times)]


def signed_in(hurried, person):
    """A browser with the cookie of a sign-in by a provider, which says whose it is."""
    client = hurried(person)
    with client.session_transaction() as cookie:
        cookie["csrf_token"] = f"{person.id}-proof"
    return client


def count(name: str, **labels) -> float:
    return REGISTRY.get_sample_value(f"lararportal_{name}_total", labels) or 0


@pytest.mark.parametrize(
    ("said", "answers"),
    [("none 4/minute", [200] * 4 + [429]), ("4/minute none", [200] * 4 + [429]), ("none none", [200] * 5)],
)
def test_where_settings_name_no_limit_nobody_is_counted(settings, database, redis, db, sign_in, said, answers):
    settings = replace(settings, pace_pages=said)
    client = create_app(settings, Installation(settings=settings, database=database, redis=redis)).test_client()
    sign_in(client, make.person(db))
    with client.session_transaction() as cookie:
        cookie["csrf_token"] = "proof"

    assert statuses(client, "GET", "/mina-kurser", 5) == answers
    assert bool(redis.keys("LIMITS*")) == (said != "none none")


def test_who_hurries_is_told_when_to_come_back_and_the_others_of_a_hospital_are_not(db, hurried):
    anna, bo = hurried(make.person(db)), hurried(make.person(db))
    before = count("too_fast", kind="pages", whose="person")

    assert statuses(anna, "GET", "/mina-kurser", 3) == [200, 200, 200]
    with capture_logs() as logs:
        answer, _again = (anna.get("/mina-kurser", environ_base=SOMEWHERE) for _ in range(2))
    assert [(each["event"], each["limit"], each["person"] is None) for each in logs] == [
        ("too fast", "pages:person", False)
    ]
    assert (answer.status_code, 1 <= int(answer.headers["Retry-After"]) <= 60) == (429, True)
    assert "<h1>Det kom för många försök på kort tid</h1>" in answer.text
    assert f"Du kan försöka igen om {answer.headers['Retry-After']} sekund" in answer.text
    assert count("too_fast", kind="pages", whose="person") == before + 2
    assert statuses(bo, "GET", "/mina-kurser", 2) == [200, 200]


def test_whoever_has_signed_in_anew_has_not_begun_anew(db, hurried):
    browser = partial(signed_in, hurried, make.person(db))

    assert statuses(browser(), "GET", "/om", 3) == [200, 200, 200]
    assert statuses(browser(), "GET", "/om", 1) == [429]


def test_who_has_an_old_cookie_of_somebody_makes_them_wait_nowhere_else(db, hurried):
    anna = make.person(db)
    own, stolen = signed_in(hurried, anna), signed_in(hurried, anna)
    with stolen.session_transaction() as cookie:
        cookie[COOKIE_KEY] = "ended"

    assert statuses(stolen, "GET", "/om", 4, at=ELSEWHERE) == [200, 200, 200, 429]
    assert statuses(own, "GET", "/mina-kurser", 3) == [200, 200, 200]


def test_all_at_one_address_wait_together_and_nobody_elsewhere(hurried):
    assert statuses(hurried(), "GET", "/kurser", 7) == [*[200] * 6, 429]
    assert statuses(hurried(), "GET", "/finns-inte", 1) == [429]
    assert statuses(hurried(), "GET", "/kurser", 1, at=ELSEWHERE) == [200]


@pytest.mark.parametrize(
    ("address", "neighbour", "is_waiting"),
    [
        ("2001:db8:1:2::3", "2001:db8:1:2:ffff::4", True),
        ("2001:db8:1:2::3", "2001:db8:1:3::3", False),
        ("::ffff:192.0.2.3", "::ffff:192.0.2.4", False),
        ("::ffff:192.0.2.3", "192.0.2.3", True),
    ],
)
def test_of_a_long_address_the_network_counts_unless_it_is_a_short_one(hurried, address, neighbour, is_waiting):
    statuses(hurried(), "GET", "/om", 6, at={"REMOTE_ADDR": address})

    assert (statuses(hurried(), "GET", "/om", 1, at={"REMOTE_ADDR": neighbour}) == [429]) is is_waiting


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("GET", "/logga-in/demo/svar", "sign_ins"),
        ("POST", "/logga-in/demo", "sign_ins"),
        ("POST", "/logga-ut/demo/besked", "sign_ins"),
        ("GET", "/inbjudan/abc", "sign_ins"),
        ("POST", "/inbjudan/abc/demo", "sign_ins"),
        ("POST", "/tillfallen/1/boka", "forms"),
        ("POST", "/mina-kurser", "forms"),
        ("GET", "/samordning/fakturaunderlag.xlsx", "files"),
        ("GET", "/regler/omgang/1/verifiering.json", "files"),
        ("GET", "/tillfallen/1/kalender.ics", "files"),
        ("GET", "/profil/mina-uppgifter.json", "files"),
    ],
)
def test_each_kind_is_counted_for_itself_and_without_any_proof(hurried, method, path, kind):
    before = count("too_fast", kind=kind, whose="address")

    assert 429 not in statuses(hurried(), method, path, 6)
    assert statuses(hurried(), method, path, 1) == [429]
    assert count("too_fast", kind=kind, whose="address") == before + 1
    assert statuses(hurried(), "GET", "/om", 1) == [200]


def test_who_watches_is_not_counted_nor_are_static_files(hurried):
    assert statuses(hurried(), "GET", "/healthz", 8) == [200] * 8
    assert {hurried().get("/static/portal.css", buffered=True).status_code for _ in range(8)} == {200}


def test_what_is_counted_apart_is_there(app):
    assert (pace.SIGN_INS | pace.FILES | pace.NOT_COUNTED) - app.view_functions.keys() == set()


def test_while_redis_is_away_everybody_is_let_in_and_that_is_said(settings, database, redis):
    gone = replace(settings, **SLOW, redis_url="redis://127.0.0.1:1/0")
    client = create_app(gone, Installation(settings=gone, database=database, redis=redis)).test_client()
    before = count("not_counted", why="away")

    with capture_logs() as logs:
        assert statuses(client, "GET", "/om", 8) == [200] * 8

    assert [entry["event"] for entry in logs] == ["limits not counted"]
    assert count("not_counted", why="away") == before + 8


def test_nobody_waits_long_for_a_redis_that_does_not_answer(settings, database, redis):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mute = replace(settings, **SLOW, redis_url=f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        client = create_app(mute, Installation(settings=mute, database=database, redis=redis)).test_client()
        begun = time.monotonic()
        assert statuses(client, "GET", "/om", 8) == [200] * 8

    assert time.monotonic() - begun < 2


def test_six_hundred_doctors_of_one_hospital_may_do_all_at_once_what_they_came_for():
    """As `make bench-load` has them: a page every twenty seconds; and at eight o'clock they all sign in."""
    usual = {name: [pace.Limit.of(each) for each in text.split()] for name, text in USUAL.items()}
    doctors, in_a_minute = 600, 60

    assert {each.seconds for pair in usual.values() for each in pair} == {in_a_minute}
    assert usual["pace_sign_ins"][1].amount >= 2 * doctors
    assert usual["pace_pages"][1].amount >= 4 * (in_a_minute // 20) * doctors
    assert usual["pace_forms"][1].amount >= 4 * doctors


def test_all_limits_of_a_request_are_one_question(settings, database, redis, db, sign_in):
    """It was a sixth of a short page when person and address were counted one after the other."""
    settings = replace(settings, **USUAL)
    app = create_app(settings, Installation(settings=settings, database=database, redis=redis))
    browser = app.test_client()
    sign_in(browser, make.person(db))
    sent, pool = [], app.extensions["pace"].redis.connection_pool
    browser.get("/om")
    [connection] = pool._available_connections
    send = connection.send_packed_command
    connection.send_packed_command = lambda *packed, **rest: (sent.append(packed), send(*packed, **rest))[1]

    assert browser.get("/om").status_code == 200
    assert len(sent) == 1


def test_a_portal_that_nobody_needs_any_more_leaves_no_connection_open(settings, database, redis):
    settings = replace(settings, **USUAL)
    app = create_app(settings, Installation(settings=settings, database=database, redis=redis))
    assert app.test_client().get("/om").status_code == 200
    held = app.extensions["pace"].redis.connection_pool
    assert [each.is_connected for each in held._available_connections] == [True]

    del app
    gc.collect()

    assert [each.is_connected for each in held._available_connections] == [False]
