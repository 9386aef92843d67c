"""The people that somebody answers for: found, confirmed and corrected."""

from collections.abc import Callable, Collection
from dataclasses import asdict
from typing import cast

from flask import Flask, current_app, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest

from auth import people, personal_numbers, queries, rules
from auth import protection as protection_deeds
from auth.access import ViewResult, me, needs
from auth.forms import ConfirmForm, CorrectForm, LookForm
from auth.models import Person
from auth.states import Area, Role, Standing
from lararportal import edge
from lararportal.errors import NotFound
from lararportal.forms_sent import send_in

NAME_LENGTH = 100

BETWEEN = "lararportal.between"


def init_app(app: Flask, *, between: Callable[..., None]) -> None:
    """Tells who has nothing to gain by what is said of somebody: what is confirmed decides who goes before whom."""
    app.extensions[BETWEEN] = between


def _insist_on_impartiality(db: Session, person_id: int) -> None:
    between = cast("Callable[..., None]", current_app.extensions[BETWEEN])
    between(db, person_id=person_id, now=edge.moment(), by=me().person_id)


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


@needs(Role.DIRECTOR, Role.COORDINATOR)
def person(person_id: int) -> ViewResult:
    """One of them."""
    with edge.reading() as db:
        found = _visible(db, person_id)
        decision = queries.latest_decision(db, person_id) if found.standing is Standing.CONFIRMED else None
        number = personal_numbers.mask_of(db, person_id) if me().has(Role.COORDINATOR) else None
    missing = rules.missing(people.facts_of(found), email=found.email)
    return render_template("auth/person.html", person=found, decision=decision, missing=missing, number=number)


@needs(Role.DIRECTOR, Role.COORDINATOR)
def confirm(person_id: int) -> ViewResult:
    """Confirms what a person says of themselves, or what is right instead."""
    with edge.reading() as db:
        found = _visible(db, person_id)
    form = ConfirmForm(obj=found)

    def deed(db: Session) -> None:
        _insist_on_impartiality(db, person_id)
        people.confirm(db, person_id=person_id, **asdict(form.facts), now=edge.moment(), by=me().person_id)

    status = send_in(form, deed)
    if status is None:
        flash("person_confirmed")
        return redirect(url_for(".person", person_id=person_id))
    return render_template("auth/confirm.html", form=form, person=found), status


@needs(Role.DIRECTOR, Role.COORDINATOR)
def correct(person_id: int) -> ViewResult:
    """Corrects what was confirmed."""
    with edge.reading() as db:
        found = _visible(db, person_id)
    form = CorrectForm(obj=found)

    def deed(db: Session) -> None:
        _insist_on_impartiality(db, person_id)
        said = {**asdict(form.facts), "reason": form.reason.data or ""}
        people.correct(db, person_id=person_id, **said, now=edge.moment(), by=me().person_id)

    status = send_in(form, deed)
    if status is None:
        flash("person_corrected")
        return redirect(url_for(".person", person_id=person_id))
    return render_template("auth/correct.html", form=form, person=found), status


@needs(Role.COORDINATOR)
def number(person_id: int) -> ViewResult:
    """Shows somebody's personal number to who says why; it stands in the answer alone, in no address."""
    with edge.reading() as db:
        found, mask = queries.person(db, person_id), personal_numbers.mask_of(db, person_id)
    if mask is None:
        raise NotFound
    form, seen = LookForm(), []

    def look(db: Session) -> None:
        reason = form.reason.data or ""
        seen.append(
            personal_numbers.show(db, person_id=person_id, reason=reason, now=edge.moment(), by=me().person_id)
        )

    status = send_in(form, look) or 200
    return render_template("auth/personal_number.html", form=form, person=found, mask=mask, seen=seen), status


@needs(Role.COORDINATOR)
def protection(person_id: int) -> ViewResult:
    """Puts down that somebody's identity is protected, or that it is so no more."""
    with edge.reading() as db:
        found = queries.person(db, person_id)
    if request.method == "GET":
        return render_template("auth/protection.html", person=found)
    deed, said = PROTECTION.get(request.form.get("deed", ""), (None, ""))
    if deed is None:
        raise BadRequest
    with edge.deed() as db:
        deed(db, person_id=person_id, now=edge.moment(), by=me().person_id)
    flash(said)
    return redirect(url_for(".person", person_id=person_id))


PROTECTION: dict[str, tuple[Callable[..., Person], str]] = {
    "protect": (protection_deeds.protect, "person_protected"),
    "lift": (protection_deeds.lift, "person_unprotected"),
}
"""What a page asks to be done, and what is said of it afterwards."""


def _areas() -> Collection[Area] | None:
    """The areas whose people the visitor may see; None is everywhere."""
    return None if me().has(Role.COORDINATOR) else me().areas


def _visible(db: Session, person_id: int) -> Person:
    """The person, who does not exist for a director of studies elsewhere."""
    found, areas = queries.person(db, person_id), _areas()
    if areas is not None and found.area not in areas:
        raise NotFound
    return found


PAGES = (
    ("/personer", directory, ["GET"]),
    ("/personer/<int:person_id>", person, ["GET"]),
    ("/personer/<int:person_id>/bekrafta", confirm, ["GET", "POST"]),
    ("/personer/<int:person_id>/ratta", correct, ["GET", "POST"]),
    ("/personer/<int:person_id>/personnummer", number, ["GET", "POST"]),
    ("/personer/<int:person_id>/skydd", protection, ["GET", "POST"]),
)
