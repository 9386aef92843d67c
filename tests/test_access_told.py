"""The page that tells who may open what is the one that the portal itself tells."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from auth.access import needs, public, reaching
from auth.states import Role
from lararportal.cli import main
from lararportal.cli.access import rows

PAGE = Path(__file__).parent.parent / "docs/access.md"


def told(view) -> list[str]:
    app = Flask("planted", static_folder=None)
    app.add_url_rule("/planted", "planted", view)
    [row] = rows(app)
    return row


def test_the_page_is_what_the_command_prints():
    """Write it anew with `lararportal access > docs/access.md`, and read the difference."""
    assert CliRunner().invoke(main, ["access"]).output == PAGE.read_text("utf-8")


def test_every_role_has_its_cell():
    view = needs(Role.COORDINATOR, Role.DIRECTOR)(reaching(Role.DIRECTOR, "own")(lambda: ""))

    assert told(view) == ["/planted", "GET", "sign in", "-", "-", "all", "own", "-", "-", ""]


def test_nobody_is_told_of_a_role_whose_reach_nobody_has_said():
    with pytest.raises(KeyError):
        told(needs(Role.REVIEWER)(lambda: ""))


def test_a_reach_that_would_come_too_late_is_noticed():
    with pytest.raises(TypeError, match="stands below the decorator"):
        reaching(Role.COORDINATOR, "all")(public(lambda: ""))
