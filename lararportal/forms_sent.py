"""What form pages of all rooms share: doing the deed of a form that was sent in."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

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
