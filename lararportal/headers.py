"""What every answer tells browsers: what a page may load, whom it may send a form to, and who may keep it."""

from collections.abc import Iterable, Mapping
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, current_app, request, session

from lararportal import providers
from lararportal.config import Settings

A_YEAR = 31_536_000

UNUSED = (
    "accelerometer", "autoplay", "camera", "display-capture", "fullscreen", "geolocation", "gyroscope",
    "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "publickey-credentials-get",
    "screen-wake-lock", "usb",
)  # fmt: skip
"""What a browser can do for a page, and no page of ours asks it for."""

NO_STORE = "private, no-store"


def init_app(app: Flask, settings: Settings) -> None:
    """Lets every answer carry them, those to what was not understood too."""
    app.after_request(_keep_from_others)
    app.wsgi_app = _told_with(headers(settings), app.wsgi_app)  # type: ignore[assignment, method-assign]


def _told_with(fixed: Mapping[str, str], answer: WSGIApplication) -> WSGIApplication:
    """Adds what is the same in every answer where it leaves the house, unless the answer says it otherwise."""
    named = [(name.lower(), (name, value)) for name, value in fixed.items()]

    def told(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, says: list[tuple[str, str]], fault: Any = None, /) -> Any:
            said = {name.lower() for name, _ in says}
            return start_response(status, [*says, *(header for name, header in named if name not in said)], fault)

        return answer(environ, start)

    return told


def _keep_from_others(response: Response) -> Response:
    if _is_for_somebody():
        response.headers.setdefault("Cache-Control", NO_STORE)
    return response


def headers(settings: Settings) -> dict[str, str]:
    """What is the same in every answer of an installation."""
    told = {
        "Content-Security-Policy": content_policy(settings),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": ", ".join(f"{name}=()" for name in UNUSED),
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
    if settings.base_url.startswith("https://"):
        told["Strict-Transport-Security"] = f"max-age={A_YEAR}; includeSubDomains"
    return told


def content_policy(settings: Settings) -> str:
    """Our own files and nothing else. No script and no style stands in a page, so that none need be let in by name.

    A browser looks at every address that a form leads to, so that those of the sign-in providers are named too.
    """
    forms = ["'self'", *sorted({origin for each in settings.providers for origin in providers.origins(each)})]
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",  # Bootstrap's style sheet draws its ticks and arrows so.
            "connect-src 'self'",
            f"form-action {' '.join(forms)}",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "object-src 'none'",
        )
    )


def _is_for_somebody() -> bool:
    """Whether it was made for one browser alone: after signing out not even the back button shows it."""
    return current_app.config["SESSION_COOKIE_NAME"] in request.cookies or session.modified
