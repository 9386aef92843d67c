"""What pages are put together from is made once, and says what it would say if it were made each time."""

from flask import Flask, url_for


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
