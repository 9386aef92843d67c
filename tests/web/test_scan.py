"""The portal as a scanner sees it: every form without its proof, with an old sign-in, and with anything in it."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest
from access_ground import everything
from access_walk import DEVELOPERS, IN_ADDRESS, Browsers, filled
from access_words import COORDINATOR, DIRECTOR, FRESH, LEADER, NOBODY, PENDING, RESIDENT, WHO, said
from bookings_room import AFTER
from common_ground import laid
from house.reading import product
from scanning import IN_PATHS, TEXTS, all_but_one, encoded, faults, filled_with, in_parts, sheets

SAID = said()
WITHOUT_PROOF = {"/logga-ut/<name>/besked"}
"""A server sends it, and what is in it is signed."""

ASKERS = (RESIDENT, COORDINATOR, DIRECTOR, LEADER, PENDING, NOBODY)
FORM = "application/x-www-form-urlencoded"
PROVIDER_AWAY = {
    "/inbjudan/<token>/<name>",
    "/logga-in/<name>",
    "/logga-in/<name>/igen",
    "/logga-ut/<name>/besked",
    "/profil/inloggningar/ny/<name>",
    "/readyz",
}
"""No provider answers in these tests and no tick has run, and that is what they say."""

ASKED_FOR = re.compile(r'request\.(?:args|form|values)(?:\.get\w*)?[\[(]"(\w+)"')
FIELD = re.compile(r"^    (\w+) = \w*Field\(", re.MULTILINE)
SOURCES = [source.text for source in product() if "/dev/" not in source.path]
ARGUMENTS = sorted({name for text in SOURCES for name in ASKED_FOR.findall(text)} | {"fran", "till"})
FIELDS = sorted({name for text in SOURCES for name in (*FIELD.findall(text), *ASKED_FOR.findall(text))})
"""Every name that any view reads: which view it is does not matter to who sends anything."""


@pytest.fixture(scope="module")
def ground(engine):
    with laid(engine, everything) as ground:
        yield ground


@pytest.fixture
def connection(ground):
    with ground.lent() as connection:
        yield connection


def askers(method: str, address: str, *, among: tuple[str, ...] = ASKERS) -> list[str]:
    """Those who may, in order."""
    kind = SAID[method, address]
    return [who for who in among if kind.cell(who) not in ("-", "sign in")]


def addresses(method: str) -> list[str]:
    return [address for asked, address in SAID if asked == method and address not in DEVELOPERS]


def test_no_form_is_taken_without_the_proof_that_a_page_of_ours_sent_it(app, ask, names, queries):
    app.config["WTF_CSRF_ENABLED"] = True
    may = {address: askers("POST", address, among=WHO)[0] for address in addresses("POST")}
    for who in set(may.values()):
        ask(who, "GET", "/healthz")
    queries.reset()
    answers = {}
    for address, who in may.items():
        answers[address] = ask(who, "POST", filled(address, {}, names), **dict.fromkeys(FIELDS[:5], "1"))

    taken = {address for address, answer in answers.items() if "<h1>Det gick inte att läsa det" not in answer.text}
    assert (len(answers) > 60, taken) == (True, WITHOUT_PROOF)
    assert {answer.status_code for answer in answers.values()} - {400} == {503}
    assert answers["/logga-ut/<name>/besked"].status_code == 503
    assert app.extensions["csrf"]._exempt_views == {"auth.views.signing_in.told_of_sign_out"}
    written = [each for each in queries.statements if each.startswith(("INSERT", "DELETE", "UPDATE"))]
    assert [each for each in written if "login_sessions" not in each] == []


def test_who_proved_long_ago_who_they_are_is_asked_anew_wherever_that_is_said(app, db, connection, ground, names):
    ask = Browsers(app, db, connection, ground.made, proved_at=AFTER - timedelta(hours=1))
    asked = [(who, *each) for each in SAID if each[1] in FRESH for who in askers(*each, among=WHO)]

    heard = {each: ask(each[0], each[1], filled(each[2], {}, names)).location for each in asked}

    assert len(heard) >= 18
    assert {each: where for each, where in heard.items() if not where.startswith("/logga-in/igen?next=/")} == {}


def sent(
    ask: Browsers, names: dict[str, int | str], start: int, per_address: int
) -> Iterator[tuple[tuple, list[str]]]:
    """What was sent and what is wrong with the answer: `per_address` times everything that can be sent there."""
    numbers = count(start)
    for method, address in SAID:
        for who in askers(method, address)[:1]:
            for _ in range(per_address if address not in DEVELOPERS else 0):
                for path, body, kind in things(ask, who, method, address, names, next(numbers)):
                    answer = ask.send(who, method, path, data=body, content_type=kind)
                    found = [*faults(answer)]
                    if answer.status_code == 503 and address not in PROVIDER_AWAY:
                        found.append("answers 503")
                    yield (who, method, path[:300], body[:3000]), found


def things(ask, who, method, address, names, number) -> Iterator[tuple[str, bytes, str]]:
    """Path, body and type of what is sent to one address: most is a form, and some has files or JSON for texts."""
    path = filled(address, {}, names)
    if method == "GET":
        yield f"{path.partition('?')[0]}?{encoded(filled_with(ARGUMENTS, number)).decode()}", b"", FORM
    else:
        fields = filled_with(FIELDS, number)
        yield (
            path,
            *(as_files(fields) if number % 4 == 0 else as_json(fields) if number % 4 == 2 else as_form(fields)),
        )
        for sheet in own_sheets(ask, who, address, path) if number % 2 else []:
            yield path, *as_form(all_but_one(sheet, number))
    if "<" in address and method == "GET" and number % 2:
        odd = IN_PATHS[number % len(IN_PATHS)]
        yield IN_ADDRESS.sub(lambda _part: odd, address), b"", FORM


def as_form(fields: dict[str, list[str]]) -> tuple[bytes, str]:
    return encoded(fields), FORM


def as_files(fields: dict[str, list[str]]) -> tuple[bytes, str]:
    """Every second text comes as a file; no more parts than are read."""
    parts = [(name, values[0]) for name, values in fields.items()][:90]
    return in_parts(parts), "multipart/form-data; boundary=x"


def as_json(fields: dict[str, list[str]]) -> tuple[bytes, str]:
    return json.dumps({name: [len(values), *values] for name, values in fields.items()}).encode(), "application/json"


def own_sheets(ask, who, address, path) -> list[dict[str, list[str]]]:
    """The form that stands on the page with the same address, as it stands there."""
    if ("GET", address) not in SAID:
        return []
    page = ask(who, "GET", path)
    return [
        sheet.fields for sheet in sheets(path, page.text) if sheet.path == path.partition("?")[0] and sheet.fields
    ][:1]


def test_whatever_is_sent_is_answered_without_a_fault_of_ours(ask, names):
    answers = dict(sent(ask, names, 0, 1))

    assert len(answers) > 190
    assert {each: found for each, found in answers.items() if found} == {}


@pytest.mark.long
@pytest.mark.parametrize("start", range(0, 10 * len(TEXTS), len(TEXTS)))
def test_thousands_of_things_are_answered_without_a_fault_of_ours(ask, names, start):
    answers = dict(sent(ask, names, start * 11, 3))

    assert {each: found for each, found in answers.items() if found} == {}
