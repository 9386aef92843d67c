import pytest
from click.testing import CliRunner
from portals import KEYS
from sqlalchemy import select
from sqlalchemy.orm import Session

from auth import login_sessions
from auth.models import Grant, LoginSession
from auth.states import Area, Role
from lararportal.cli import main
from lararportal.db import connect
from lararportal.journal import Entry
from make import person


@pytest.fixture
def db(fresh_database_url):
    engine = connect(fresh_database_url)
    with Session(engine, expire_on_commit=False) as db:
        yield db
    engine.dispose()


@pytest.fixture
def command(db, fresh_database_url, redis_url, monkeypatch):
    """The command line on the test's database: exit code and what it said."""
    environment = {
        "LARARPORTAL_SECRET_KEY": "x" * 32,
        **KEYS,
        "DATABASE_URL": fresh_database_url,
        "REDIS_URL": redis_url,
        "LARARPORTAL_BASE_URL": "https://portal.test",
        "LARARPORTAL_PROVIDERS": (
            '[{"name": "demo", "title": "Demo", "issuer": "http://127.0.0.1:1", '
            '"client_id": "portal", "client_secret": "s"}]'
        ),
        "LARARPORTAL_SMTP_URL": "smtp://127.0.0.1:1",
        "LARARPORTAL_MAIL_FROM": "portal@example.org",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def run(*words: str) -> tuple[int, str]:
        db.commit()
        result = CliRunner().invoke(main, words if words[0] == "sign-out" else ["role", *words])
        db.rollback()
        return result.exit_code, result.output

    return run


def test_an_operator_makes_the_first_administrator(command, db):
    siv = person(db, subject="siv", given_name="Siv", family_name="Ekman", email="siv@example.org")
    db.flush()
    told = (
        f"Error: SIV@example.org stands in the profile of {siv.id} (Siv Ekman), here since 2026-01-01, who signs in "
        "at http://127.0.0.1:1 since 2026-01-01. Anybody can write an address there: if that is who you mean, say "
        f"{siv.id} instead, or --yes\n"
    )

    assert command("grant", "SIV@example.org", "administrator") == (1, told)
    assert db.scalars(select(Grant)).all() == []
    assert command("grant", "SIV@example.org", "administrator", "--yes") == (0, "Siv Ekman is administrator now.\n")
    assert [(grant.person_id, grant.role) for grant in db.scalars(select(Grant))] == [(siv.id, Role.ADMINISTRATOR)]
    assert [(entry.deed, entry.by) for entry in db.scalars(select(Entry))] == [("role.granted", None)]
    assert command("list") == (0, f"{siv.id:>6}  Siv Ekman <siv@example.org>  administrator\n")


def test_a_director_is_one_for_an_area(command, db):
    eva = person(db, given_name="Eva", family_name="Nordin", email="eva@example.org")
    db.flush()
    number = str(eva.id)

    assert command("grant", number, "director", "--area", "skaraborg")[0] == 0
    assert command("list") == (0, f"{eva.id:>6}  Eva Nordin <eva@example.org>  director of skaraborg\n")
    assert db.scalars(select(Grant.area)).all() == [Area.SKARABORG]
    assert command("revoke", number, "director", "--area", "skaraborg") == (
        0,
        "Eva Nordin is not director any more.\n",
    )
    assert command("list") == (0, "")


def test_a_refusal_is_said_and_changes_nothing(command, db):
    person(db, email="eva@example.org")

    assert command("grant", "eva@example.org", "director", "--yes") == (
        1,
        "Error: En studierektor måste ha ett delområde.\n",
    )
    assert db.scalars(select(Grant)).all() == []


def test_an_operator_says_whom_they_mean(command, db):
    twins = [person(db, given_name=name, family_name="Ek", email="ek@example.org") for name in ("Ada", "Bo")]

    assert command("grant", "99999999999", "leader") == (
        1,
        "Error: nobody is known as 99999999999: a person must have signed in once\n",
    )
    numbers = f"{twins[0].id} (Ada Ek), {twins[1].id} (Bo Ek)"
    assert command("grant", "ek@example.org", "leader", "--yes") == (
        1,
        f"Error: several people have the address ek@example.org: say the number of one, {numbers}\n",
    )
    assert db.scalars(select(Grant)).all() == []


def test_an_operator_ends_the_sign_ins_of_somebody_or_of_everybody(command, db, now):
    anna, bo = person(db), person(db)
    for each in (anna, anna, bo):
        login_sessions.begin(db, person_id=each.id, provider="demo", id_token="", now=now)

    def lasting() -> list[int]:
        return list(db.scalars(select(LoginSession.person_id).where(LoginSession.ended_at.is_(None))))

    assert [command("sign-out")[0], command("sign-out", str(bo.id), "--everybody")[0], len(lasting())] == [2, 2, 3]
    assert (command("sign-out", str(anna.id)), lasting()) == ((0, "Sign-ins ended: 2.\n"), [bo.id])
    assert (command("sign-out", "--everybody"), lasting()) == ((0, "Sign-ins ended: 1.\n"), [])
    assert command("sign-out", "nobody@example.org")[0] == 1
