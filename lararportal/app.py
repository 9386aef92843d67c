"""The application: `create_app` puts the rooms together; nothing else imports them all."""

import secrets
import time
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, Response, g, render_template, request
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_bootstrap import Bootstrap5
from flask_compress import Compress
from flask_wtf import CSRFProtect
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map

import auth.views.directory
import auth.views.signing_in
import bookings.impartiality
import bookings.moved_sessions
import bookings.queries
import bookings.views.desk
import bookings.views.fairness
import bookings.views.mine
import courses.views.catalogue
import courses.views.certificates
import courses.views.checking_in
import courses.views.days
import courses.views.desk
import courses.views.evaluations
import courses.views.masking
import courses.views.materials
import courses.views.messages
import courses.views.needs
import courses.views.preparing
import courses.views.programme
import courses.views.reflecting
import courses.views.reports
import courses.views.reviews
import lararportal.audit.views
import lararportal.journal_log.views
import lararportal.letter_log.views
from lararportal import counted, doorway, edge, headers, home, logs, pace, pages, rendering, uploads
from lararportal.config import Settings
from lararportal.dev.letters import letters_blueprint
from lararportal.edge import Installation, install
from lararportal.errors import NotFound, Refused, Unclear, Undone

log = structlog.get_logger()

LARGEST_FORM = 1024 * 1024
"""Bytes: many times the longest that a person fills in."""

RETRY_AFTER = 10
"""Seconds after which a browser or program may ask again for what the database undid."""


class RowNumber(IntegerConverter):
    """The number of a row in a path. One that no row can have is not found, and the database is not asked."""

    LARGEST = 2**31 - 1

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=self.LARGEST)


ROOMS = (
    home.blueprint,
    auth.views.signing_in.blueprint,
    courses.views.catalogue.blueprint,
    courses.views.desk.blueprint,
    courses.views.reports.blueprint,
    courses.views.days.blueprint,
    courses.views.certificates.blueprint,
    courses.views.checking_in.blueprint,
    courses.views.evaluations.blueprint,
    courses.views.masking.blueprint,
    courses.views.preparing.blueprint,
    courses.views.reflecting.blueprint,
    courses.views.materials.blueprint,
    courses.views.messages.blueprint,
    courses.views.needs.blueprint,
    courses.views.programme.blueprint,
    courses.views.reviews.blueprint,
    bookings.views.mine.blueprint,
    bookings.views.fairness.blueprint,
    bookings.views.desk.blueprint,
    lararportal.audit.views.blueprint,
    lararportal.journal_log.views.blueprint,
    lararportal.letter_log.views.blueprint,
)
"""The pages of all rooms."""


class Cookies(SecureCookieSessionInterface):
    """What browsers carry, read and signed by one signer: each request would make two."""

    def __init__(self) -> None:
        """With the signer of whatever application asks first."""
        self._signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The signer."""
        self._signer = self._signer or super().get_signing_serializer(app)
        return self._signer


class Portal(Flask):
    """An application whose views are begun anew while the database undoes what they do."""

    jinja_environment = rendering.Templates

    def dispatch_request(self) -> ResponseReturnValue:
        """The answer of the view that the path leads to."""
        return edge.answer(super().dispatch_request)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: no view of ours is a coroutine, which Flask looks for a dozen times a request."""
        return func


def create_app(settings: Settings, place: Installation | None = None) -> Flask:
    """The whole portal for one installation. Opens no connection: that happens at the first request."""
    logs.configure(settings.log_level)
    app = Portal("lararportal", template_folder=str(pages.folder()))
    app.config.update(_configuration(settings))
    app.session_interface = Cookies()
    app.url_map.converters["int"] = RowNumber
    app.extensions["lararportal"] = place or install(settings)
    _stand_before(app, settings)
    Bootstrap5(app)
    Compress(app)
    CSRFProtect(app)
    app.jinja_env.filters.update(pages.FILTERS)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["words"] = pages.words()
    pages.sentences()  # Put together before processes part, as the words are.
    _introduce(app)
    for blueprint in ROOMS:
        app.register_blueprint(blueprint)
    if settings.is_development and settings.letters_dir:
        app.register_blueprint(letters_blueprint(Path(settings.letters_dir)))
    _answer_faults(app)
    headers.init_app(app, settings)
    app.after_request(_count)
    app.teardown_request(lambda _fault: edge.stop_reading())
    # What the server says between two requests is about neither of them.
    app.teardown_request(lambda _fault: structlog.contextvars.clear_contextvars())
    return app


def _introduce(app: Flask) -> None:
    """Tells the rooms what they need, and the pages of courses what only bookings know."""
    for room in (auth.views.signing_in, bookings.views.mine, home):
        room.init_app(app)
    auth.views.directory.init_app(app, between=bookings.impartiality.insist_between)
    courses.views.desk.init_app(
        app,
        interested=bookings.queries.interested,
        seated=bookings.moved_sessions.WHO_SITS,
        impartial=bookings.impartiality.insist,
    )
    courses.views.days.init_app(app, roster=bookings.queries.seated)


def _stand_before(app: Flask, settings: Settings) -> None:
    """What is done about every request before anything may answer by itself, such as the look at a form's proof."""
    doorway.init_app(app, settings)
    app.before_request(_name_request)
    pace.init_app(app, settings)
    uploads.init_app(app)
    app.before_request(doorway.lead_past_numbers)


def _answer_faults(app: Flask) -> None:
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(NotFound, partial(_page, 404))
    app.register_error_handler(Undone, _undone)
    app.register_error_handler(Unclear, _unclear)
    app.register_error_handler(DataError, partial(_page, 400))  # What no column can hold, such as a NUL character.
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _fault)


def _configuration(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        # Browsers take a cookie of that name only from this very host over https: no neighbour can plant one.
        "SESSION_COOKIE_NAME": "session" if settings.is_development else "__Host-session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": not settings.is_development,
        # Nothing is sent in but forms; of the few with files `uploads` says more.
        "MAX_CONTENT_LENGTH": LARGEST_FORM,
        "MAX_FORM_MEMORY_SIZE": LARGEST_FORM,
        "MAX_FORM_PARTS": 100,
        "BOOTSTRAP_SERVE_LOCAL": True,
        "WTF_I18N_ENABLED": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 3,  # Half the time of 4, which is the usual, for a twentieth more to send.
        "SEND_FILE_MAX_AGE_DEFAULT": 31_536_000,
    }


def _name_request() -> None:
    g.begun = time.monotonic()
    g.request_name = secrets.token_hex(4)
    structlog.contextvars.clear_contextvars()
    path = request.path
    if secret := (request.view_args or {}).get("token"):
        path = path.replace(secret, logs.HIDDEN)  # Whoever reads the log is not invited.
    structlog.contextvars.bind_contextvars(request=g.request_name, method=request.method, path=path)


def _count(response: Response) -> Response:
    route = request.url_rule.rule if request.url_rule else ""
    counted.request(request.method, route, response.status_code, time.monotonic() - g.begun)
    return response


def _refused(refusal: Refused) -> tuple[str, int]:
    sentence = pages.sentence(refusal.reason.value, **refusal.facts)
    return render_template("refused.html", sentence=sentence), 409


def _http_error(fault: HTTPException) -> Response | tuple[str, int]:
    if fault.response is not None or fault.code is None or fault.code < 400:  # noqa: PLR2004 - redirects pass
        return fault.get_response()  # type: ignore[return-value]
    if fault.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and uploads.takes_files():
        return render_template("error.html", code=fault.code, word="file_too_large"), fault.code
    return _page(fault.code, fault)


def _page(code: int, _fault: Exception) -> tuple[str, int]:
    return render_template("error.html", code=code), code


def _undone(fault: Undone) -> tuple[str, int, dict[str, str]]:
    """Whoever asked may ask again, unless it was the page that failed after the deed."""
    log.error("given up", exc_info=fault, why=fault.why)
    word = "after_deed" if edge.has_done() else "undone"
    return render_template("error.html", code=503, word=word), 503, {"Retry-After": str(RETRY_AFTER)}


def _unclear(fault: Unclear) -> tuple[str, int]:
    log.error("unclear", exc_info=fault)
    return render_template("error.html", code=503, word="unclear"), 503


def _fault(fault: Exception) -> tuple[str, int]:
    log.error("request failed", exc_info=fault)
    return render_template("error.html", code=500), 500
