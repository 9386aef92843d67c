"""Signing in at a provider, once more before what cannot be undone, and out; and the address of every page here."""

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError

from auth import access, cookie, login_sessions, spent_tokens
from auth.access import ViewResult, me, public, signed_in
from auth.login_sessions import Farewell
from auth.sso import clients, journeys, logout_tokens
from auth.views import arriving, directory, invited, inviting, own_identities, own_sign_ins, profile
from auth.views.arriving import end_sign_in, signing_in_for, status_of, turned_away
from auth.views.forms_sent import own_path
from lararportal import edge
from lararportal.errors import NotFound, Refused

blueprint = Blueprint("auth", __name__)

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
    if access.visitor() is not None:
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
        return turned_away(refusal, provider, signing_in_for(came_for))


@blueprint.get("/logga-in/igen")
@signed_in
def prove_anew() -> ViewResult:
    """Asks the visitor to prove once more who they are, where they did before; elsewhere they may be somebody new."""
    came_for = own_path(request.args.get("next", ""))
    here = [each for each in clients.offered() if each.name == me().provider]
    return render_template("auth/prove_anew.html", providers=here or clients.offered(), came_for=came_for)


@blueprint.post("/logga-in/<name>/igen")
@signed_in
def set_out_anew(name: str) -> ViewResult:
    """On to the provider, which is to ask although it knows the visitor."""
    provider, came_for = clients.named(name), own_path(request.form.get("next", ""))
    try:
        return journeys.set_out_anew(provider, came_for=came_for, now=edge.moment())
    except Refused as refusal:
        return turned_away(refusal, provider, signing_in_for(came_for))


@blueprint.post("/logga-ut")
@public
def sign_out() -> ViewResult:
    """Signed out here, and at the provider where that can be done."""
    with edge.deed() as db:
        farewell = end_sign_in(db)
    cookie.sign_out_browser()
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
        return {"error": "invalid_request"}, status_of(refusal), NOT_KEPT
    return "", 200, NOT_KEPT


@blueprint.get("/utloggad")
@public
def signed_out() -> ViewResult:
    """Says that it is done."""
    return render_template("auth/signed_out.html")


def _address_of_farewell(farewell: Farewell | None) -> str | None:
    if farewell is None or not farewell.id_token:
        return None
    try:
        provider = clients.named(farewell.provider)
    except NotFound:
        return None  # It has been taken out of the settings since.
    return journeys.address_of_farewell(provider, id_token=farewell.id_token, back_to=url_for(".signed_out"))


for rule, view, methods in (
    *arriving.PAGES,
    *invited.PAGES,
    *inviting.PAGES,
    *profile.PAGES,
    *own_sign_ins.PAGES,
    *own_identities.PAGES,
    *directory.PAGES,
):
    blueprint.add_url_rule(rule, view_func=view, methods=methods)
