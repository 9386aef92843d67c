"""The pages of the auth room: signing in and out, one's own profile, and the people that somebody answers for."""

from collections.abc import Callable, Collection
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from auth import access, login_sessions, people, queries, rules, sso
from auth.access import ViewResult, Visitor, me, needs, public, signed_in
from auth.forms import ConfirmForm, ContactForm, CorrectForm, ProfileForm
from auth.login_sessions import Farewell
from auth.models import Person
from auth.states import Area, Refusal, Role, Standing
from lararportal import edge, pages
from lararportal.config import Provider
from lararportal.errors import NotFound, Refused
from lararportal.forms import Form

blueprint = Blueprint("auth", __name__)

STATUS = {Refusal.SIGN_IN_FAILED: 400, Refusal.PROVIDER_DOWN: 503}
"""What a browser is told when signing in came to nothing."""

NAME_LENGTH = 100


def init_app(app: Flask) -> None:
    """Recognises visitors, and makes the providers known."""
    access.init_app(app)
    sso.init_app(app)


@blueprint.get("/logga-in")
@public
def sign_in() -> ViewResult:
    """The choice between providers."""
    came_for = _own_path(request.args.get("next", ""))
    if current_user.is_authenticated:
        return redirect(came_for or url_for("home.start"))
    return render_template("auth/sign_in.html", providers=sso.providers(), came_for=came_for)


@blueprint.post("/logga-in/<name>")
@public
def set_out(name: str) -> ViewResult:
    """On to the provider."""
    provider, came_for = sso.named(name), _own_path(request.form.get("next", ""))
    try:
        return sso.set_out(provider, came_for=came_for)
    except Refused as refusal:
        return _turned_away(refusal, provider, came_for)


@blueprint.get("/logga-in/<name>/svar")
@public
def answer(name: str) -> ViewResult:
    """Back from the provider: somebody is signed in, or reads why not."""
    provider = sso.named(name)
    came_for = sso.came_for(provider)
    try:
        proof = sso.come_back(provider)
    except Refused as refusal:
        return _turned_away(refusal, provider, came_for)
    with edge.deed() as db:
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
            db, person_id=person.id, provider=name, id_token=proof.id_token, now=edge.moment()
        )
        roles = queries.roles_of(db, person.id)
    access.sign_in_browser(token)
    if rules.owes_profile(people.facts_of(person), email=person.email, standing=person.standing, roles=roles):
        return redirect(url_for(".profile", next=came_for or None))
    return redirect(came_for or url_for("home.start"))


@blueprint.post("/logga-ut")
@public
def sign_out() -> ViewResult:
    """Signed out here, and at the provider where that can be done."""
    with edge.deed() as db:
        farewell = _end_sign_in(db)
    access.sign_out_browser()
    return redirect(_address_of_farewell(farewell) or url_for(".signed_out"))


@blueprint.get("/utloggad")
@public
def signed_out() -> ViewResult:
    """Says that it is done."""
    return render_template("auth/signed_out.html")


@blueprint.route("/profil", methods=["GET", "POST"])
@signed_in
def profile() -> ViewResult:
    """What the portal knows of the visitor, and what of it they may change themselves."""
    with edge.reading() as db:
        person = queries.person(db, me().person_id)
        is_confirmed = person.standing is Standing.CONFIRMED
        decision = queries.latest_decision(db, person.id) if is_confirmed else None
        directors = queries.directors(db, person.area) if person.area and not is_confirmed else []
    form = ContactForm(obj=person) if is_confirmed else ProfileForm(obj=person)
    facts = form.facts if isinstance(form, ProfileForm) else people.facts_of(person)
    status = _send_in(
        form,
        lambda db: people.describe_oneself(
            db,
            person_id=person.id,
            email=form.email.data or "",
            workplace=form.workplace.data or "",
            **asdict(facts),
            now=edge.moment(),
            by=me().person_id,
        ),
    )
    if status is None:
        flash("profile_saved")
        return redirect(_own_path(form.next.data) or url_for(".profile"))
    form.next.data = _own_path(form.next.data or request.args.get("next", ""))
    page = render_template("auth/profile.html", form=form, person=person, decision=decision, directors=directors)
    return page, status


@blueprint.get("/personer")
@needs(Role.DIRECTOR, Role.COORDINATOR)
def directory() -> ViewResult:
    """The people that the visitor may confirm: in their own areas, or everywhere."""
    name = rules.one_line(request.args.get("q", ""), longest=NAME_LENGTH)
    standing = Standing.PENDING if request.args.get("visa") == Standing.PENDING else None
    with edge.reading() as db:
        page = queries.people(
            db,
            areas=_areas(),
            name=name,
            standing=standing,
            number=request.args.get("sida", 1, type=int),
        )
    return render_template("auth/people.html", page=page, name=name, standing=standing, areas=_areas())


@blueprint.get("/personer/<int:person_id>")
@needs(Role.DIRECTOR, Role.COORDINATOR)
def person(person_id: int) -> ViewResult:
    """One of them."""
    with edge.reading() as db:
        found = _visible(db, person_id)
        decision = queries.latest_decision(db, person_id) if found.standing is Standing.CONFIRMED else None
    missing = rules.missing(people.facts_of(found), email=found.email)
    return render_template("auth/person.html", person=found, decision=decision, missing=missing)


@blueprint.route("/personer/<int:person_id>/bekrafta", methods=["GET", "POST"])
@needs(Role.DIRECTOR, Role.COORDINATOR)
def confirm(person_id: int) -> ViewResult:
    """Confirms what a person says of themselves, or what is right instead."""
    with edge.reading() as db:
        found = _visible(db, person_id)
    form = ConfirmForm(obj=found)
    status = _send_in(
        form,
        lambda db: people.confirm(
            db, person_id=person_id, **asdict(form.facts), now=edge.moment(), by=me().person_id
        ),
    )
    if status is None:
        flash("person_confirmed")
        return redirect(url_for(".person", person_id=person_id))
    return render_template("auth/confirm.html", form=form, person=found), status


@blueprint.route("/personer/<int:person_id>/ratta", methods=["GET", "POST"])
@needs(Role.DIRECTOR, Role.COORDINATOR)
def correct(person_id: int) -> ViewResult:
    """Corrects what was confirmed."""
    with edge.reading() as db:
        found = _visible(db, person_id)
    form = CorrectForm(obj=found)
    status = _send_in(
        form,
        lambda db: people.correct(
            db,
            person_id=person_id,
            **asdict(form.facts),
            reason=form.reason.data or "",
            now=edge.moment(),
            by=me().person_id,
        ),
    )
    if status is None:
        flash("person_corrected")
        return redirect(url_for(".person", person_id=person_id))
    return render_template("auth/correct.html", form=form, person=found), status


def _send_in(form: Form, do: Callable[[Session], Any]) -> int | None:
    """Does the deed of a form that was sent in; None when it is done, else the status of the form's page."""
    if not form.is_submitted():
        return 200
    if not form.validate():
        return 400
    try:
        with edge.deed() as db:
            do(db)
    except Refused as refusal:
        form.explain(refusal)
        return 409
    return None


def _areas() -> Collection[Area] | None:
    """The areas whose people the visitor may see; None is everywhere."""
    return None if me().has(Role.COORDINATOR) else me().areas


def _visible(db: Session, person_id: int) -> Person:
    """The person, who does not exist for a director of studies elsewhere."""
    found, areas = queries.person(db, person_id), _areas()
    if areas is not None and found.area not in areas:
        raise NotFound
    return found


def _own_path(text: str | None) -> str:
    """The path to go on to, or nothing when it leads away from the portal."""
    return text if text and rules.is_own_path(text) else ""


def _end_sign_in(db: Session) -> Farewell | None:
    """Ends the sign-in that this browser had."""
    if not isinstance(visitor := current_user._get_current_object(), Visitor):  # noqa: SLF001 - as in access
        return None
    return login_sessions.end(db, login_session_id=visitor.login_session_id, now=edge.moment(), by=visitor.person_id)


def _address_of_farewell(farewell: Farewell | None) -> str | None:
    if farewell is None or not farewell.id_token:
        return None
    try:
        provider = sso.named(farewell.provider)
    except NotFound:
        return None  # It has been taken out of the settings since.
    return sso.address_of_farewell(provider, id_token=farewell.id_token, back_to=url_for(".signed_out"))


def _turned_away(refusal: Refused, provider: Provider, came_for: str) -> ViewResult:
    page = render_template(
        "auth/turned_away.html",
        reason=refusal.reason,
        sentence=pages.sentence(refusal.reason, **refusal.facts),
        provider=provider,
        came_for=came_for,
    )
    return page, STATUS[Refusal(refusal.reason)]
