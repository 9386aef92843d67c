"""What a browser carries for a sign-in, and the page where somebody sees where they are signed in and ends it."""

from dataclasses import replace

from auth import login_sessions
from lararportal import clock
from lararportal.app import create_app
from make import person

HERE = "https://portal.test"


def test_the_cookie_is_of_this_host_alone_and_one_that_a_neighbour_planted_is_worth_nothing(app, settings, db):
    outside = replace(settings, env="production", base_url=HERE)
    client = create_app(outside, replace(app.extensions["lararportal"], settings=outside)).test_client()
    token = login_sessions.begin(db, person_id=person(db).id, provider="demo", id_token="", now=clock.now())
    db.flush()
    with client.session_transaction(base_url=HERE) as carried:
        carried[login_sessions.COOKIE_KEY] = token
    answer = client.get("/profil", base_url=HERE)
    name, _, rest = answer.headers["Set-Cookie"].partition("=")
    value, *said = rest.split("; ")

    assert (answer.status_code, name) == (200, "__Host-session")
    assert said == ["Secure", "HttpOnly", "Path=/", "SameSite=Lax"]
    client.delete_cookie(name, domain="portal.test")
    client.set_cookie("session", value, domain="portal.test", secure=True)
    assert client.get("/profil", base_url=HERE).status_code == 302
