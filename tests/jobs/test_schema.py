"""The schema: what migrations make is what the models say, and it is moved while others work, or not at all."""

import re
from collections.abc import Callable

import psycopg
import pytest
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from click.testing import CliRunner, Result
from portals import KEYS, SAFE
from sqlalchemy import text

from lararportal import clock, revisions, schema
from lararportal.audit import invariants
from lararportal.backup import scratch
from lararportal.cli import main
from lararportal.config import Settings
from lararportal.db import Base, Database, connect
from lararportal.demo import build_term
from lararportal.schema import FOLDER

CATALOGUE = {
    "columns": """
        SELECT concat_ws(' ', relname, attname, format_type(atttypid, atttypmod), attnotnull, attidentity,
            attgenerated, pg_get_expr(adbin, adrelid), collname)
        FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
            LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
            LEFT JOIN pg_collation o ON o.oid = attcollation
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
    """,
    "constraints": """
        SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """,
    "indexes": """
        SELECT concat_ws(' ', pg_get_indexdef(indexrelid), indisvalid)
        FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE relnamespace = 'public'::regnamespace
    """,
    "others": """
        SELECT concat_ws(' ', relkind, relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT concat_ws(' ', 'trigger', tgname) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT concat_ws(' ', 'function', proname) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    """,
}
WORDS = re.compile(r"ARRAY\[(.*?)\]")
"""What a column may say; the order means nothing."""
OF_ALEMBIC = "CREATE TABLE alembic_version (version_num varchar(32) CONSTRAINT alembic_version_pkc PRIMARY KEY)"


def catalogue(url: str) -> dict[str, list[str]]:
    """All that the database knows of the schema."""
    with psycopg.connect(url) as connection:
        found = {name: [row for (row,) in connection.execute(query)] for name, query in CATALOGUE.items()}
    return {name: sorted(map(plain, rows)) for name, rows in found.items()}


def plain(row: str) -> str:
    return WORDS.sub(lambda words: str(sorted(words[1].split(", "))), row)


def test_migrations_make_what_the_models_say_to_the_last_constraint_index_and_default(
    fresh_database_url: str,
):
    with scratch(fresh_database_url) as url:
        engine = connect(url)
        Base.metadata.create_all(engine)
        with psycopg.connect(url) as connection:
            connection.execute(OF_ALEMBIC)
        engine.dispose()
        by_models, by_migrations = catalogue(url), catalogue(fresh_database_url)
    assert by_migrations == by_models
    assert {name: len(rows) > 10 for name, rows in by_models.items()} == dict.fromkeys(CATALOGUE, True)


PROVIDERS = '[{"name": "p", "title": "P", "issuer": "http://127.0.0.1:1", "client_id": "c", "client_secret": "s"}]'


@pytest.fixture
def command(settings: Settings, fresh_database_url: str) -> Callable[..., Result]:
    environment = {
        "DATABASE_URL": fresh_database_url,
        "REDIS_URL": settings.redis_url,
        "LARARPORTAL_SECRET_KEY": settings.secret_key,
        **KEYS,
        "LARARPORTAL_BASE_URL": "https://portal.test",
        "LARARPORTAL_SMTP_URL": settings.smtp_url,
        "LARARPORTAL_MAIL_FROM": settings.mail_from,
        "LARARPORTAL_PROVIDERS": PROVIDERS,
    }
    return lambda *words: CliRunner(env=environment).invoke(main, words)


def test_a_table_in_use_is_waited_for_not_for_long_tried_again_and_named(
    command: Callable[..., Result], fresh_database_url: str
):
    schema.downgrade(fresh_database_url, "0010")
    with psycopg.connect(fresh_database_url) as somebody:
        somebody.execute("SELECT FROM bookings")
        done = command("db", "upgrade", "0011", "--lock-timeout", "0.1", "--tries", "2")

    assert (done.exit_code, "Traceback" in done.output) == (1, False)
    waiting, given_up = done.stderr.splitlines()
    assert waiting.startswith(
        "Somebody uses what this needs, so it is tried again in 0.2 seconds: ALTER TABLE bookings ADD"
    )
    assert given_up.startswith(
        "Error: The schema could not be moved all the way, and the portal works as before: try again"
    )
    with psycopg.connect(fresh_database_url) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0010",)]
    # Nobody is in the way any more, but another host that moves the schema, too.
    with psycopg.connect(fresh_database_url, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [schema.ONE_AT_A_TIME])
        with pytest.raises(schema.InUse):
            schema.upgrade(fresh_database_url, lock_seconds=0.1)
    schema.upgrade(fresh_database_url)
    schema.check(fresh_database_url)


LOST = {
    "0047": {"preparation_parts.session_id"},
    "0046": {"materials.part_id"},
    "0045": {"course_sessions.programme_at"},
    "0044": {"messages", "letters.reply_to"},
    "0043": {"maskings"},
    "0040": {"course_sessions.programme"},
    "0039": {"reflections"},
    "0038": {"reviews", "review_actions"},
    "0037": {"needs"},
    "0036": {"evaluations.mix"},
    "0035": {"materials", "material_files"},
    "0034": {"question_forms", "evaluations", "evaluations_asked", "answer_boxes"},
    "0033": {"preparation_parts", "preparation_marks", "preparation_reminders"},
    "0032": {"course_reports", "report_documents"},
    "0031": {"calendar_feeds"},
    "0030": {"absence_charges"},
    "0029": {"certificates"},
    "0028": {
        *("courses.required_share", "courses.needs_preparation", "course_sessions.completed_at"),
        *("course_sessions.completed_by", "attendance", "completions"),
    },
    "0026": {"letters.sent_again_at", "letters.refused_at"},
    "0025": {"persons.erased_at"},
    "0024": {"persons.is_protected"},
    "0023": {"journal_seals"},
    "0022": {"personal_numbers"},
    "0021": {"login_sessions.identity_id", "identities_put_aside", "account_invitations"},
    "0020": {"course_sessions.former_cancel_by"},
    "0019": {"login_sessions.subject", "login_sessions.sid", "spent_tokens"},
    "0018": {"bookings.cancel_ground"},
    "0017": {"bookings.cancelled_by_staff", "bookings.yes_leaves"},
    "0016": {"bookings.funded_by", "bookings.funded_at", "bookings.funding_reminders"},
    "0015": {
        *(f"course_sessions.{column}" for column in ("moved_at", "booking_closed_at", "booking_closed_reason")),
    },
    "0014": {
        *(f"bookings.{column}" for column in ("charged_on", "charged_workplace", "charged_category", "credited_on")),
    },
    "0013": {"letters.booking_id", "letters.stopped_at"},
    "0011": {"bookings.calendar_sequence"},
    "0010": {"course_wishes"},
    "0008": {"bookings.asked_at", "bookings.answer_by", "bookings.short_notice", "bookings.standing_yes"},
    "0005": {"runs.would_close"},
    "0003": {"precedences"},
    "0002": {
        *(f"rounds.{column}" for column in (
            "state", "seed", "second_party_id", "second_commitment", "second_committed_at", "second_secret",
            "second_revealed_at", "second_revealed_by", "public_kind", "public_source", "public_at", "public_value",
            "public_entered_at", "public_entered_by", "revealed_at",
        )),
    },
}  # fmt: skip
"""What of a term the way back over a migration loses: it has no place in the former schema."""
MISSED = {
    "0043": {"masking_not_as_noted"},
    "0040": {"programme_not_as_noted"},
    "0039": {"reflection_not_as_noted"},
    "0035": {"material_not_as_noted"},
    "0033": {"preparation_not_as_noted", "preparation_reminder_not_noted"},
    "0030": {"absence_charge_not_noted", "absence_not_charged"},
    "0029": {"certificate_not_as_noted"},
    "0028": {"attendance_not_as_noted", "completion_not_as_noted", "session_completed_by_nobody"},
    "0016": {"booking_not_as_noted"},
    "0015": {"access_not_as_noted"},
}
"""What the audit misses then, and rightly: that of which the journal still knows."""
MISSED_NO_MORE = {"0028": {"absence_not_charged"}}
"""What it does not ask about any more, since what it followed from is lost too."""
NOW = clock.parse("2026-11-21T09:00")


def test_the_revisions_are_those_that_alembic_knows_and_a_database_stands_where_it_says(engine):
    script = ScriptDirectory(str(FOLDER))

    assert revisions.newest() == script.get_current_head()
    assert revisions.known() == {each.revision for each in script.walk_revisions()}
    with engine.connect() as connection:
        assert revisions.of(connection) == MigrationContext.configure(connection).get_current_revision() is not None


def test_whoever_goes_back_can_read_what_is_lost():
    page = (FOLDER.parents[1] / "docs" / "operations.md").read_text("utf-8")

    assert set(LOST) <= set(re.findall(r"^\| (\d{4}) \| .+ \|$", page, re.MULTILINE)) <= revisions.known()


@pytest.mark.long
def test_a_term_goes_back_over_every_migration_and_forward_and_loses_only_what_had_no_place(fresh_database_url: str):
    """Building the term alone takes as long as a minute of other tests."""
    engine = connect(fresh_database_url)
    database = Database(engine, portal_url="http://portal.test", safe=SAFE)
    build_term(database, now=NOW, issuer="http://provider.test", progress=lambda *_: None, share=0.05)
    lost: set[str] = set()
    missed: set[str] = set()
    script = ScriptDirectory(str(FOLDER))
    for revision in sorted(revisions.known(), reverse=True)[:-1]:
        before = everything(database)
        engine.dispose()
        schema.downgrade(fresh_database_url, script.get_revision(revision).down_revision)
        schema.upgrade(fresh_database_url)
        lost |= LOST.get(revision, set())
        missed = (missed | MISSED.get(revision, set())) - MISSED_NO_MORE.get(revision, set())
        assert different(before, everything(database)) <= lost, revision
        # Without what a run would have closed, it cannot be done again as it was.
        if "runs.would_close" not in lost:
            with database.transaction() as db:
                assert {each.check for each in invariants(db, now=NOW)} == missed, revision
    engine.dispose()


def everything(database: Database) -> dict[str, list[dict[str, object]]]:
    """All rows of all tables."""
    with database.transaction() as db:
        return {
            name: sorted((dict(row._mapping) for row in db.execute(text(f'SELECT * FROM "{name}"'))), key=str)
            for name in Base.metadata.tables
        }


def different(before: dict, after: dict) -> set[str]:
    """The columns in which rows differ, and the tables that have other rows."""
    found = {name for name in before if len(before[name]) != len(after[name])}
    pairs = [(name, pair) for name in set(before) - found for pair in zip(before[name], after[name], strict=True)]
    return found | {f"{name}.{key}" for name, (was, is_) in pairs for key in was if was[key] != is_[key]}
