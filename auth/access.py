"""Who may open a page: a decorator on every view, and the visitor behind the request."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any, Literal

import structlog
from flask import Flask, Request, abort, redirect, render_template, request, url_for
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import Forbidden

from auth import cookie, login_sessions
from auth.login_sessions import Visitor
from auth.states import Role
from lararportal import edge

__all__ = [
    "Visitor",
    "init_app",
    "leads_back_to",
    "me",
    "needs",
    "proved_anew",
    "public",
    "reaching",
    "sent_from_another_sign_in",
    "signed_in",
    "visitor",
    "way_to_proof",
]

log = structlog.get_logger("lararportal.auth.access")

ViewResult = Any
View = Callable[..., ViewResult]
Reach = Literal["public", "own", "own session", "own area", "all"]
"""Which of the things that a page could be about are there for a visitor; the others are answered 404."""

USUAL: Mapping[Role, Reach] = {
    Role.LEADER: "own session",
    Role.DIRECTOR: "own area",
    Role.COORDINATOR: "all",
    Role.ADMINISTRATOR: "all",
}
"""How far a role reaches where nothing else is said; of reviewers every page says so itself."""


def init_app(app: Flask) -> None:
    """Lets Flask-Login find the visitor of a request by the token in the browser's cookie."""
    manager = LoginManager()
    # The token alone decides: it is long, random and revocable, and an address may change during a day.
    manager.session_protection = None
    manager.request_loader(_visitor_of)
    manager.unauthorized_handler(_ask_to_sign_in)
    # A page that says the database is away must not ask it who reads: templates ask for the visitor themselves.
    manager.init_app(app, add_context_processor=False)


def visitor() -> Visitor | None:
    """Whoever has signed in; None for somebody who has not."""
    found = current_user._get_current_object()  # noqa: SLF001 - the documented way to the object itself
    return found if isinstance(found, Visitor) else None


def me() -> Visitor:
    """The visitor; only in views that demand a sign-in."""
    if (found := visitor()) is None:
        raise Forbidden
    return found


def public(view: View) -> View:
    """Everybody may open this page."""
    return _marked(view, access="public", reach=dict.fromkeys(Role, "public"))


def signed_in(view: View) -> View:
    """Everybody who has signed in may open this page; what they see there depends on who they are."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ViewResult:
        if (here := visitor()) is None:
            return _ask_to_sign_in()
        return _let_in(here, view, *args, **kwargs)

    return _marked(guarded, access="signed_in", reach=dict.fromkeys(Role, "own"))


def needs(*roles: Role) -> Callable[[View], View]:
    """Only holders of one of the roles may open this page; everybody else is answered 403."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ViewResult:
            if (here := visitor()) is None:
                return _ask_to_sign_in()
            if not here.has(*roles):
                log.warning("not for the role", person=here.person_id)
                abort(403)
            return _let_in(here, view, *args, **kwargs)

        return _marked(guarded, access=frozenset(roles), reach={role: USUAL[role] for role in roles if role in USUAL})

    return decorate


def proved_anew(view: View) -> View:
    """Below `needs`: the visitor has just proved anew who they are; who has not is sent to do so, and comes back.

    For what decides something for many, or tells of many: a browser that was left open must not be enough.
    """
    if hasattr(view, "access"):
        raise TypeError("proved_anew stands below the decorator that lets the visitor in, which asks for the proof")
    view.asks_for_proof = True  # type: ignore[attr-defined]
    return view


def leads_back_to(endpoint: str) -> Callable[[View], View]:
    """Below `proved_anew`, on a file: who has proved it comes back to this page, for a file is no page to land on."""

    def decorate(view: View) -> View:
        if hasattr(view, "asks_for_proof"):
            raise TypeError("leads_back_to stands below proved_anew")
        view.leads_back_to = endpoint  # type: ignore[attr-defined]
        return view

    return decorate


def reaching(role: Role, reach: Reach) -> Callable[[View], View]:
    """Below the decorator that lets the visitor in: on this page the role reaches otherwise than it usually does.

    The page itself sees to it; `lararportal access` tells it to people, and the tests hold the one against the other.
    """

    def decorate(view: View) -> View:
        if hasattr(view, "access"):
            raise TypeError("reaching stands below the decorator that lets the visitor in, which says it")
        view.reaching = {role: reach}  # type: ignore[attr-defined]
        return view

    return decorate


def _let_in(here: Visitor, view: View, *args: Any, **kwargs: Any) -> ViewResult:
    """The page, for somebody who may open it; what they had sent in before they came back stands in its form."""
    if getattr(view, "asks_for_proof", False) and (way := way_to_proof(_way_back(view))) is not None:
        return way
    cookie.put_back_what_was_sent(by=here.person_id)
    return view(*args, **kwargs)


def way_to_proof(came_for: str) -> ViewResult | None:
    """Where a visitor proves anew who they are, and from there to a page; None for whoever has just done so.

    What they have sent in is kept for it.
    """
    here, patience = me(), timedelta(minutes=edge.installation().settings.fresh_minutes)
    if here.proved_at is not None and edge.moment() - here.proved_at <= patience:
        return None
    cookie.keep_what_was_sent(by=here.person_id)
    return redirect(url_for("auth.prove_anew", next=came_for))


def _way_back(view: View) -> str:
    """The page that was asked for, with the question of its address, or the one that leads to it."""
    page = getattr(view, "leads_back_to", None)
    path = request.path if page is None else url_for(page, **(request.view_args or {}))
    question = request.query_string.decode("latin-1")
    return f"{path}?{question}" if question else path


def sent_from_another_sign_in(_fault: CSRFError) -> ViewResult:
    """Does nothing that a form asks whose sign-in has ended, and leads back to it, with what was sent in it.

    Somebody who is signed in no more signs in first. Who did not send it from a page of their own here is not led.
    """
    owner = cookie.owner_of_form()
    can_be_shown = request.url_rule is not None and "GET" in (request.url_rule.methods or ())
    here = None if (seen := visitor()) is None else seen.person_id
    log.warning("form without its proof", person=here, was_of=owner)
    if owner is None or here not in (None, owner) or not (can_be_shown or here is None):
        return render_template("error.html", code=HTTPStatus.BAD_REQUEST), HTTPStatus.BAD_REQUEST
    if can_be_shown:
        cookie.keep_what_was_sent(by=owner)
    if here is None:
        return redirect(url_for("auth.sign_in", next=request.path if can_be_shown else None))
    return redirect(request.path)


def _marked(view: View, *, access: object, reach: Mapping[Role, Reach]) -> View:
    view.access = access  # type: ignore[attr-defined]
    view.reach = {**reach, **getattr(view, "reaching", {})}  # type: ignore[attr-defined]
    return view


def _ask_to_sign_in() -> ViewResult:
    """The sign-in page, which leads back to the page that was asked for; a form cannot be led back to."""
    wanted = request.full_path.removesuffix("?") if request.method in ("GET", "HEAD") else None
    return redirect(url_for("auth.sign_in", next=wanted))


def _visitor_of(_request: Request) -> Visitor | None:
    if (token := cookie.token_of_sign_in()) is None:
        return None
    place, now = edge.installation(), edge.moment()
    idle, absolute = timedelta(minutes=place.settings.idle_minutes), timedelta(hours=place.settings.absolute_hours)
    with edge.reading() as db:
        found = login_sessions.visitor(db, token=token, now=now, idle=idle, absolute=absolute)
    if found is not None and login_sessions.is_to_be_seen(found, now=now, idle=idle):
        edge.stop_reading()
        with place.database.transaction() as db:
            login_sessions.see(db, login_session_id=found.login_session_id, now=now)
    return found
