"""What pages are put together from is made once, and says what it would say if it were made each time."""

from datetime import date

from flask import Flask, url_for
from jinja2 import Environment, Template

import make
from lararportal.parting import lay_out


def test_a_page_has_the_addresses_that_flask_makes(app: Flask):
    asked = [
        ("home.start", {}),
        ("catalogue.session", {"session_id": 1}),
        ("courses_desk.all_sessions", {"nar": True}),
        ("courses_desk.all_sessions", {"nar": 1}),
        ("courses_desk.all_sessions", {"nar": None}),
        ("catalogue.courses", {"_anchor": "sök"}),
        ("static", {"filename": "portal.css"}),
    ]
    shown = app.jinja_env.globals["url_for"]
    with app.test_request_context("/kurser"):
        assert [[shown(name, **values) for name, values in asked] for _ in range(2)] == [
            [url_for(name, **values) for name, values in asked]
        ] * 2


def test_an_address_that_depends_on_who_asks_is_made_for_each(app: Flask):
    shown = app.jinja_env.globals["url_for"]
    for host in ("127.0.0.1", "localhost"):
        with app.test_request_context("/kurser", base_url=f"http://{host}"):
            assert shown("home.start", _external=True) == f"http://{host}/"
            assert shown(".courses") == "/kurser"


def test_what_a_template_imports_is_made_once(app: Flask):
    page, macros = (app.jinja_env.get_template(name) for name in ("courses/session.html", "components.html"))

    assert page.globals is macros.globals is app.jinja_env.globals


def test_what_hundreds_ask_for_at_once_is_compiled_before_processes_part(own_app, db, visit, now, monkeypatch):
    asked, get_template = set(), Environment.get_template
    full = make.session(db, days=[date(2027, 4, 10)], of=make.course(db, seats=1))
    visitors = [visit(make.person(db), of=own_app) for _ in range(2)]

    def told(environment: Environment, name: str | Template, *rest: object) -> Template:
        asked.add((id(environment), str(name)))
        return get_template(environment, name, *rest)

    monkeypatch.setattr(Environment, "get_template", told)
    lay_out(own_app)
    laid_out = frozenset(asked)
    asked.clear()
    for browser in visitors:
        assert browser.get(f"/tillfallen/{full.id}").status_code == 200
        assert browser.post(f"/tillfallen/{full.id}/boka").status_code == 302
        assert browser.get(f"/tillfallen/{full.id}").status_code == 200

    late = {name for _, name in asked - laid_out if not name.startswith(("words/", "sentences/"))}
    assert late == set()
    names = {name for _, name in asked}
    assert names > {"courses/session.html", "letters/seat_booked.txt", "letters/place_in_line.txt"}
