"""Whoever tells a command what cannot be reads a sentence, and no traceback."""

import click
import pytest
from click.testing import CliRunner

from lararportal.cli import main
from lararportal.cli.telling import a_moment


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("web --port 65536", "Invalid value for '--port': 65536 is not in the range 0<=x<=65535."),
        ("all --port -1", "Invalid value for '--port': -1 is not in the range 0<=x<=65535."),
        ("metrics --port 99999", "Invalid value for '--port': 99999 is not in the range 0<=x<=65535."),
        ("web --workers 0", "Invalid value for '--workers': 0 is not in the range x>=1."),
        ("all --workers -1", "Invalid value for '--workers': -1 is not in the range x>=1."),
    ],
)
def test_a_part_that_could_never_answer_is_not_started(arguments: str, sentence: str) -> None:
    told = CliRunner().invoke(main, arguments.split())
    assert told.exit_code == 2
    assert told.output.splitlines()[-1] == f"Error: {sentence}"


@pytest.mark.parametrize("moment", ["yesterday", "2027-02-29", "0001-01-01T00:00", "1899-12-31", "9999-12-31T23:59"])
def test_a_moment_that_nobody_can_mean_is_refused(moment: str) -> None:
    with pytest.raises(click.BadParameter, match=f"{moment} is not a moment such as 2027-03-01T08:00"):
        a_moment(moment)
