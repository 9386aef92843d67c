"""A provider that says what a test wants, true or not, listening on this machine."""

import hmac
import json
import logging
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import Flask, Response, jsonify, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry
from joserfc.registry import HeaderParameter
from werkzeug.serving import make_server

from lararportal.providers import Provider

KEY = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
STRANGERS_KEY = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
UNUSUAL = JWSRegistry({"must": HeaderParameter("Nobody else knows it.", "str")})
ANNA = {"sub": "anna", "given_name": "Anna", "family_name": "Stenberg", "email": "anna@example.org"}


@dataclass
class Story:
    """What the provider says. Everything is right until a test changes it; None takes a claim away."""

    issuer: str
    metadata: dict = field(default_factory=dict)
    claims: dict = field(default_factory=dict)
    userinfo: dict = field(default_factory=dict)
    header: dict = field(default_factory=lambda: {"alg": "RS256", "kid": "one"})
    key: object = field(default_factory=lambda: KEY)
    keys: list = field(default_factory=lambda: [KEY])
    token: dict = field(default_factory=dict)
    status: int = 200
    instead: dict = field(default_factory=dict)
    """What it answers instead, by path."""
    moved: set[str] = field(default_factory=set)
    """The paths from which it sends on to /elsewhere."""
    slow_seconds: float = 0
    drips: bool = False
    """Whether a sign comes every now and then, and never the last."""
    nonce: str = ""
    asked: list[str] = field(default_factory=list)
    shown: list[dict] = field(default_factory=list)

    def discovery(self) -> dict:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            **self.metadata,
        }

    def id_token(self) -> str:
        now = int(time.time())
        right = {"iss": self.issuer, "aud": "portal", "iat": now, "exp": now + 60, "nonce": self.nonce, **ANNA}
        claims = {name: value for name, value in (right | self.claims).items() if value is not None}
        if isinstance(self.key, bytes):
            return forged(self.header, claims, self.key)
        return jwt.encode(self.header, claims, self.key, registry=UNUSUAL)


def forged(header: dict, claims: dict, secret: bytes) -> str:
    """A token as no decent library would make it: with a secret that is none, or without signature."""
    parts = [urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims)]
    signature = hmac.digest(secret, b".".join(parts), "sha256") if secret else b""
    return b".".join([*parts, urlsafe_b64encode(signature).rstrip(b"=")]).decode()


def _drops(told: Story) -> Iterator[str]:
    while told.drips:
        time.sleep(0.02)
        yield " "


@contextmanager
def lying_provider() -> Iterator[Story]:
    """The provider while it listens."""
    app = Flask("provider")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    told = Story(issuer=f"http://127.0.0.1:{server.server_port}")

    @app.before_request
    def listen() -> tuple[str, int] | Response | None:
        told.asked.append(request.path)
        time.sleep(told.slow_seconds)
        if told.drips:
            return Response(_drops(told), content_type="application/json")
        if request.path in told.moved:
            return Response(status=307, headers={"Location": f"{told.issuer}/elsewhere"})
        if request.path in told.instead:
            is_signed = told.instead[request.path].startswith("ey")
            kind = "application/jwt" if is_signed else "application/json"
            return Response(told.instead[request.path], content_type=kind)
        return ("", told.status) if told.status != 200 else None

    @app.get("/.well-known/openid-configuration")
    def discovery():
        return jsonify(told.discovery())

    @app.get("/jwks")
    def jwks():
        return jsonify(keys=[key.as_dict(private=False) for key in told.keys])

    @app.post("/token")
    def token():
        told.shown.append({**request.form, "Authorization": request.headers.get("Authorization", "")})
        right = {"access_token": "opaque", "token_type": "Bearer", "expires_in": 60, "id_token": told.id_token()}
        return jsonify({name: value for name, value in (right | told.token).items() if value is not None})

    @app.get("/userinfo")
    def userinfo():
        assert request.headers["Authorization"] == "Bearer opaque"
        return jsonify(told.userinfo)

    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def known_as_demo(story: Story) -> Provider:
    """The provider in the portal's settings."""
    return Provider(name="demo", title="Demo", issuer=story.issuer, client_id="portal", client_secret="s")
