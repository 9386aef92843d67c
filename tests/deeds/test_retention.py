"""What has been kept for its time goes, and nothing else does."""

from datetime import timedelta

import pytest
from bookings_room import seat
from click.testing import CliRunner
from portals import KEYS
from sqlalchemy import func, select, update

from auth import protection, queries
from auth.models import AccountInvitation, Grant, Identity, IdentityPutAside, LoginSession, Person, SpentToken
from auth.states import Binding, Role, Standing
from bookings.models import Round
from courses.models import Message, Need
from courses.reports import reporting
from courses.states import ReportState
from lararportal import clock, config, journal, kept, outbox, retention, tick
from lararportal.checks import When
from lararportal.cli import main
from lararportal.cli.retention import forget_now
from lararportal.cli.serving import one_tick
from lararportal.clock import day_of
from lararportal.edge import install
from lararportal.journal import Entry
from lararportal.kept import DAYS, Kept
from lararportal.outbox import Letter, LetterState
from make import person, session

UNUSED = {"category": None, "area": None, "residency_start": None, "planned_end": None, "standing": Standing.PENDING}


@pytest.fixture
def laid(db, now):
    """Of every kind a row that is just too old and one that is not, and people who did something."""
    made = {}
    for word, late in (("old", timedelta(hours=1)), ("new", -timedelta(hours=1))):
        at = {kind: now - timedelta(days=days) - late for kind, days in DAYS.items()}
        anna, by = person(db, created_at=now), person(db)
        signed_in = {"provider": "p", "id_token": "x", "subject": "s", "person_id": anna.id}
        for kind in (Kept.SIGN_INS, Kept.PROOFS):
            token = f"{kind}-{word}"
            db.add(LoginSession(token_hash=token, began_at=at[kind], seen_at=at[kind], **signed_in))
        db.add(SpentToken(token_hash=word, until=at[Kept.USED_TOKENS]))
        keeps = LoginSession(token_hash=f"keeps-{word}", began_at=now, seen_at=now, provider="p", person_id=anna.id)
        db.add(keeps)
        db.flush()
        waits = {"issuer": "i", "kind": "sub", "value": "v", "provider": "p", "name": "n"}
        db.add(IdentityPutAside(login_session_id=keeps.id, until=at[Kept.PUT_ASIDE], **waits))
        moments = dict.fromkeys(("made_at", "sent_at", "expires_at", "used_at"), at[Kept.INVITATIONS])
        bound = {"binding": Binding.EMAIL, "bound_to": "a@b", "roles": [], "token_hash": word, "invited_by": by.id}
        db.add(AccountInvitation(person_id=anna.id, **bound, **moments))
        for state in (LetterState.SENT, LetterState.FAILED):
            facts = {"changes": [], "decided_by": "Eva"}
            once = f"{state}-{word}"
            outbox.post(db, "facts_corrected", to=anna.recipient, once=once, now=at[Kept.LETTERS], **facts)
            db.flush()
            db.scalars(select(Letter).where(Letter.once == once)).one().state = state
        about = {"objectives": ["a1"], "title": "x", "provider": "x", "content": b"%PDF-", "by": anna.id}
        report = reporting.report(db, person_id=anna.id, finished_on=now.date(), now=now, **about)
        report.state, report.reason, report.decided_by = ReportState.DECLINED, "x", by.id
        report.decided_at = at[Kept.DOCUMENTS]
        last = day_of(at[Kept.NEEDS]) - timedelta(days=word == "old")
        held = session(db, days=[last])
        seat(db, held, anna)
        db.add(Need(session_id=held.id, person_id=anna.id, diets=["vegan"], said_at=now))
        text = {"addressed": "seated", "recipients": 1, "subject": "x", "text": "x", "form_key": word}
        db.add(Message(session_id=held.id, person_id=anna.id, sent_at=at[Kept.MESSAGES], **text))
        made[word] = person(db, created_at=at[Kept.ACCOUNTS], **UNUSED).id
    long_ago = now - timedelta(days=DAYS[Kept.ACCOUNTS] + 1)
    role, seated, back, known = (person(db, created_at=long_ago, **UNUSED) for _ in range(4))
    db.add(Grant(person_id=role.id, role=Role.LEADER))
    seat(db, session(db), seated)
    journal.note(db, "login_session.begun", now=now - timedelta(days=100), by=back.id, person=back.id)
    gone = db.get_one(Person, made["old"]).recipient
    outbox.post(db, "facts_corrected", to=gone, once="to-the-gone", now=now, changes=[], decided_by="Eva")
    db.add(Identity(person_id=made["old"], issuer="i", kind="sub", value="gone", linked_at=long_ago))
    known.category = "specialist"
    db.flush()
    return made | {"kept": [each.id for each in (role, seated, back, known)]}


def test_what_is_too_old_goes_is_counted_before_and_noted_after(db, database, now, laid):
    before = retention.counts(db, now=now, kept=DAYS)
    assert before == dict.fromkeys(Kept, 1) | {Kept.PROOFS: 3, Kept.LETTERS: 2}

    done = tick.forget(database, now=now, kept=DAYS)
    # A sign-in that is gone has no proof any more.
    assert done == {kind.value: before[kind] for kind in Kept} | {"proofs": 2}
    db.expire_all()
    assert retention.counts(db, now=now, kept=DAYS) == dict.fromkeys(Kept, 0)
    rows = db.execute(select(LoginSession.token_hash, LoginSession.id_token, LoginSession.subject)).all()
    assert sorted(rows) == [
        ("keeps-new", "", None),
        ("keeps-old", "", None),
        ("proofs-new", "x", "s"),
        ("proofs-old", "", None),
        ("sign_ins-new", "", None),
    ]
    assert db.scalars(select(SpentToken.token_hash)).all() == ["new"]
    assert db.scalar(select(func.count()).select_from(IdentityPutAside)) == 1
    assert dict(db.execute(select(AccountInvitation.token_hash, AccountInvitation.bound_to)).all()) == {
        "old": "",
        "new": "a@b",
    }
    said = {each.once: {each.body != "", each.address != ""} for each in db.scalars(select(Letter))}
    assert {once: told.pop() for once, told in said.items() if len(told) == 1} == {
        "sent-old": False,
        "sent-new": True,
        "failed-old": False,
        "failed-new": True,
        "to-the-gone": False,
    }
    # Nobody is asked to look at a letter that says nothing, nor is it sent.
    handled = db.execute(select(Letter.once, Letter.state, Letter.stopped_at).where(Letter.body == "")).all()
    assert {row.once: (row.state, row.stopped_at) for row in handled} == {
        "sent-old": (LetterState.SENT, None),
        "failed-old": (LetterState.FAILED, now),
        "to-the-gone": (LetterState.FAILED, now),
    }
    left = set(db.scalars(select(Person.id)))
    assert ({laid["old"]} & left, {laid["new"], *laid["kept"]} - left) == (set(), set())
    assert db.scalar(select(Identity.id).where(Identity.value == "gone")) is None
    notes = db.scalars(select(Entry.facts).where(Entry.deed == "retention.done"))
    assert {each["kind"]: each["rows"] for each in notes} == done
    assert set(tick.forget(database, now=now, kept=DAYS).values()) == {0}


def test_whoever_decided_something_keeps_their_name_with_it(db, planned, now):
    columns = {f"{column.table.name}.{column.name}": column for column in retention.who_decided()}
    assert sorted(columns) == [
        "rounds.closed_early_by",
        "rounds.public_entered_by",
        "rounds.second_revealed_by",
        "rounds.waived_by",
        "runs.by",
        "session_decisions.made_by",
    ]
    long_ago = now - timedelta(days=DAYS[Kept.ACCOUNTS] + 1)
    deciders = {name: person(db, created_at=long_ago, **UNUSED).id for name in columns if name.startswith("rounds.")}
    for name, decider in deciders.items():
        db.execute(update(Round).values({columns[name].name: decider}))
    looked, asked, came, told = (person(db, created_at=long_ago, **UNUSED).id for _ in range(4))
    journal.note(db, "personal_number.shown", now=long_ago, by=looked, person=planned.second_party_id, reason="x")
    journal.note(db, "person.confirmed", now=long_ago, by=asked, person=planned.second_party_id)
    journal.note(db, "audit.asked_for", now=long_ago, by=asked)
    for deed in ("person.arrived", "login_session.begun", "login_session.ended", "invitation.used"):
        journal.note(db, deed, now=long_ago, by=came, person=came)
    journal.note(db, "role.revoked", now=long_ago, by=looked, person=told)
    db.flush()

    assert retention.forget(db, Kept.ACCOUNTS, now=now, days=DAYS[Kept.ACCOUNTS]) == 2
    left = set(db.scalars(select(Person.id)))
    assert {*deciders.values(), looked, asked} - left == set()
    assert {came, told} & left == set()
    journal.note(db, "personal_number.shown", now=long_ago, by=came, person=looked, reason="Intyg")
    journal.note(db, "person.confirmed", now=long_ago, by=came, person=looked)
    db.flush()
    assert [(each.by, each.reason) for each in queries.looks(db, looked)] == [(str(came), "Intyg")]
    assert queries.latest_decision(db, looked).by == str(came)


def test_an_account_is_kept_while_an_invitation_opens_it_and_as_long_again_as_any_other(db, now):
    years, long_ago = timedelta(days=DAYS[Kept.ACCOUNTS]), now - timedelta(days=1000)
    invited, by = person(db, created_at=long_ago, **UNUSED), person(db)
    bound = {"binding": Binding.EMAIL, "bound_to": "a@b", "roles": [], "token_hash": "x", "invited_by": by.id}
    ends = now + timedelta(days=14)
    db.add(AccountInvitation(person_id=invited.id, **bound, made_at=long_ago, sent_at=now, expires_at=ends))
    db.flush()
    moments = (now, ends + years, ends + years + timedelta(hours=1))

    assert [retention.counts(db, now=at, kept=DAYS)[Kept.ACCOUNTS] for at in moments] == [0, 0, 1]
    over = ends + timedelta(days=DAYS[Kept.INVITATIONS])
    moments = (now, over, over + timedelta(hours=1))
    # One that nobody used is forgotten too.
    assert [retention.counts(db, now=at, kept=DAYS)[Kept.INVITATIONS] for at in moments] == [0, 0, 1]


def test_a_letter_without_its_text_is_not_sent_again(db, database, now, laid):
    tick.forget(database, now=now, kept=DAYS)
    old = db.scalar(select(Letter.id).where(Letter.once == "sent-old"))

    assert outbox.resend(db, letter_id=old, now=now, by=None) is False
    # Nor does it say anything anew when its receiver is protected later.
    by = person(db)
    db.add(Grant(person_id=by.id, role=Role.COORDINATOR))
    db.flush()
    letter = db.get_one(Letter, old)
    protection.protect(db, person_id=letter.person_id, now=now, by=by.id)
    db.refresh(letter)
    assert (letter.body, outbox.resend(db, letter_id=old, now=now, by=None)) == ("", False)


def test_the_audit_says_what_is_two_days_late_by_the_settings(db, now, laid):
    def late(after: timedelta) -> dict:
        return {each["kept"]: each["count"] for each in retention.overdue(db, When(now=now, settled=now + after))}

    # Of a sign-in that is as old as that the proof should have gone long ago.
    assert late(timedelta(days=1)) == {Kept.PROOFS: 2}
    assert late(timedelta(days=2)) == dict.fromkeys(Kept, 1) | {Kept.PROOFS: 3, Kept.LETTERS: 2}
    db.info["kept"] = kept.days(kept.read("letters:900"))
    assert Kept.LETTERS not in late(timedelta(days=2))


@pytest.mark.parametrize(
    "text", ["letters", "letters:x", "letters:0", "letters:1,letters:2", "decisions:3", "letters:365;sign_ins:30"]
)
def test_days_that_cannot_be_meant_are_refused(text):
    with pytest.raises(ValueError, match=r"letters:365|names"):
        kept.read(text)


def test_days_are_as_usual_where_nothing_else_is_said():
    assert kept.days(kept.read("letters:365, sign_ins:30")) == {**DAYS, Kept.LETTERS: 365, Kept.SIGN_INS: 30}
    assert kept.days(kept.read("")) == DAYS


def test_the_command_lists_what_would_go_and_does_it_when_asked(fresh_database_url, redis_url):
    environment = {
        **KEYS,
        "LARARPORTAL_ENV": "development",
        "LARARPORTAL_SECRET_KEY": "x" * 32,
        "DATABASE_URL": fresh_database_url,
        "REDIS_URL": redis_url,
        "LARARPORTAL_BASE_URL": "http://portal.test",
        "LARARPORTAL_PROVIDERS": '[{"name": "p", "title": "P", "issuer": "http://127.0.0.1:1", '
        '"client_id": "c", "client_secret": "s"}]',
        "LARARPORTAL_SMTP_URL": "smtp://127.0.0.1:1",
        "LARARPORTAL_MAIL_FROM": "portal@example.org",
    }
    at, place = clock.now(), install(config.from_environment(environment))
    place.database.run(lambda db: db.add(SpentToken(token_hash="x", until=at)))
    words = ("--dry-run --now 2099-01-01", "--now 2099-01-01", "--dry-run --now then", "--dry-run", "")
    later, *faulty, tried, done = (
        CliRunner(env=environment).invoke(main, ["retention", *each.split()]) for each in words
    )

    assert ([each.exit_code for each in (later, *faulty)], "used_tokens: 1 (" in later.stdout) == ([0, 2, 2], True)
    with pytest.raises(tick.ClocksDiffer):
        forget_now(place, now=at + timedelta(days=3650))
    # Whatever time a tick is told, only what is too old by the clock goes.
    assert one_tick(place, now=at + timedelta(days=3650), told=lambda: True)["rows deleted"] == 0
    place.database.dispose()
    assert (tried.exit_code, done.exit_code) == (0, 0)
    assert [line.partition(" (")[0] for line in tried.stdout.splitlines()] == [f"{each}: 0" for each in Kept]
    assert done.stdout == tried.stdout + "0 done; what is left goes at the next ticks.\n"
