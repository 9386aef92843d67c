"""The front door: the first page, what every page shows around itself, and whether the house is well."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, Flask, render_template, request
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from auth import access
from auth.access import Visitor, public
from auth.states import Role
from lararportal import assets, edge, forms, heartbeat, parts, rendering, revisions
from lararportal.dev import gallery
from lararportal.edge import Installation
from lararportal.errors import Undone

blueprint = Blueprint("home", __name__)

TICK_MAY_REST = timedelta(minutes=5)
"""The tick runs every minute; after this long without it, something is wrong."""


@dataclass(frozen=True)
class Way:
    """One entry of the navigation. `word` is a key of `words.navigation`."""

    path: str
    word: str
    is_current: bool


WAYS = (
    ("/kurser", "courses", r"/tillfallen/\d+"),
    ("/mina-kurser", "mine", r"/tillfallen/\d+/.+|/mina-delmal(/.+)?"),  # What one does with a seat of one's own.
    ("/ansokan", "application", ""),
    ("/kursledare", "leading", r"/kurstillfallen/.+"),
    ("/samordning", "coordination", r"/finansiering(/.+)?|/kurstillfallen/.+"),
    ("/studierektor", "director", r"/finansiering(/.+)?"),
    ("/granskning", "review", ""),
    ("/personer", "people", ""),
    ("/profil", "profile", ""),
)
"""Path, word, and what other paths of the same part of the portal look like, in the order they are shown."""

FOR_THE_SIGNED_IN = frozenset({"/profil"})
FOR_PARTICIPANTS = frozenset({"/mina-kurser", "/ansokan"})
"""Doctors, and who may become one: somebody new has neither category nor role."""
FOR_HOLDERS = {
    "/kursledare": (Role.LEADER,),
    "/samordning": (Role.COORDINATOR,),
    "/studierektor": (Role.DIRECTOR,),
    "/granskning": (Role.REVIEWER,),
    "/personer": (Role.DIRECTOR, Role.COORDINATOR),
}


def navigation(visitor: Visitor | None, path: str) -> list[Way]:
    """Where the visitor may go, and which of it the path is part of."""
    return [
        Way(path=start, word=word, is_current=_is_part_of(path, start) or re.fullmatch(others, path) is not None)
        for start, word, others in WAYS
        if _is_open_to(visitor, start)
    ]


def _is_open_to(visitor: Visitor | None, path: str) -> bool:
    if path in FOR_HOLDERS:
        return visitor is not None and visitor.has(*FOR_HOLDERS[path])
    if path in FOR_PARTICIPANTS:
        return visitor is not None and (visitor.category is not None or not visitor.roles)
    return visitor is not None or path not in FOR_THE_SIGNED_IN


def _is_part_of(path: str, start: str) -> bool:
    return path == start or path.startswith(start + "/")


def init_app(app: Flask) -> None:
    """Gives every template its surroundings: navigation, visitor, contact, form macros, hashed files, known parts.

    They are functions, so that a page that says the database is away need not ask the database who reads it.
    """
    place = app.extensions["lararportal"]
    settings = place.settings
    app.jinja_env.globals.update(
        visitor=access.visitor,
        navigation=lambda reader: navigation(reader, request.path),
        contact=settings.contact,
        is_development=settings.is_development,
    )
    forms.init_app(app)
    assets.init_app(app)
    rendering.init_app(app)
    parts.init_app(app)
    if settings.is_development:
        app.register_blueprint(gallery.blueprint)


@blueprint.get("/")
@public
def start() -> str:
    """What this is, what is open now, and the way in."""
    return render_template("home/start.html")


@blueprint.get("/tillganglighet")
@public
def accessibility() -> str:
    """The accessibility statement."""
    return render_template("home/accessibility.html")


@blueprint.get("/om")
@public
def about() -> str:
    """What the portal keeps, and whom to ask."""
    return render_template("home/about.html")


@blueprint.get("/healthz")
@public
def healthz() -> tuple[str, int, dict[str, str]]:
    """The process answers; nothing else is asked."""
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}


@blueprint.get("/readyz")
@public
def readyz() -> tuple[dict[str, str], int, dict[str, str]]:
    """Whether everything that the portal leans on holds, each named."""
    found = readiness(edge.installation(), now=edge.moment())
    return found, 200 if set(found.values()) == {"ok"} else 503, {"Cache-Control": "no-store"}


def readiness(place: Installation, *, now: datetime) -> dict[str, str]:
    """The state of each part in one word; "ok" is well."""
    return {**_database(place, now=now), "redis": _redis(place)}


def _database(place: Installation, *, now: datetime) -> dict[str, str]:
    try:
        if not revisions.suffices(place.database.engine):
            return {"database": "ok", "migrations": "behind", "tick": "unknown"}
        with place.database.transaction() as db:
            last = heartbeat.last_beat(db, "tick")
    except (SQLAlchemyError, Undone):
        return {"database": "down", "migrations": "unknown", "tick": "unknown"}
    return {"database": "ok", "migrations": "ok", "tick": _tick(last, now=now)}


def _tick(last: datetime | None, *, now: datetime) -> str:
    if last is None:
        return "never"
    return "ok" if now - last <= TICK_MAY_REST else "late"


def _redis(place: Installation) -> str:
    try:
        place.redis.ping()
    except RedisError:
        return "down"
    return "ok"
