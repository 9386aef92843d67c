"""The link of an invitation: what it is to, and the way to the provider that says whom it is for."""

from flask import render_template

from auth import invitations, rules
from auth.access import ViewResult, public
from auth.models import AccountInvitation
from auth.sso import clients, journeys
from auth.sso.journeys import Journey
from auth.states import Binding
from auth.views.arriving import turned_away
from lararportal import edge, pages
from lararportal.errors import NotFound, Refused


@public
def invited(token: str) -> ViewResult:
    """What the invitation is to. Who opens it has nothing by that, and neither has a program that looks at links."""
    try:
        invitation = _opened(token)
    except Refused as refusal:
        return _closed(refusal.reason), 409
    except NotFound:
        return _closed("invitation_unknown"), 404
    address = rules.masked_email(invitation.bound_to) if invitation.binding is Binding.EMAIL else ""
    return render_template(
        "auth/invited.html", invitation=invitation, address=address, token=token, providers=clients.offered()
    )


@public
def set_out_invited(token: str, name: str) -> ViewResult:
    """On to the provider, which is to ask whoever it remembers."""
    provider = clients.named(name)
    _opened(token)
    journey = Journey(came_for="", purpose=journeys.INVITED, about=token)
    try:
        return journeys.set_out_anew(
            provider, came_for="", now=edge.moment(), purpose=journey.purpose, about=journey.about
        )
    except Refused as refusal:
        return turned_away(refusal, provider, journey)


def _opened(token: str) -> AccountInvitation:
    with edge.reading() as db:
        return invitations.opened_by(db, token=token, now=edge.moment())


def _closed(reason: str) -> str:
    return render_template("auth/invitation_closed.html", sentence=pages.sentence(reason))


PAGES = (
    ("/inbjudan/<token>", invited, ["GET"]),
    ("/inbjudan/<token>/<name>", set_out_invited, ["POST"]),
)
"""Address, view and methods."""
