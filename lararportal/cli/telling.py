"""What commands tell of documents and rows that others wrote: a line each, in which nothing steers the terminal.

And the moment and the port that somebody tells a command.
"""

from datetime import datetime

import click

from lararportal import clock

PORT = click.IntRange(0, 65535)
"""Where a part listens; at 0 the machine chooses."""
YEARS = range(1900, 9900)
"""Nobody means another: from the first and last days of the calendar no weeks can be reckoned."""
LONGEST = 100
"""So many signs of a name are told; of a longer one its beginning and its end."""


def one_line(told: object) -> str:
    """A text as it can be told: what is no letter, sign or blank in it stands there as its escape."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape", "backslashreplace").decode("ascii")
        for sign in str(told)
    )


def plain(name: object) -> str:
    """A name in ASCII signs alone, so that one which only looks like another is seen to be none, and not too long."""
    escaped = ascii(str(name))[1:-1]
    if len(escaped) <= LONGEST:
        return escaped
    return f"{escaped[: LONGEST // 2]}...{escaped[-LONGEST // 4 :]}"


def a_moment(text: str) -> datetime:
    """The moment that was named.

    Raises:
        BadParameter: it is none, or nobody can mean it.
    """
    try:
        moment: datetime | None = clock.parse(text)
    except (ValueError, OverflowError):
        moment = None
    if moment is None or moment.year not in YEARS:
        raise click.BadParameter(f"{text} is not a moment such as 2027-03-01T08:00", param_hint="--now")
    return moment


def counted(number: int, one: str) -> str:
    """So many of something, in words."""
    return f"{number} {one}" if number == 1 else f"{number} {one}s"
