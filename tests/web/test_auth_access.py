"""What those who may open it are answered at every address of the room of persons.

That nobody else may is asked of every address of the portal in `test_access`.
"""

import re

import pytest

from auth.states import Area, Role, Standing
from make import holder, person

ANYBODY = "nobody"
PARTICIPANT = "participant"

OPEN = {ANYBODY: 200, PARTICIPANT: 200}
SIGNED_IN = {PARTICIPANT: 200, Role.ADMINISTRATOR: 200}
RESPONSIBLE = {Role.DIRECTOR: 200, Role.COORDINATOR: 200}
RESPONSIBLE_ELSEWHERE = {**RESPONSIBLE, Role.DIRECTOR: 404}
NO_NUMBER = {Role.DIRECTOR: 403, Role.COORDINATOR: 404}

SEEN = {
    "/logga-in": {ANYBODY: 200, PARTICIPANT: 302},
    "/logga-in/igen": SIGNED_IN,
    "/utloggad": OPEN,
    "/profil": SIGNED_IN,
    "/profil/inloggningar": SIGNED_IN,
    "/personer": RESPONSIBLE,
    "/personer/{near}": RESPONSIBLE,
    "/personer/{near}/bekrafta": RESPONSIBLE,
    "/personer/{near}/ratta": RESPONSIBLE,
    "/personer/{near}/personnummer": NO_NUMBER,
    "/personer/{far}": RESPONSIBLE_ELSEWHERE,
    "/personer/{far}/bekrafta": RESPONSIBLE_ELSEWHERE,
    "/personer/{far}/ratta": RESPONSIBLE_ELSEWHERE,
    "/personer/0": {Role.DIRECTOR: 404, Role.COORDINATOR: 404},
}
"""What those who may are answered where pages are read."""

EMPTY_FORM = {Role.DIRECTOR: 400, Role.COORDINATOR: 400}
SENT = {
    "/logga-in/demo": {ANYBODY: 503, PARTICIPANT: 503},
    "/logga-in/demo/igen": {PARTICIPANT: 503},
    "/logga-ut": {ANYBODY: 302, PARTICIPANT: 302},
    "/profil": {PARTICIPANT: 400},
    "/profil/inloggningar/avsluta-andra": {PARTICIPANT: 302},
    "/profil/inloggningar/0/avsluta": {PARTICIPANT: 404},
    "/personer/{near}/bekrafta": EMPTY_FORM,
    "/personer/{near}/ratta": EMPTY_FORM,
    "/personer/{near}/personnummer": NO_NUMBER,
    "/personer/{far}/bekrafta": {**EMPTY_FORM, Role.DIRECTOR: 404},
    "/personer/{far}/ratta": {**EMPTY_FORM, Role.DIRECTOR: 404},
}
"""What they are answered where an empty form is sent in. No provider answers in these tests."""


@pytest.fixture
def ask(app, sign_in, db):
    """The answer to somebody who holds one role; a director is responsible for Göteborg."""
    near, far = (person(db, area=area, standing=Standing.PENDING) for area in (Area.GOTEBORG, Area.SKARABORG))

    def asked(who: str, method: str, path: str) -> int:
        client = app.test_client()
        if who != ANYBODY:
            sign_in(client, person(db) if who == PARTICIPANT else holder(db, Role(who)))
        return client.open(path.format(near=near.id, far=far.id), method=method).status_code

    return asked


@pytest.mark.parametrize("path", SEEN)
def test_who_may_read_what(ask, path):
    assert {who: ask(who, "GET", path) for who in SEEN[path]} == SEEN[path]


@pytest.mark.parametrize("path", SENT)
def test_who_may_send_what(ask, path):
    assert {who: ask(who, "POST", path) for who in SENT[path]} == SENT[path]


def test_the_tables_name_every_route_of_the_room(app):
    def without_facts(path: str) -> str:
        for fact in ("{near}", "{far}", "0"):
            path = path.replace(f"/personer/{fact}", "/personer/<int:person_id>")
        path = path.replace("/inloggningar/0", "/inloggningar/<int:login_session_id>")
        return path.replace("/logga-in/demo", "/logga-in/<name>")

    # What is about an invitation, an identity or protection is asked for in test_access, by everybody.
    elsewhere = re.compile(r"/(inbjudan|samordning|profil/inloggningar/(bek|ny|satt)|personer/.*/skydd)")
    ours = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("auth.") and not elsewhere.match(rule.rule)
    ]
    # The answer of a provider has its own tests: what it gives depends on what it carries.
    read = {rule.rule for rule in ours if "GET" in rule.methods} - {"/logga-in/<name>/svar"}

    assert {without_facts(path) for path in SEEN} == read
    # No visitor sends what a provider says, and what it says is signed.
    sent = {rule.rule for rule in ours if "POST" in rule.methods} - {"/logga-ut/<name>/besked"}
    assert {without_facts(path) for path in SENT} == sent
