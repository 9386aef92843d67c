"""What stands before the portal: the name that it is asked for by, and the proxies that are believed."""

from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from lararportal import pages
from lararportal.config import Settings

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


def _called_by_another_name(_fault: SecurityError) -> tuple[str, int, dict[str, str]]:
    """Without a page around it: no address in it would lead anywhere."""
    return pages.words()["error_title"]["400"] + ".\n", 400, {"Content-Type": "text/plain; charset=utf-8"}
