"""One's own profile: what the portal knows of the visitor, and what of it they may change themselves."""

from dataclasses import asdict

from flask import flash, redirect, render_template, request, url_for

from auth import addresses, people, queries
from auth.access import ViewResult, me, signed_in, way_to_proof
from auth.forms import ContactForm, ProfileForm
from auth.states import Standing
from auth.views.forms_sent import own_path
from lararportal import edge
from lararportal.forms_sent import send_in


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
    if form.is_submitted() and addresses.differ(person.email, form.email.data or "") and form.validate():
        # Letters that tell of a new sign-in go there: a screen that was left open must not be enough.
        way = way_to_proof(request.path)
        if way is not None:
            return way
    status = send_in(
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
        return redirect(own_path(form.next.data) or url_for(".profile"))
    form.next.data = own_path(form.next.data or request.args.get("next", ""))
    page = render_template("auth/profile.html", form=form, person=person, decision=decision, directors=directors)
    return page, status


PAGES = (("/profil", profile, ["GET", "POST"]),)
