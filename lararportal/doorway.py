"""What stands before the portal: the name that it is asked for by, and the proxies that are believed."""

from urllib.parse import urlencode, urlsplit

from flask import Flask, flash, redirect, request
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from lararportal import pages
from lararportal.config import Settings
from lararportal.personal_number import stands_in

ON_THE_HOST = ["127.0.0.1", "localhost"]
"""By which those who watch ask on the host itself; no letter and no address that is sent anywhere is made of them."""


def init_app(app: Flask, settings: Settings) -> None:
    """Answers to its own name alone, and believes of an address or scheme only what so many proxies have said."""
    app.config["TRUSTED_HOSTS"] = [urlsplit(settings.base_url).hostname or "", *ON_THE_HOST]
    app.register_error_handler(SecurityError, _called_by_another_name)
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0, x_port=0, x_prefix=0
        )


def lead_past_numbers() -> Response | None:
    """Whoever asks with a personal number in the address is led on to the same page without it, and told so.

    A browser remembers the address that it was led to. What a provider answers with is nothing that anybody typed.
    """
    if request.method not in ("GET", "HEAD") or request.endpoint in (None, "auth.answer"):
        return None
    asked = list(request.args.items(multi=True))
    kept = [each for each in asked if not any(stands_in(text) for text in each)]
    if len(kept) == len(asked):
        return None
    flash("address_tells_number", "danger")
    return redirect(f"{request.path}?{urlencode(kept)}" if kept else request.path)


def _called_by_another_name(_fault: SecurityError) -> tuple[str, int, dict[str, str]]:
    """Without a page around it: no address in it would lead anywhere."""
    return pages.words()["error_title"]["400"] + ".\n", 400, {"Content-Type": "text/plain; charset=utf-8"}
