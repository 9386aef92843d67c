"""The load of many doctors, in small: it ends with nothing wrong, and reads pages as a browser does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from load_browser import Form, Page, pattern_of

ROOT = Path(__file__).parents[2]
PAGE = """
<form method="get" action="/kurser"><input type="search" name="q" value=""></form>
<form method="post" action="" novalidate>
  <input type="hidden" name="csrf_token" value="proof&amp;more"><input type="checkbox" name="ask_first" value="y">
  <input type="checkbox" name="short_notice" checked><input type="radio" name="reason" value="illness">
  <select name="cap"><option value="1">1</option><option value="2" selected>2</option></select>
  <textarea name="text"> Hej &lt;du&gt; </textarea><input type="search" name="word" value="x">
  <button type="submit" name="action" value="add:7">Lägg till</button><button type="submit">Skicka</button>
</form><a class="btn" href="/kurser/OB02?sida=2&amp;q=x">Kurs</a><a href="#top">Upp</a>
"""


def test_a_form_is_sent_as_a_browser_would_that_nobody_has_touched():
    page = Page("/ansokan/2", 200, PAGE)

    fields = (("csrf_token", "proof&more"), ("short_notice", "y"), ("cap", "2"), ("text", "Hej <du>"))
    assert page.forms == [Form("/ansokan/2", fields, buttons=(("action", "add:7"),))]
    assert page.links == ["/kurser/OB02?sida=2&q=x"]
    assert [pattern_of(each) for each in ("/kurser/OB02?q=x", "/tillfallen/12/boka")] == [
        "/kurser/#",
        "/tillfallen/#/boka",
    ]


@pytest.mark.long
def test_doctors_who_browse_apply_book_and_cancel_at_once_meet_no_fault_and_leave_a_clean_audit():
    done = subprocess.run(
        [sys.executable, ROOT / "bench/load.py", "--users=30", "--seconds=20", "--thinks=1", "--share=0.1"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "Nothing was wrong."), done.stdout + done.stderr
    assert "| `POST /tillfallen/#/boka` |" in done.stdout
