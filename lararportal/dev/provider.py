"""The sign-in providers of development: `oidc-provider-mock` with the demonstration people and pages of our own.

The mock answers the code flow, nonce and end of session; it takes no notice of PKCE, so that a portal that forgot
it would not be found out. `Pkce` demands and checks it. Our pages need no network for their looks.

There are two of them in one process: one for most, and one for those who have no account there.
"""

import base64
import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import click
import oidc_provider_mock
from flask import Flask, Response, request
from werkzeug.serving import make_server

from lararportal import pages
from lararportal.dev.only import refuse_production
from lararportal.dev.people import ELSEWHERE, OTHER_HOST, PEOPLE, DemonstrationPerson

METHOD = "S256"


class Pkce:
    """Proof Key for Code Exchange (RFC 7636): who fetches the token must be who asked for the code."""

    def __init__(self, app: Flask) -> None:
        self._challenges: dict[str, str] = {}
        app.before_request(self.refuse_without_proof)
        app.after_request(self.remember)

    def refuse_without_proof(self) -> Response | None:
        """Stops a request for a code without a challenge, and one for a token without its verifier."""
        if request.path == "/oauth2/authorize":
            asked = request.args.get("code_challenge") and request.args.get("code_challenge_method") == METHOD
            return (
                None if asked else _fault("invalid_request", f"code_challenge with the method {METHOD} is required")
            )
        if request.path == "/oauth2/token" and request.form.get("grant_type") == "authorization_code":
            challenge = self._challenges.pop(request.form.get("code", ""), None)
            if challenge != _challenge(request.form.get("code_verifier", "")):
                return _fault("invalid_grant", "code_verifier does not belong to the code")
        return None

    def remember(self, response: Response) -> Response:
        """Keeps the challenge with the code that is handed out, and says in the discovery what we can."""
        if request.path == "/oauth2/authorize" and response.location:
            for code in parse_qs(urlsplit(response.location).query).get("code", []):
                self._challenges[code] = request.args["code_challenge"]
        if request.path == "/.well-known/openid-configuration":
            discovery = response.get_json() | {"code_challenge_methods_supported": [METHOD]}
            response.set_data(Response.json_module.dumps(discovery))
        return response


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _fault(error: str, description: str) -> Response:
    body = Response.json_module.dumps({"error": error, "error_description": description})
    return Response(body, status=400, content_type="application/json")


def provider(people: Sequence[DemonstrationPerson]) -> Flask:
    """The provider as an application that knows these people."""
    app = Flask(__name__, template_folder=str(pages.folder() / "dev" / "provider"))
    app.secret_key = secrets.token_bytes(32)
    Pkce(app)
    app.context_processor(lambda: {"people": {person.subject: person for person in people}})
    users = [oidc_provider_mock.User(sub=person.subject, claims=person.claims) for person in people]
    oidc_provider_mock.init_app(app, require_nonce=True, issue_refresh_token=False, user_claims=users)
    return app


def both() -> Callable[..., Iterable[bytes]]:
    """The two providers; by the name of the machine one knows which is meant."""
    first, other = provider(PEOPLE), provider(ELSEWHERE)

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        is_other = environ.get("HTTP_HOST", "").partition(":")[0] == OTHER_HOST
        return (other if is_other else first)(environ, start_response)

    return answer


@click.command()
@click.option("--port", type=int, required=True, help="The port of 127.0.0.1 to listen on.")
def main(port: int) -> None:
    """Lets the demonstration people sign in. For development only."""
    refuse_production(os.environ)
    # The provider and the browser are on one machine; Authlib wants to be told that http will do.
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    make_server("127.0.0.1", port, both(), threaded=True).serve_forever()


if __name__ == "__main__":
    main()
