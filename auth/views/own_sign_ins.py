"""Where the visitor is signed in just now, and the end of what they left open somewhere."""

from datetime import timedelta

from flask import flash, redirect, render_template, url_for

from auth import identities, login_sessions
from auth.access import ViewResult, me, signed_in
from auth.views.own_identities import provider_of, titles
from lararportal import edge


@signed_in
def own_sign_ins() -> ViewResult:
    """Where the visitor is signed in."""
    settings = edge.installation().settings
    with edge.reading() as db:
        rows = login_sessions.sign_ins(
            db,
            person_id=me().person_id,
            now=edge.moment(),
            idle=timedelta(minutes=settings.idle_minutes),
            absolute=timedelta(hours=settings.absolute_hours),
        )
        linked = [(each, provider_of(each)) for each in identities.of_person(db, me().person_id)]
    return render_template(
        "auth/own_sign_ins.html",
        sign_ins=rows,
        linked=linked,
        this_id=me().login_session_id,
        titles=titles(),
        idle_minutes=settings.idle_minutes,
        absolute_hours=settings.absolute_hours,
    )


@signed_in
def end_own_sign_in(login_session_id: int) -> ViewResult:
    """Ends one of the visitor's sign-ins."""
    with edge.deed() as db:
        login_sessions.end_own(db, login_session_id=login_session_id, now=edge.moment(), by=me().person_id)
    flash("own_sign_in_ended")
    return redirect(url_for(".own_sign_ins"))


@signed_in
def end_other_sign_ins() -> ViewResult:
    """Ends all of the visitor's sign-ins but this one."""
    with edge.deed() as db:
        login_sessions.end_others(db, kept_id=me().login_session_id, now=edge.moment(), by=me().person_id)
    flash("other_sign_ins_ended")
    return redirect(url_for(".own_sign_ins"))


PAGES = (
    ("/profil/inloggningar", own_sign_ins, ["GET"]),
    ("/profil/inloggningar/avsluta-andra", end_other_sign_ins, ["POST"]),
    ("/profil/inloggningar/<int:login_session_id>/avsluta", end_own_sign_in, ["POST"]),
)
"""Address, view and methods."""
