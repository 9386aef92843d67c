"""Inviting: whom coordinators have invited to an account, somebody new or somebody who is here already."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for

from auth import identities, invitations, queries
from auth.access import ViewResult, me, needs
from auth.forms import InviteForm, InviteSomebodyNewForm
from auth.states import InvitationState, Role
from auth.views.own_identities import provider_of
from lararportal import edge, pages
from lararportal.forms_sent import send_in


@needs(Role.COORDINATOR)
def invited_people() -> ViewResult:
    """Who is invited, and what has become of each invitation."""
    wanted = next((each for each in InvitationState if each == request.args.get("lage")), None)
    with edge.reading() as db:
        page = queries.invitations(db, state=wanted, now=edge.moment(), number=request.args.get("sida", 1, type=int))
    return render_template("auth/invitations.html", page=page, wanted=wanted, states=InvitationState)


@needs(Role.COORDINATOR)
def invite_somebody_new() -> ViewResult:
    """Invites somebody who has no account."""
    form = InviteSomebodyNewForm()
    form.others.choices = _written_by(form.email.data or "") if form.is_submitted() else []
    status = send_in(
        form,
        lambda db: invitations.invite_somebody_new(
            db,
            given_name=form.given_name.data or "",
            family_name=form.family_name.data or "",
            email=form.email.data or "",
            bound=form.bound(db) or invitations.by_email(form.email.data or ""),
            roles=form.wanted_roles,
            others=form.others.data or (),
            lasts=_lasts(),
            now=edge.moment(),
            by=me().person_id,
        ),
    )
    if status is None:
        flash("invitation_sent")
        return redirect(url_for(".invited_people"))
    days = edge.installation().settings.invitation_days
    return render_template("auth/invite_somebody_new.html", form=form, days=days), status


@needs(Role.COORDINATOR)
def invite(person_id: int) -> ViewResult:
    """Invites somebody to the account that they have."""
    with edge.reading() as db:
        found = queries.person(db, person_id)
    form = InviteForm()
    status = send_in(
        form,
        lambda db: invitations.invite(
            db,
            person_id=person_id,
            bound=form.bound(db),
            roles=form.wanted_roles,
            lasts=_lasts(),
            now=edge.moment(),
            by=me().person_id,
        ),
    )
    if status is None:
        flash("invitation_sent")
        return redirect(url_for(".invited_people"))
    days = edge.installation().settings.invitation_days
    return render_template("auth/invite.html", form=form, person=found, days=days), status


@needs(Role.COORDINATOR)
def invite_again(invitation_id: int) -> ViewResult:
    """Sends another letter with another link."""
    with edge.deed() as db:
        invitations.send_again(db, invitation_id=invitation_id, lasts=_lasts(), now=edge.moment(), by=me().person_id)
    flash("invitation_sent_again")
    return redirect(url_for(".invited_people"))


@needs(Role.COORDINATOR)
def withdraw_invitation(invitation_id: int) -> ViewResult:
    """Withdraws it, after a page that says what that means."""
    if request.method == "GET":
        with edge.reading() as db:
            found = queries.invitation(db, invitation_id)
        return render_template("auth/withdraw_invitation.html", invitation=found)
    with edge.deed() as db:
        invitations.withdraw(db, invitation_id=invitation_id, now=edge.moment(), by=me().person_id)
    flash("invitation_is_withdrawn")
    return redirect(url_for(".invited_people"))


def _written_by(email: str) -> list[tuple[int, str]]:
    """The accounts that have the address and that somebody signs in to, each with what tells which it is."""
    wording = pages.words()["account"]["written_by"]
    with edge.reading() as db:
        held = [(each, identities.of_person(db, each.id)) for each in queries.known_as(db, email)]
    return [
        (
            person.id,
            wording.format(
                number=person.id, name=person.name, providers=", ".join(sorted({provider_of(each) for each in own}))
            ),
        )
        for person, own in held
        if own
    ]


def _lasts() -> timedelta:
    return timedelta(days=edge.installation().settings.invitation_days)


PAGES = (
    ("/samordning/inbjudningar", invited_people, ["GET"]),
    ("/samordning/inbjudningar/ny", invite_somebody_new, ["GET", "POST"]),
    ("/samordning/inbjudningar/person/<int:person_id>", invite, ["GET", "POST"]),
    ("/samordning/inbjudningar/<int:invitation_id>/igen", invite_again, ["POST"]),
    ("/samordning/inbjudningar/<int:invitation_id>/aterkalla", withdraw_invitation, ["GET", "POST"]),
)
"""Address, view and methods."""
