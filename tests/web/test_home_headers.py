"""What every answer tells browsers, so that a page that was tampered with can do little."""

import re
from dataclasses import replace

import pytest
from house.reading import ROOT

import make
from lararportal import headers, pages
from lararportal.app import create_app
from lararportal.edge import Installation
from lararportal.providers import Provider

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self' {}; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)
ALWAYS = {
    "Content-Security-Policy": POLICY.format("http://127.0.0.1:1"),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
INLINE = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:|<base\b|<iframe|<object|<embed")
OF_OTHER_PROGRAMS = {"dev/starting.html"}
"""What is shown before the portal answers; the pages of the sign-in provider of development are not ours either."""


def provider(issuer: str, **facts) -> Provider:
    return Provider(name="x", title="X", issuer=issuer, client_id="portal", client_secret="s", **facts)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/finns-inte", 404),
        ("/logga-ut", 405),
        ("/mina-kurser", 302),
        ("/healthz", 200),
        ("/readyz", 503),
        ("/static/portal.css", 200),
        ("/bootstrap/static/css/bootstrap.min.css", 200),
    ],
)
def test_every_answer_has_them(client, path, status):
    answer = client.get(path, buffered=True)

    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert "camera=()" in answer.headers["Permissions-Policy"].split(", ")
    assert "Strict-Transport-Security" not in answer.headers


def test_a_fault_of_ours_has_them(own_app):
    @own_app.get("/test-broken")
    def broken() -> None:
        raise RuntimeError

    answer = own_app.test_client().get("/test-broken")

    assert (answer.status_code, {name: answer.headers.get(name) for name in ALWAYS}) == (500, ALWAYS)


def test_over_https_browsers_are_told_to_stay_there(settings, database, redis):
    safe = replace(settings, base_url="https://portal.test")
    client = create_app(safe, Installation(settings=safe, database=database, redis=redis)).test_client()

    answer = client.get("/om", base_url="https://portal.test")

    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_forms_lead_to_the_portal_and_to_the_providers_alone(settings):
    two = (
        provider("https://id.example.org/realms/a", sends_to=("https://cards.example.org",)),
        provider("https://Login.example.org:8443/"),
    )

    assert headers.content_policy(replace(settings, providers=two)) == POLICY.format(
        "https://cards.example.org https://id.example.org https://login.example.org:8443"
    )


def test_no_page_has_script_or_style_of_its_own():
    """The policy would forbid it, and nobody would see why the page does not work."""
    templates = ROOT / "templates"
    pages = {path.relative_to(templates).as_posix(): path.read_text("utf-8") for path in templates.rglob("*.html")}
    ours = {name: text for name, text in pages.items() if not name.startswith("dev/provider/")}
    faults = {name: INLINE.findall(text) for name, text in ours.items() if name not in OF_OTHER_PROGRAMS}

    assert len(faults) > 100
    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize(
    ("text", "is_inline"),
    [
        ('<p style="color: red">', True),
        ("<style>p {}</style>", True),
        ("<script>alert(1)</script>", True),
        ('<script src="/static/verify.js" defer></script>', False),
        ('<body onload="x()">', True),
        ('<a href="javascript:x()">', True),
        ("<p>on = off</p>", False),
    ],
)
def test_script_and_style_in_a_page_are_noticed(text, is_inline):
    assert (INLINE.search(text) is not None) is is_inline


@pytest.mark.parametrize("path", ["/mina-kurser", "/", "/finns-inte", "/samordning"])
def test_what_is_made_for_somebody_is_not_kept_by_the_browser(db, client, sign_in, path):
    sign_in(client, make.person(db))

    assert client.get(path).headers["Cache-Control"] == "private, no-store"


def test_a_page_with_a_proof_for_one_browser_is_not_kept(client):
    client.application.config["WTF_CSRF_ENABLED"] = True
    answer = client.get("/logga-in")

    assert ("session=" in answer.headers["Set-Cookie"], answer.headers["Cache-Control"]) == (
        True,
        "private, no-store",
    )


def test_a_page_for_everybody_may_be_kept(client):
    assert "Cache-Control" not in client.get("/tillganglighet").headers


def test_only_pages_that_a_browser_meets_without_script_too_have_one():
    """What has none is the same without: so stories go there with script alone, and a new one asks for another."""
    templates = {path.relative_to(pages.folder()).as_posix(): path for path in pages.folder().rglob("*.html")}
    scripted = {name for name, path in templates.items() if "<script" in path.read_text("utf-8")}

    assert scripted == {"bookings/_verifier.html", "bookings/lottery_commit.html", "courses/attendance.html"}
