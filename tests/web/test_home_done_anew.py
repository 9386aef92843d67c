"""A request whose work the database undoes begins anew, as if it had just come; unless something is done already."""

from collections.abc import Callable
from dataclasses import replace

import click
import pytest
from click.testing import CliRunner
from flask import Flask, flash, redirect, request, session
from sqlalchemy import event, select

from auth.access import public
from auth.models import Person
from lararportal import edge
from lararportal.cli import Portal
from lararportal.db import Database, Patience
from lararportal.edge import Installation
from lararportal.errors import Unclear, Undone
from make import person

TWICE = Patience(attempts=2, first_rest=0.001)


@pytest.fixture
def installation(installation: Installation, connection) -> Installation:
    return replace(installation, database=Database(connection, portal_url="http://p", patience=TWICE))


@pytest.fixture
def ask(own_app: Flask) -> Callable:
    """Makes a page of a view, and opens it."""

    def opened(view: Callable):
        own_app.add_url_rule("/test", "test", public(view), methods=["POST"])
        return own_app.test_client().post("/test", data={"field": "text"})

    return opened


def test_it_begins_anew_with_the_form_and_the_cookie_that_the_browser_sent(ask: Callable):
    seen = []

    def view():
        seen.append((request.form["field"], dict(session)))
        session["kept"] = "from the first attempt"
        flash("seat_booked")
        if len(seen) == 1:
            raise Undone("race")
        return redirect("/")

    answer = ask(view)

    assert answer.status_code == 302
    assert seen == [("text", {}), ("text", {})]


def test_a_message_of_an_undone_attempt_is_not_shown(ask: Callable, own_app: Flask):
    attempts = []

    def view() -> str:
        attempts.append(1)
        flash(f"said {len(attempts)}")
        if len(attempts) == 1:
            raise Undone("race")
        return ""

    with own_app.test_client() as browser:
        own_app.add_url_rule("/test", "test", public(view))
        browser.get("/test")
        with browser.session_transaction() as kept:
            assert [text for _, text in kept["_flashes"]] == ["said 2"]


def test_a_page_that_fails_after_the_deed_does_not_do_the_deed_again(ask: Callable, db):
    done = []

    def view() -> str:
        with edge.deed() as own:
            done.append(person(own).id)
        raise Undone("connection")

    answer = ask(view)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "<h1>Det är gjort, men sidan kunde inte visas</h1>" in answer.text
    assert list(db.scalars(select(Person.id))) == done


def test_who_has_used_up_what_another_server_gives_once_does_only_the_deed_anew(ask: Callable):
    views, deeds = [], []

    def work(_db) -> None:
        deeds.append(1)
        if len(deeds) != 2:
            raise Undone("connection")

    def view():
        views.append(1)
        edge.do(work)
        edge.do(work)

    answer = ask(view)

    assert (len(views), len(deeds)) == (1, 4)
    assert "<h1>Det är gjort, men sidan kunde inte visas</h1>" in answer.text


@pytest.mark.parametrize("fault", [Undone("connection"), Unclear()], ids=["undone", "unclear"])
def test_a_command_says_it_in_a_sentence(fault: Exception):
    @click.group(cls=Portal)
    def main() -> None:
        pass

    @main.command()
    def fail() -> None:
        raise fault

    result = CliRunner().invoke(main, ["fail"])

    assert (result.exit_code, result.output) == (1, f"Error: {fault}\n")


def test_a_page_is_read_in_one_transaction(client, db, sign_in, engine):
    """Visitor, page and what its template asks for; each of its own took a tenth of a page's time."""
    begun = []
    sign_in(client, person(db))
    event.listen(engine, "savepoint", note := lambda *_: begun.append(1))
    try:
        assert client.get("/").status_code == 200
    finally:
        event.remove(engine, "savepoint", note)

    assert len(begun) == 1
