"""Uploads: the few forms that a file comes with may be larger than others, for somebody who is signed in."""

from flask import Flask, request

from auth import cookie

LARGEST = 6 * 1024 * 1024
"""Bytes of such a form, with its file: more than any file that is taken, so that a page can say what is wrong."""

WITH_FILES = frozenset(
    {
        *("reports.send", "materials.of_session"),
        *("preparation.of_course", "preparation.change_part", "preparation.of_session"),
    }
)


def init_app(app: Flask) -> None:
    """Allows it before anything reads what was sent in."""
    app.before_request(_allow)


def _allow() -> None:
    if takes_files() and cookie.asker() is not None:
        request.max_content_length = LARGEST


def takes_files() -> bool:
    """Whether the form that this request sends in may have one."""
    return request.endpoint in WITH_FILES
