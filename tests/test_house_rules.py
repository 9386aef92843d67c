"""The rules of the house, each held by the whole tree and each shown to notice what it forbids.

The rules themselves stand in `tests/house/`.
"""

import json
import re
from textwrap import dedent

import pytest
from flask import Flask
from house import imports, migrations, purity, stories, surface, words
from house.reading import ROOMS, ROOT, Source, faults, product
from house.reading import tests as files_of_tests
from jinja2 import DictLoader, Environment
from portals import SAFE

from auth.access import public
from lararportal import pages
from lararportal.app import create_app
from lararportal.config import Settings
from lararportal.providers import Provider

TEMPLATES = ROOT / "templates"
STATES = [each for each in product() if each.path in [f"{room}/states.py" for room in ROOMS]]
LETTERS = [each for each in product() if re.fullmatch(rf"({'|'.join(ROOMS)})/letters(/\w+)?\.py", each.path)]


def planted(path: str, text: str) -> Source:
    return Source(path, dedent(text))


def reasons(*, of: tuple[str, ...] = ("Refusal", "ImportFault", "Oddity")) -> set[str]:
    return set().union(*(values for name, values in words.enums(product()).items() if name in of))


def sentences() -> dict[str, list[str]]:
    """The keys of each file of sentences."""
    key = re.compile(r'^\s*"(\w+)":', re.MULTILINE)
    return {path.name: key.findall(path.read_text("utf-8")) for path in (TEMPLATES / "sentences").glob("*.html")}


@pytest.fixture(scope="module")
def portal() -> Flask:
    """The application as it is developed, which has the most routes; it connects to nothing."""
    nowhere = "127.0.0.1:1"
    provider = Provider(
        name="demo", title="Demo", issuer=f"http://{nowhere}", client_id="portal", client_secret="not a secret"
    )
    return create_app(
        Settings(
            env="development",
            secret_key="not a secret, only long enough for a test",
            data_keys=SAFE.ring,
            index_key=SAFE.index_key,
            database_url=f"postgresql://{nowhere}/none",
            redis_url=f"redis://{nowhere}/0",
            base_url="http://portal.test",
            providers=(provider,),
            smtp_url=f"smtp://{nowhere}",
            mail_from="portal@example.org",
            letters_dir="letters",
        )
    )


class TestTheWholeTree:
    @pytest.mark.parametrize(
        "rule",
        [
            imports.climbing,
            imports.sideways,
            imports.local,
            imports.impure_rules,
            imports.worldly_deeds,
            purity.second_committer,
            purity.done_once,
            purity.asked_clock,
            purity.long_file,
            purity.long_function,
            words.swedish,
            migrations.one_step,
        ],
        ids=lambda rule: rule.__name__,
    )
    def test_keeps_the_rule(self, rule):
        assert faults(rule, product()) == []

    def test_is_read(self):
        assert {each.package for each in product()} == {"lararportal", *ROOMS}
        assert [each.package for each in STATES] == list(ROOMS)
        assert {each.package for each in LETTERS} == {*ROOMS}

    def test_imports_in_no_circle(self):
        assert imports.circle(product()) == []

    def test_is_told_in_the_story_of_each_package(self):
        assert stories.untold(product()) == []

    def test_keeps_tests_short_enough_to_read(self):
        assert faults(purity.long_file, files_of_tests()) == []

    def test_says_of_every_route_who_may_open_it(self, portal):
        assert surface.unguarded(portal) == []

    def test_tells_macros_what_they_show(self, portal):
        assert surface.unknown(portal.jinja_env) == []

    def test_names_no_package_index(self):
        files = sorted(ROOT.glob("requirements*.txt"))

        names = ["requirements-audit.txt", "requirements-dev.txt", "requirements-node.txt", "requirements.txt"]
        assert [path.name for path in files] == names
        assert [line for path in files for line in surface.indexed(path.read_text("utf-8").splitlines())] == []

    def test_pins_what_npm_brings_by_hash_and_says_of_nothing_where_it_is(self):
        folder = ROOT / "tests" / "certified"
        locked = json.loads((folder / "package-lock.json").read_text("utf-8"))["packages"]
        wanted = json.loads((folder / "package.json").read_text("utf-8"))["dependencies"]

        assert locked.pop("")["dependencies"] == wanted
        assert [name for name, each in locked.items() if not each["integrity"].startswith("sha512-")] == []
        assert [name for name, each in locked.items() if "resolved" in each] == []


class TestTheTemplates:
    def test_have_a_sentence_for_every_refusal(self):
        assert words.unsaid(reasons(), [key for keys in sentences().values() for key in keys]) == []

    def test_have_no_sentence_that_nobody_says(self):
        keys = [key for each in sentences().values() for key in each]
        texts = [path.read_text("utf-8") for path in TEMPLATES.rglob("*.html") if path.parent.name != "sentences"]

        assert words.unheard(keys, reasons(), product(), texts) == []

    def test_never_ask_anybody_to_reload(self):
        """Reloading the answer to a form sends the form once more."""
        asking = [path.name for path in TEMPLATES.rglob("*.*") if "ladda om" in path.read_text("utf-8").lower()]

        assert asking == []

    def test_hold_every_sentence_once(self):
        assert words.told_twice(sentences()) == []

    def test_have_a_word_for_every_member_of_every_enum(self):
        assert words.wordless(words.enums(product()), pages.words()) == []

    def test_have_one_letter_for_every_occasion_and_no_other(self):
        letters = {path.stem for path in (TEMPLATES / "letters").glob("[!_]*.txt")}

        assert letters == words.occasions(product())

    @pytest.mark.parametrize("room", LETTERS, ids=lambda source: source.package)
    def test_have_letters_that_somebody_posts(self, room):
        assert words.unposted(room, product()) == []

    @pytest.mark.parametrize("states", STATES, ids=lambda source: source.package)
    def test_have_sentences_for_refusals_that_are_given(self, states):
        assert words.never_given(states, product()) == []

    def test_leave_out_words_only_of_enums_that_exist(self):
        assert set(words.NOT_IN_WORDS) <= set(words.enums(product()))


LONG = "x = 1\n"


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (imports.climbing, "courses/sessions.py", "from bookings import waitlist"),
        (imports.climbing, "courses/sessions.py", "import bookings.models"),
        (imports.climbing, "auth/people.py", "from courses.models import Course"),
        (imports.climbing, "lararportal/edge.py", "from auth.access import me"),
        (imports.climbing, "bookings/seats.py", "from lararportal.app import install"),
        (imports.climbing, "bookings/seats.py", "from lararportal import tick"),
        (imports.climbing, "bookings/models.py", "from bookings import letters"),
        (imports.climbing, "bookings/models.py", "from auth import people"),
        (imports.climbing, "bookings/waitlist.py", "from bookings.views.mine import blueprint"),
        (imports.climbing, "bookings/waitlist.py", "from auth.access import me"),
        (imports.climbing, "courses/forms/course.py", "from courses.views import desk"),
        (imports.climbing, "courses/states.py", "from courses.models import Course"),
        (imports.sideways, "bookings/views/mine.py", "from courses import sessions"),
        (imports.sideways, "bookings/views/mine.py", "from courses.views.desk import blueprint"),
        (imports.sideways, "bookings/waitlist.py", "from courses.queries import hits"),
        (imports.local, "bookings/waitlist.py", "def fill():\n    import json"),
        (imports.local, "bookings/waitlist.py", "class Line:\n    from json import loads"),
        (imports.impure_rules, "auth/rules.py", "from sqlalchemy import select"),
        (imports.impure_rules, "auth/rules.py", "from auth.models import Person"),
        (imports.impure_rules, "auth/rules.py", "from lararportal import clock"),
        (imports.impure_rules, "bookings/rules/line.py", "from courses.rules import Day"),
        (imports.impure_rules, "bookings/rules/line.py", "import random"),
        (imports.impure_rules, "bookings/rules/allocation/lottery.py", "from secrets import token_hex"),
        (imports.worldly_deeds, "bookings/waitlist.py", "from flask import request"),
        (imports.worldly_deeds, "bookings/waitlist.py", "from rq import Queue"),
        (imports.worldly_deeds, "bookings/queries/mine.py", "from flask_login import current_user"),
        (imports.worldly_deeds, "auth/people.py", "from lararportal import edge"),
        (purity.second_committer, "bookings/seats.py", "db.commit()"),
        (purity.second_committer, "lararportal/tick.py", "with engine.begin() as db: ..."),
        (purity.second_committer, "lararportal/tick.py", "from sqlalchemy.orm import sessionmaker"),
        (purity.second_committer, "lararportal/tick.py", "sessions = orm.sessionmaker\ndb.rollback()"),
        (purity.done_once, "lararportal/workers.py", "with place.database.transaction() as db: ..."),
        (purity.asked_clock, "bookings/seats.py", "now = clock.now()"),
        (purity.asked_clock, "bookings/seats.py", "ask = lararportal.clock.now"),
        (purity.asked_clock, "bookings/views/mine.py", "now = datetime.now(UTC)"),
        (purity.asked_clock, "auth/rules.py", "today = datetime.date.today()"),
        (purity.asked_clock, "auth/models.py", "created_at = mapped_column(server_default=func.now())"),
        (purity.asked_clock, "lararportal/mail.py", "time.time()"),
        (purity.asked_clock, "lararportal/mail.py", "from time import time"),
        (purity.asked_clock, "lararportal/mail.py", "from lararportal.clock import now"),
        (purity.long_file, "auth/people.py", LONG * 301),
        (purity.long_file, "tests/make.py", LONG * 401),
        (purity.long_function, "auth/people.py", "def lock():\n" + f"    {LONG}" * 40),
        (words.swedish, "auth/people.py", 'flash("Välkommen")'),
        (words.swedish, "auth/people.py", 'flash("Profilen finns inte")'),
        (words.swedish, "auth/people.py", 'flash(f"{name} har en plats.")'),
        (words.swedish, "auth/people.py", 'button("Spara")'),
        (words.swedish, "lararportal/pages.py", '" och ".join(days)'),
    ],
)
def test_a_rule_notices_what_it_forbids(rule, path, text):
    assert len(list(rule(planted(path, text)))) >= 1


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (imports.climbing, "bookings/waitlist.py", "from courses import sessions\nfrom auth.people import lock"),
        (imports.climbing, "auth/views.py", "from auth import access, people\nfrom lararportal import edge"),
        (imports.climbing, "lararportal/tick.py", "from bookings import waitlist"),
        (imports.sideways, "bookings/views/mine.py", "from courses import queries\nfrom auth.access import me"),
        (imports.sideways, "courses/views/desk.py", "from courses import sessions"),
        (imports.sideways, "bookings/waitlist.py", "from courses import sessions"),
        (imports.local, "bookings/waitlist.py", "import json"),
        (imports.impure_rules, "bookings/rules/line.py", "import datetime\nfrom bookings.rules import seats"),
        (imports.impure_rules, "auth/rules.py", "from auth.states import Role"),
        (imports.worldly_deeds, "auth/sso.py", "from flask import session"),
        (imports.worldly_deeds, "bookings/views/mine.py", "from flask import request"),
        (purity.second_committer, "lararportal/db.py", "with sessionmaker(engine).begin() as db: ..."),
        (purity.second_committer, "auth/people.py", "with db.begin_nested(): ..."),
        (purity.second_committer, "auth/views.py", "login_sessions.begin(db, now=now)"),
        (purity.done_once, "lararportal/workers.py", "place.database.run(lambda db: publish(db))"),
        (purity.asked_clock, "lararportal/workers.py", "now = clock.now()"),
        (purity.asked_clock, "bookings/views/mine.py", "now = edge.moment()\nstarted = time.monotonic()"),
        (purity.long_file, "auth/people.py", LONG * 300),
        (
            purity.long_function,
            "auth/people.py",
            'def lock():\n    """Why.\n\n    When.\n    """\n' + f"    {LONG}" * 39,
        ),
        (words.swedish, "auth/people.py", '"""Kön."""\nurl = "/mina-kurser"\nargument = "sida"'),
        (words.swedish, "auth/people.py", 'raise ValueError("names the same provider twice")'),
    ],
)
def test_a_rule_lets_the_rest_be(rule, path, text):
    assert list(rule(planted(path, text))) == []


def test_a_circle_of_imports_is_noticed():
    one, two = planted("auth/one.py", "from auth import two"), planted("auth/two.py", "from auth.one import x")

    assert set(imports.circle([one, two])) == {"auth.one", "auth.two"}


def test_a_file_that_its_package_does_not_tell_of_is_noticed():
    story = planted("auth/__init__.py", '"""Who somebody is: `people`, and `sso/` for their proof."""')
    files = ("auth/people.py", "auth/sso/clients.py", "auth/cookie.py")

    assert stories.untold([story, *(planted(path, "") for path in files)]) == ["auth: cookie"]


def test_a_route_without_access_is_noticed():
    app = Flask("planted", static_folder=None)
    app.add_url_rule("/open", "open", public(lambda: ""))
    app.add_url_rule("/forgotten", "forgotten", lambda: "")

    assert surface.unguarded(app) == ["forgotten (/forgotten)"]


def test_a_macro_that_is_not_told_what_it_shows_is_noticed():
    macros = "{% macro badge(kind) %}{{ kind }}{{ visitor }}{% endmacro %}"
    pages = {"told.html": macros, "untold.html": macros}
    pages["page.html"] = '{% from "told.html" import badge with context %}{% from "untold.html" import badge %}'

    assert surface.unknown(Environment(loader=DictLoader(pages), autoescape=True)) == ["visitor (untold.html)"]


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://packages.example/simple",
        "--extra-index-url=//packages",
        "-i //packages",
        "--find-links wheels",
        "flask @ file:///wheels/flask.whl",
        "flask==3.1  --trusted-host packages",
        "flask==3.1 ; packages.example.org",
    ],
)
def test_an_index_in_requirements_is_noticed(line):
    assert list(surface.indexed(["# via flask @ home.org", "flask==3.1.0 \\", "    --hash=sha256:00", line])) == [
        line
    ]


class TestWordsThatAreMissing:
    def test_a_member_without_its_word_is_noticed(self):
        source = planted("auth/states.py", 'class RoomState(StrEnum):\n    OPEN = "open"\n    SHUT = "shut"')
        enums = words.enums([source])

        assert words.wordless(enums, {"room_state": {"open": "-"}}) == ["RoomState: ['shut']"]
        assert words.wordless(enums, {"room_state": {"open": "-", "shut": "-"}}) == []
        assert words.wordless(enums, {}) == ["RoomState: ['open', 'shut']"]

    def test_a_reason_without_its_sentence_is_noticed(self):
        assert words.unsaid(["too_late", "too_early"], ["too_late"]) == ["too_early"]

    def test_a_sentence_without_its_user_is_noticed(self):
        code = planted("auth/views.py", 'flash("saved")')
        keys = ["too_late", "saved", "shown", "forgotten"]

        assert words.unheard(keys, ["too_late"], [code], ['{{ sentence("shown") }}']) == ["forgotten"]

    def test_a_sentence_that_two_files_hold_is_noticed(self):
        assert words.told_twice({"a.html": ["one", "two"], "b.html": ["two"]}) == ["two"]

    def test_a_refusal_that_nobody_gives_is_noticed(self):
        states = planted("auth/states.py", 'class Refusal(StrEnum):\n    LATE = "late"\n    EARLY = "early"')
        deed = planted("auth/people.py", "raise Refused(Refusal.LATE)")
        elsewhere = planted("courses/sessions.py", "raise Refused(Refusal.EARLY)")

        assert words.never_given(states, [states, deed, elsewhere]) == ["EARLY"]


class TestLettersThatAreMissing:
    LETTERS = planted(
        "bookings/letters.py",
        """
        def seat_booked(db, *, now):
            outbox.post(db, "seat_booked", now=now)

        def seat_moved(db, *, now):
            _about_seat(db, "seat_moved", now=now)

        def _about_seat(db, occasion, *, now):
            outbox.post(db, occasion, now=now)
        """,
    )

    def test_an_occasion_is_what_a_letter_is_posted_as(self):
        assert words.occasions([self.LETTERS]) == {"seat_booked", "seat_moved"}

    def test_a_letter_that_nobody_posts_is_noticed(self):
        deed = planted("bookings/rebooking.py", "letters.seat_moved(db, now=now)")

        assert words.unposted(self.LETTERS, [self.LETTERS, deed]) == ["seat_booked"]
