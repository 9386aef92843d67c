"""Signing in at a provider, once more before what cannot be undone, and out; and the address of every page here."""

from datetime import timedelta

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm import Session

from auth import access, login_sessions, people, queries, rules, spent_tokens
from auth.access import ViewResult, Visitor, public, signed_in
from auth.login_sessions import Farewell
from auth.models import Person
from auth.sso import clients, journeys, logout_tokens
from auth.sso.proofs import Proof
from auth.states import Refusal, Role
from auth.views import directory, own_sign_ins, profile
from auth.views.forms_sent import own_path
from lararportal import edge, pages
from lararportal.errors import NotFound, Refused
from lararportal.providers import Provider

blueprint = Blueprint("auth", __name__)

STATUS = {Refusal.PROVIDER_DOWN: 503, Refusal.ASSURANCE_TOO_LOW: 403}
"""What a browser is told when signing in came to nothing, if not that the answer was a bad one: 400."""

NOT_KEPT = {"Cache-Control": "no-store"}


def init_app(app: Flask) -> None:
    """Recognises visitors, leads them back to forms of another sign-in, and makes the providers known."""
    access.init_app(app)
    app.register_error_handler(CSRFError, access.sent_from_another_sign_in)
    clients.init_app(app)
    # No browser sends it, and what is in it is signed.
    app.extensions["csrf"].exempt(told_of_sign_out)


@blueprint.get("/logga-in")
@public
def sign_in() -> ViewResult:
    """The choice between providers."""
    came_for = own_path(request.args.get("next", ""))
    if current_user.is_authenticated:
        return redirect(came_for or url_for("home.start"))
    offered, in_vain = clients.offered(), journeys.in_vain(now=edge.moment())
    return render_template("auth/sign_in.html", providers=offered, in_vain=in_vain, came_for=came_for)


@blueprint.post("/logga-in/<name>")
@public
def set_out(name: str) -> ViewResult:
    """On to the provider."""
    provider, came_for = clients.named(name), own_path(request.form.get("next", ""))
    try:
        return journeys.set_out(provider, came_for=came_for, now=edge.moment())
    except Refused as refusal:
        return _turned_away(refusal, provider, came_for)


@blueprint.get("/logga-in/igen")
@signed_in
def prove_anew() -> ViewResult:
    """Asks the visitor to prove once more who they are, before what cannot be undone."""
    came_for = own_path(request.args.get("next", ""))
    return render_template("auth/prove_anew.html", providers=clients.offered(), came_for=came_for)


@blueprint.post("/logga-in/<name>/igen")
@signed_in
def set_out_anew(name: str) -> ViewResult:
    """On to the provider, which is to ask although it knows the visitor."""
    provider, came_for = clients.named(name), own_path(request.form.get("next", ""))
    try:
        return journeys.set_out_anew(provider, came_for=came_for, now=edge.moment())
    except Refused as refusal:
        return _turned_away(refusal, provider, came_for)


@blueprint.get("/logga-in/<name>/svar")
@public
def answer(name: str) -> ViewResult:
    """Back from the provider: somebody is signed in, or reads why not."""
    provider = clients.named(name)
    came_for = journeys.came_for(provider)
    try:
        proof = journeys.come_back(provider, now=edge.moment())
    except Refused as refusal:
        return _turned_away(refusal, provider, came_for)
    try:
        # The provider takes its code once, so that only the deed is done anew if need be, and not the whole request.
        person, token, roles = edge.do(lambda db: _arrive(db, provider, proof))
    except Refused as refusal:
        return _turned_away(refusal, provider, came_for)
    access.sign_in_browser(token, person_id=person.id)
    if rules.owes_profile(people.facts_of(person), email=person.email, standing=person.standing, roles=roles):
        return redirect(url_for(".profile", next=came_for or None))
    return redirect(came_for or url_for("home.start"))


def _arrive(db: Session, provider: Provider, proof: Proof) -> tuple[Person, str, frozenset[Role]]:
    """Somebody is known and signed in, and who had signed in before with this browser is not any more."""
    spent_tokens.spend(
        db,
        issuer=provider.issuer,
        token=proof.nonce,
        until=edge.moment() + 2 * timedelta(seconds=journeys.LONGEST_SECONDS),
        now=edge.moment(),
    )
    person = people.arrive(
        db,
        issuer=provider.issuer,
        kind=proof.kind,
        value=proof.value,
        given_name=proof.given_name,
        family_name=proof.family_name,
        email=proof.email,
        now=edge.moment(),
    )
    _end_sign_in(db)
    token = login_sessions.begin(
        db,
        person_id=person.id,
        provider=provider.name,
        id_token=proof.id_token,
        subject=proof.subject,
        sid=proof.sid,
        proved_at=proof.proved_at,
        now=edge.moment(),
    )
    return person, token, queries.roles_of(db, person.id)


@blueprint.post("/logga-ut")
@public
def sign_out() -> ViewResult:
    """Signed out here, and at the provider where that can be done."""
    with edge.deed() as db:
        farewell = _end_sign_in(db)
    access.sign_out_browser()
    return redirect(_address_of_farewell(farewell) or url_for(".signed_out"))


@blueprint.post("/logga-ut/<name>/besked")
@public
def told_of_sign_out(name: str) -> ViewResult:
    """A provider says, from one server to another, that somebody has signed out there: so they have here."""
    provider = clients.named(name)
    try:
        said = logout_tokens.read(provider, request.form.get("logout_token", ""), now=edge.moment())
        with edge.deed() as db:
            spent_tokens.spend(db, issuer=provider.issuer, token=said.jti, until=said.until, now=edge.moment())
            login_sessions.end_with_provider(
                db, provider=provider.name, subject=said.subject, sid=said.sid, now=edge.moment()
            )
    except Refused as refusal:
        # Back-Channel Logout, section 2.8. Who sent it may try again where it was we who could not look.
        return {"error": "invalid_request"}, STATUS.get(Refusal(refusal.reason), 400), NOT_KEPT
    return "", 200, NOT_KEPT


@blueprint.get("/utloggad")
@public
def signed_out() -> ViewResult:
    """Says that it is done."""
    return render_template("auth/signed_out.html")


def _end_sign_in(db: Session) -> Farewell | None:
    """Ends the sign-in that this browser had."""
    if not isinstance(visitor := current_user._get_current_object(), Visitor):  # noqa: SLF001 - as in access
        return None
    return login_sessions.end(db, login_session_id=visitor.login_session_id, now=edge.moment(), by=visitor.person_id)


def _address_of_farewell(farewell: Farewell | None) -> str | None:
    if farewell is None or not farewell.id_token:
        return None
    try:
        provider = clients.named(farewell.provider)
    except NotFound:
        return None  # It has been taken out of the settings since.
    return journeys.address_of_farewell(provider, id_token=farewell.id_token, back_to=url_for(".signed_out"))


def _turned_away(refusal: Refused, provider: Provider, came_for: str) -> ViewResult:
    journeys.remember_in_vain(provider, refusal, now=edge.moment())
    page = render_template(
        "auth/turned_away.html",
        reason=refusal.reason,
        sentence=pages.sentence(refusal.reason, **refusal.facts),
        provider=provider,
        came_for=came_for,
    )
    return page, STATUS.get(Refusal(refusal.reason), 400)


for rule, view, methods in (*profile.PAGES, *own_sign_ins.PAGES, *directory.PAGES):
    blueprint.add_url_rule(rule, view_func=view, methods=methods)
