import pytest

from auth.states import Area, Role, Standing
from make import holder, person

ANYBODY = "nobody"
PARTICIPANT = "participant"
WHO = [ANYBODY, PARTICIPANT, *Role]

OPEN = dict.fromkeys(WHO, 200)
SIGNED_IN = {**dict.fromkeys(WHO, 200), ANYBODY: 302}
RESPONSIBLE = {**dict.fromkeys(WHO, 403), ANYBODY: 302, Role.DIRECTOR: 200, Role.COORDINATOR: 200}
RESPONSIBLE_ELSEWHERE = {**RESPONSIBLE, Role.DIRECTOR: 404}

SEEN = {
    "/logga-in": {**dict.fromkeys(WHO, 302), ANYBODY: 200},
    "/logga-in/igen": SIGNED_IN,
    "/utloggad": OPEN,
    "/profil": SIGNED_IN,
    "/profil/inloggningar": SIGNED_IN,
    "/personer": RESPONSIBLE,
    "/personer/{near}": RESPONSIBLE,
    "/personer/{near}/bekrafta": RESPONSIBLE,
    "/personer/{near}/ratta": RESPONSIBLE,
    "/personer/{far}": RESPONSIBLE_ELSEWHERE,
    "/personer/{far}/bekrafta": RESPONSIBLE_ELSEWHERE,
    "/personer/{far}/ratta": RESPONSIBLE_ELSEWHERE,
    "/personer/0": {**RESPONSIBLE, Role.DIRECTOR: 404, Role.COORDINATOR: 404},
}
"""What each role is answered where pages are read."""

EMPTY_FORM = {**RESPONSIBLE, Role.DIRECTOR: 400, Role.COORDINATOR: 400}
SENT = {
    "/logga-in/demo": dict.fromkeys(WHO, 503),
    "/logga-in/demo/igen": {**dict.fromkeys(WHO, 503), ANYBODY: 302},
    "/logga-ut": dict.fromkeys(WHO, 302),
    "/profil": {**dict.fromkeys(WHO, 400), ANYBODY: 302},
    "/profil/inloggningar/avsluta-andra": dict.fromkeys(WHO, 302),
    "/profil/inloggningar/0/avsluta": {**dict.fromkeys(WHO, 404), ANYBODY: 302},
    "/personer/{near}/bekrafta": EMPTY_FORM,
    "/personer/{near}/ratta": EMPTY_FORM,
    "/personer/{far}/bekrafta": {**EMPTY_FORM, Role.DIRECTOR: 404},
    "/personer/{far}/ratta": {**EMPTY_FORM, Role.DIRECTOR: 404},
}
"""What each role is answered where an empty form is sent in. No provider answers in these tests."""


@pytest.fixture
def ask(client, sign_in, db):
    """The answer to somebody who holds one role; a director is responsible for Göteborg."""
    near, far = (person(db, area=area, standing=Standing.PENDING) for area in (Area.GOTEBORG, Area.SKARABORG))

    def asked(who: str, method: str, path: str) -> int:
        if who != ANYBODY:
            sign_in(client, person(db) if who == PARTICIPANT else holder(db, Role(who)))
        return client.open(path.format(near=near.id, far=far.id), method=method).status_code

    return asked


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("path", SEEN)
def test_who_may_read_what(ask, who, path):
    assert ask(who, "GET", path) == SEEN[path][who]


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("path", SENT)
def test_who_may_send_what(ask, who, path):
    assert ask(who, "POST", path) == SENT[path][who]


def test_the_tables_name_every_route_of_the_room(app):
    def without_facts(path: str) -> str:
        for fact in ("{near}", "{far}", "0"):
            path = path.replace(f"/personer/{fact}", "/personer/<int:person_id>")
        path = path.replace("/inloggningar/0", "/inloggningar/<int:login_session_id>")
        return path.replace("/logga-in/demo", "/logga-in/<name>")

    ours = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("auth.")]
    # The answer of a provider has its own tests: what it gives depends on what it carries.
    read = {rule.rule for rule in ours if "GET" in rule.methods} - {"/logga-in/<name>/svar"}

    assert {without_facts(path) for path in SEEN} == read
    # No visitor sends what a provider says, and what it says is signed.
    sent = {rule.rule for rule in ours if "POST" in rule.methods} - {"/logga-ut/<name>/besked"}
    assert {without_facts(path) for path in SENT} == sent
