"""What the auth room's form pages share: doing the deed of a form, and where to go on to."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from auth import rules
from lararportal import edge
from lararportal.errors import Refused
from lararportal.forms import Form


def send_in(form: Form, do: Callable[[Session], Any]) -> int | None:
    """Does the deed of a form that was sent in; None when it is done, else the status of the form's page."""
    if not form.is_submitted():
        return 200
    if not form.validate():
        return 400
    try:
        with edge.deed() as db:
            do(db)
    except Refused as refusal:
        form.explain(refusal)
        return 409
    return None


def own_path(text: str | None) -> str:
    """The path to go on to, or nothing when it leads away from the portal."""
    return text if text and rules.is_own_path(text) else ""
