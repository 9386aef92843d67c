"""Who may open a page: a decorator on every view, and the visitor behind the request."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import abort, current_app
from flask_login import current_user
from werkzeug.exceptions import Forbidden

from auth.login_sessions import Visitor
from auth.states import Role

ViewResult = Any
View = Callable[..., ViewResult]


def me() -> Visitor:
    """The visitor; only in views that demand a sign-in."""
    visitor = current_user._get_current_object()  # noqa: SLF001 - the documented way to the object itself
    if not isinstance(visitor, Visitor):
        raise Forbidden
    return visitor


def public(view: View) -> View:
    """Everybody may open this page."""
    return _marked(view, access="public")


def signed_in(view: View) -> View:
    """Everybody who has signed in may open this page; what they see there depends on who they are."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ViewResult:
        if not current_user.is_authenticated:
            return _ask_to_sign_in()
        return view(*args, **kwargs)

    return _marked(guarded, access="signed_in")


def needs(*roles: Role) -> Callable[[View], View]:
    """Only holders of one of the roles may open this page; everybody else is answered 403."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ViewResult:
            if not current_user.is_authenticated:
                return _ask_to_sign_in()
            if not me().has(*roles):
                abort(403)
            return view(*args, **kwargs)

        return _marked(guarded, access=frozenset(roles))

    return decorate


def _marked(view: View, *, access: object) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view


def _ask_to_sign_in() -> ViewResult:
    return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
