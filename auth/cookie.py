"""What a browser carries from page to page in its signed cookie: its sign-in, and what was sent in without one.

Whose it is stands there twice: as the token of the sign-in, and in the proof that its forms come from a page of ours,
which tells that even when the sign-in has ended.
"""

import hashlib
import json
import secrets
from urllib.parse import urlsplit

from flask import flash, request, session
from itsdangerous import BadData, URLSafeTimedSerializer

from auth import login_sessions
from lararportal import edge, forms
from lararportal.personal_number import stands_in

SENT_KEY = "sent"
"""Where the cookie keeps what somebody sent in, while they sign in or prove anew who they are."""

PROOF = "csrf_token"
"""What a form carries, and the cookie, to show that a page of ours sent it."""

LONGEST_SENT = 1500
"""As much of it as there is room for beside a sign-in: a cookie holds 4 kB."""


def sign_in_browser(token: str, *, person_id: int) -> None:
    """The browser carries the token from now on, and of what it carried before only what this person sent in.

    The proof in its forms says whose they are, for when one comes back after the sign-in has ended.
    """
    sent = session.get(SENT_KEY)
    session.clear()
    session[login_sessions.COOKIE_KEY] = token
    session[PROOF] = f"{person_id}-{secrets.token_hex(20)}"
    if sent is not None and sent["by"] == person_id:
        session[SENT_KEY] = sent


def sign_out_browser() -> None:
    """The browser carries nothing any more."""
    session.clear()


def token_of_sign_in() -> str | None:
    """What stands for the sign-in of this browser, whether or not that has ended; None where there never was one."""
    token = session.get(login_sessions.COOKIE_KEY)
    return token if isinstance(token, str) else None


def asker() -> str | None:
    """Who asks, as far as the browser's cookie says: enough to count by, and the database is not asked."""
    if (token := token_of_sign_in()) is None:
        return None
    owner = str(session.get(PROOF, "")).partition("-")[0]
    return owner if owner.isdecimal() else hashlib.sha256(token.encode()).hexdigest()[:16]


def owner_of_form() -> int | None:
    """Whose form was sent in, by the proof in it: the portal signed it, and it came from a page of the portal."""
    ours = {request.host, urlsplit(edge.installation().settings.base_url).netloc}
    if request.headers.get("Origin", "").partition("://")[2] not in ours:  # Anybody can send what is no address.
        return None
    signer = URLSafeTimedSerializer(edge.installation().settings.secret_key, salt="wtf-csrf-token")
    try:
        proof = signer.loads(request.form.get(PROOF, ""))
    except BadData:
        return None
    owner = str(proof).partition("-")[0]
    return int(owner) if owner.isdecimal() and "-" in str(proof) else None


def keep_what_was_sent(*, by: int) -> None:
    """The cookie has it, for this person and this page; what it has no room for is lost, and that is said."""
    fields = {name: texts for name, texts in request.form.lists() if name != PROOF}
    if not fields:
        return
    kept = json.dumps(fields)
    # A personal number is not laid into a cookie, which its browser keeps as it is.
    if len(kept) > LONGEST_SENT or stands_in(kept):
        flash("sent_form_lost", "warning")
        return
    session[SENT_KEY] = {"by": by, "to": request.path, "fields": fields}


def put_back_what_was_sent(*, by: int) -> None:
    """The form of this page begins with it, once, if this person sent it in from here."""
    sent = session.get(SENT_KEY)
    if request.method != "GET" or sent is None or (sent["by"], sent["to"]) != (by, request.path):
        return
    del session[SENT_KEY]
    forms.begin_with(sent["fields"])
    flash("sent_form_kept", "info")
