"""A calendar that follows one's own courses: the address that opens it, made anew, closed; and what it answers."""

import hashlib

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from auth.access import leads_back_to, me, proved_anew, public, signed_in
from bookings import calendar_feeds, queries
from lararportal import edge


@signed_in
@proved_anew
def calendar_feed() -> str:
    """The visitor's own address, or what having one means: whoever sees it reads on long after."""
    with edge.reading() as db:
        found = queries.own_feed(db, me().person_id)
    path = url_for("mine.followed", token=found.token) if found.token is not None else ""
    address = f"{edge.installation().settings.base_url}{path}"
    return render_template("bookings/calendar_feed.html", feed=found, address=address)


@signed_in
@proved_anew
@leads_back_to("mine.calendar_feed")
def open_feed() -> Response:
    """The visitor has an address, another than before."""
    with edge.deed() as db:
        calendar_feeds.open_anew(db, person_id=me().person_id, now=edge.moment(), by=me().person_id)
    flash("calendar_feed_opened")
    return redirect(url_for("mine.calendar_feed"))


@signed_in
def close_feed() -> Response:
    """The visitor has none any more."""
    with edge.deed() as db:
        calendar_feeds.close(db, person_id=me().person_id, now=edge.moment(), by=me().person_id)
    flash("calendar_feed_closed")
    return redirect(url_for("mine.calendar_feed"))


@public
def followed(token: str) -> Response:
    """The calendar at an address, for programs that ask again and again; nothing while it is as they have it."""
    with edge.reading() as db:
        text = queries.feed(db, token)
    answer = FlaskResponse(text, content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.set_etag(hashlib.sha256(text.encode()).hexdigest()[:32])
    return answer.make_conditional(request)


PAGES = (
    ("/mina-kurser/kalender", calendar_feed, ["GET"]),
    ("/mina-kurser/kalender/adress", open_feed, ["POST"]),
    ("/mina-kurser/kalender/stang", close_feed, ["POST"]),
    ("/kalender/<token>.ics", followed, ["GET"]),
)
"""Address, view and methods."""
