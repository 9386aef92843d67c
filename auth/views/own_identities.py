"""What the visitor signs in with: another is linked once they have proved both, and one is removed."""

from flask import flash, redirect, render_template, request, url_for

from auth import identities
from auth.access import ViewResult, leads_back_to, me, proved_anew, signed_in
from auth.models import Identity
from auth.sso import clients, journeys
from auth.sso.journeys import Journey
from auth.views.arriving import turned_away
from lararportal import edge
from lararportal.errors import NotFound, Refused


@signed_in
@proved_anew
def add_identity() -> ViewResult:
    """The choice of where to sign in as well."""
    return render_template("auth/add_identity.html", providers=clients.offered())


@signed_in
@proved_anew
@leads_back_to("auth.add_identity")
def set_out_to_link(name: str) -> ViewResult:
    """On to the other provider, which is to ask whoever it remembers."""
    provider = clients.named(name)
    journey = Journey(came_for="", purpose=journeys.LINKING, about=str(me().login_session_id))
    try:
        return journeys.set_out_anew(
            provider, came_for="", now=edge.moment(), purpose=journey.purpose, about=journey.about
        )
    except Refused as refusal:
        return turned_away(refusal, provider, journey)


@signed_in
def confirm_link() -> ViewResult:
    """Names both, and links them once the visitor has said so."""
    try:
        with edge.reading() as db:
            found = identities.waiting(db, login_session_id=me().login_session_id, now=edge.moment())
    except NotFound:
        flash("identity_waits_no_more", "warning")
        return redirect(url_for(".own_sign_ins"))
    title = titles().get(found.provider, found.provider)
    if request.method == "GET":
        here = titles().get(me().provider, me().provider)
        return render_template("auth/confirm_link.html", found=found, title=title, here=here)
    with edge.deed() as db:
        identities.link_waiting(
            db,
            login_session_id=me().login_session_id,
            provider=title,
            now=edge.moment(),
            by=me().person_id,
        )
    flash("identity_is_linked")
    return redirect(url_for(".own_sign_ins"))


@signed_in
@proved_anew
def remove_identity(identity_id: int) -> ViewResult:
    """Removes it, after a page that says what that means."""
    with edge.reading() as db:
        own = identities.of_person(db, me().person_id)
    removed = next((each for each in own if each.id == identity_id), None)
    if removed is None:
        raise NotFound
    title = provider_of(removed)
    if request.method == "GET":
        return render_template("auth/remove_identity.html", identity=removed, title=title)
    with edge.deed() as db:
        identities.remove(
            db,
            identity_id=identity_id,
            usable={(each.issuer, each.identity_kind.value) for each in clients.offered()},
            provider=title,
            now=edge.moment(),
            by=me().person_id,
        )
    flash("identity_is_removed")
    return redirect(url_for(".own_sign_ins"))


def titles() -> dict[str, str]:
    """What the page calls each provider, by name."""
    return {provider.name: provider.title for provider in clients.offered()}


def provider_of(identity: Identity) -> str:
    """What the page calls where the identity comes from; of a provider that is offered no more, its address."""
    for provider in clients.offered():
        if (provider.issuer, provider.identity_kind) == (identity.issuer, identity.kind):
            return provider.title
    return identity.issuer


PAGES = (
    ("/profil/inloggningar/ny", add_identity, ["GET"]),
    ("/profil/inloggningar/ny/<name>", set_out_to_link, ["POST"]),
    ("/profil/inloggningar/bekrafta", confirm_link, ["GET", "POST"]),
    ("/profil/inloggningar/satt/<int:identity_id>/ta-bort", remove_identity, ["GET", "POST"]),
)
"""Address, view and methods."""
