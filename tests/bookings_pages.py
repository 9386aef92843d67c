"""What the tests of the bookings pages share: a page as it reads."""

import re

from werkzeug.test import TestResponse


def words_of(answer: TestResponse) -> str:
    """The text of the main part, without tags and with single blanks."""
    main = re.search(r"<main.*?</main>", answer.text, re.DOTALL)
    assert main is not None
    return " ".join(re.sub(r"<[^>]+>", " ", main.group(0)).split()).replace(" .", ".").replace(" ,", ",")


def shown_run(page: str) -> str:
    """The drawing up that the page of publishing asks about."""
    return re.search(r'name="run_id" value="(\d+)"', page)[1]
