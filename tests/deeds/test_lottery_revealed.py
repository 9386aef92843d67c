"""The lottery of a round after it has closed: both secrets are shown, the public value comes, and the seed stands."""

from datetime import timedelta

import pytest
from bookings_room import CLOSES, OPENS, last_facts, letter, noted, occasions, plan_of, refused, reload
from lottery_room import (
    COMMITMENT,
    DRAW,
    EARLIER,
    KNOWN,
    OTHER,
    SECRET,
    commit,
    enter,
    reveal,
    reveal_and_die,
    seed_of,
)
from sqlalchemy import func, select

import make
from auth.states import Area, Role
from bookings import applications, lots, lottery, queries, rounds
from bookings.lottery_plan import PublicSource
from bookings.models import Round
from bookings.rules.lottery_protocol import TIME_TO_REVEAL
from bookings.states import LotteryAct, PublicKind, Refusal, RoundState
from lararportal.errors import NotFound
from lararportal.journal import Entry

TERM = b"2027-1".hex()


class TestRevealing:
    def test_closing_asks_the_second_party_for_the_secret(self, db, eva, closed):
        assert occasions(db, eva) == ["lottery_to_commit", "lottery_to_reveal"]
        assert closed.frozen_hash in letter(db, eva).body
        assert COMMITMENT in letter(db, eva).body

    def test_the_seed_is_made_of_three_values_and_what_was_frozen(self, db, eva, office, closed):
        reveal(db, closed, eva)
        assert (closed.state, closed.seed) == (RoundState.CLOSED, None)
        enter(db, closed, office)
        assert closed.seed == seed_of(closed.secret, SECRET, make.DRAWN, TERM, closed.frozen_hash)
        assert (closed.state, closed.revealed_at) == (RoundState.REVEALED, KNOWN)
        assert [deed for deed, *_ in noted(db)][-3:] == [
            "lottery.secret_revealed",
            "lottery.value_entered",
            "round.revealed",
        ]
        assert last_facts(db) == {
            "round": closed.id,
            "secret": closed.secret,
            "second_secret": SECRET,
            "value": make.DRAWN,
            "seed": closed.seed,
        }

    def test_it_does_not_matter_which_comes_first(self, db, eva, office, closed):
        enter(db, closed, office)
        assert closed.state is RoundState.CLOSED
        reveal(db, closed, eva, now=KNOWN)
        assert closed.state is RoundState.REVEALED
        assert closed.seed == lots.seed(closed)

    @pytest.mark.parametrize("secret", [OTHER, COMMITMENT, "", "abc", SECRET[:-1]])
    def test_another_secret_is_refused(self, db, eva, closed, secret):
        with refused(Refusal.REVEALED_ANOTHER):
            lottery.reveal(db, round_id=closed.id, secret=secret, now=CLOSES, by=eva.id)
        assert closed.second_secret is None

    def test_a_secret_that_was_copied_with_blanks_is_known_again(self, db, eva, closed):
        lottery.reveal(db, round_id=closed.id, secret=f" {SECRET[:32]}\n{SECRET[32:]} ", now=CLOSES, by=eva.id)
        assert closed.second_secret == SECRET

    def test_nothing_is_revealed_before_closing(self, db, eva, office, planned):
        commit(db, planned, eva)
        for now in (EARLIER, OPENS):
            for deed in (reveal, enter):
                with refused(Refusal.REVEALED_TOO_EARLY):
                    deed(db, planned, eva, now=now)
            with refused(Refusal.REVEALED_TOO_EARLY):
                lottery.open_copy(db, round_id=planned.id, secret=SECRET, now=now, by=office.id)
            if planned.state is RoundState.PLANNED:
                rounds.open_round(db, planned.id, now=OPENS, by=None)

    def test_a_secret_is_revealed_once(self, db, eva, closed):
        reveal(db, closed, eva)
        with refused(Refusal.LOTTERY_SETTLED):
            reveal(db, closed, eva)

    def test_another_director_does_not_reveal(self, db, closed):
        with refused(Refusal.NOT_THE_SECOND_PARTY):
            reveal(db, closed, make.holder(db, Role.DIRECTOR, area=Area.SKARABORG))

    def test_a_coordinator_opens_the_sealed_copy(self, db, eva, office, closed):
        with refused(Refusal.REVEALED_ANOTHER):
            lottery.open_copy(db, round_id=closed.id, secret=OTHER, now=CLOSES, by=office.id)
        lottery.open_copy(db, round_id=closed.id, secret=SECRET, now=CLOSES, by=office.id)
        assert (closed.second_secret, closed.second_revealed_by) == (SECRET, office.id)
        assert noted(db)[-1] == ("lottery.copy_opened", office.id, None, None)
        assert queries.lottery(db, closed.id).copy_opened_by == "Olle Sandberg"

    def test_after_two_days_the_round_goes_on_without_a_silent_second_party(self, db, office, closed):
        enter(db, closed, office)
        until = CLOSES + TIME_TO_REVEAL
        with refused(Refusal.SECOND_PARTY_HAS_TIME, until=until):
            lottery.go_on_without(db, round_id=closed.id, reason="Eva svarar inte", now=KNOWN, by=office.id)
        lottery.go_on_without(db, round_id=closed.id, reason="Eva svarar inte", now=until, by=office.id)
        assert closed.seed == seed_of(closed.secret, "", make.DRAWN, TERM, closed.frozen_hash)
        assert closed.state is RoundState.REVEALED

    def test_who_applied_does_not_take_part(self, db, eva, planned):
        commit(db, planned, eva)
        rounds.open_round(db, planned.id, now=OPENS, by=None)
        [session] = queries.round_sessions(db, planned.id)
        person = make.person(db)
        applications.apply(
            db, round_id=planned.id, person_id=person.id, choices=[session.session_id], cap=1, now=OPENS, by=person.id
        )
        rounds.close_round(db, planned.id, now=CLOSES, by=None)
        with refused(Refusal.DECIDES_OVER_OWN_SEAT):
            enter(db, planned, person)
        with refused(Refusal.DECIDES_OVER_OWN_SEAT):
            lottery.open_copy(db, round_id=planned.id, secret=SECRET, now=CLOSES, by=person.id)

    def test_the_database_takes_no_secret_but_the_one_that_was_bound(self, db, database, closed):
        with refused(Refusal.REVEALED_ANOTHER), database.transaction() as own:
            own.get_one(Round, closed.id).second_secret = OTHER

    def test_what_was_interrupted_has_not_happened(self, db, database, eva, office, closed):
        enter(db, closed, office)
        db.commit()
        before = db.scalar(select(func.count()).select_from(Entry))
        with pytest.raises(InterruptedError):
            reveal_and_die(database, closed, eva)
        reload(db, closed)
        assert (closed.state, closed.second_secret, closed.seed) == (RoundState.CLOSED, None, None)
        assert db.scalar(select(func.count()).select_from(Entry)) == before


class TestThePublicValue:
    def test_it_is_not_entered_before_it_can_be_known(self, db, office, closed):
        with refused(Refusal.VALUE_NOT_YET_KNOWN, known=KNOWN):
            enter(db, closed, office, now=KNOWN - timedelta(seconds=1))

    def test_it_is_written_as_its_source_writes(self, db, office, closed):
        with refused(Refusal.VALUE_MALFORMED):
            enter(db, closed, office, value="3 7 12")
        enter(db, closed, office, value=make.DRAWN.upper())
        assert closed.public_value == make.DRAWN

    def test_a_value_is_not_put_in_place_of_one_that_nobody_looked_at(self, db, office, closed):
        enter(db, closed, office, value=OTHER)
        with refused(Refusal.VALUE_REPLACED):
            enter(db, closed, office)
        assert closed.public_value == OTHER
        assert enter(db, closed, office, value=OTHER).public_value == OTHER

    def test_a_slip_is_put_right_until_the_seed_is_there(self, db, eva, office, closed):
        enter(db, closed, office, value=OTHER)
        enter(db, closed, office, replaces=OTHER)
        assert last_facts(db) == {"round": closed.id, "value": make.DRAWN, "instead_of": OTHER}
        reveal(db, closed, eva, now=KNOWN)
        with refused(Refusal.LOTTERY_SETTLED):
            enter(db, closed, office, value=OTHER)
        assert closed.public_value == make.DRAWN

    def test_a_draw_enters_as_its_digits(self, db, office):
        round_ = rounds.plan(db, wanted=plan_of(make.session(db), source=DRAW), now=EARLIER, by=office.id)
        make.bound(db, round_)
        rounds.open_round(db, round_.id, now=OPENS, by=None)
        rounds.close_round(db, round_.id, now=CLOSES, by=None)
        enter(db, round_, office, value=" 3  7 12\N{NO-BREAK SPACE}19 ")
        assert round_.public_value == "371219"
        assert round_.seed == seed_of(round_.secret, "", b"371219".hex(), TERM, round_.frozen_hash)

    def test_a_source_that_had_none_is_replaced_for_everybody_to_see(self, db, office, closed):
        former, now = closed.public_source, KNOWN + timedelta(days=1)
        other = PublicSource(kind=PublicKind.NAMED, at=now + timedelta(days=2), name="OMXS30, slutkurs 14 januari")
        reason = "drand svarade inte"
        lottery.replace_source(db, round_id=closed.id, source=other, reason=reason, now=now, by=office.id)
        found = queries.lottery(db, closed.id)
        assert (found.source.name, found.source.known_at, found.source.form) == (other.name, other.at, "text")
        [told_of] = found.former_sources
        assert (told_of.name, told_of.replaced_at, told_of.by) == (former, now, "Olle Sandberg")
        assert told_of.reason == reason

    @pytest.mark.parametrize(
        ("after", "reason", "refusal"),
        [
            (timedelta(0), "därför", Refusal.LOTTERY_TOO_SOON),
            (timedelta(1), " ", Refusal.GOING_ON_WITHOUT_REASON),
        ],
    )
    def test_another_source_is_still_to_come_and_has_a_reason(self, db, office, closed, after, reason, refusal):
        other = PublicSource(kind=PublicKind.DRAND, at=KNOWN + after)
        with refused(refusal):
            lottery.replace_source(db, round_id=closed.id, source=other, reason=reason, now=KNOWN, by=office.id)


class TestWhatEverybodySees:
    def test_secrets_are_shown_when_nobody_can_choose_any_more(self, db, eva, office, planned):
        def shown():
            found = queries.lottery(db, planned.id)
            return found.portal_secret, found.second_secret, found.seed

        assert shown() == (None, None, None)
        commit(db, planned, eva)
        rounds.open_round(db, planned.id, now=OPENS, by=None)
        assert shown() == (None, None, None)
        rounds.close_round(db, planned.id, now=CLOSES, by=None)
        enter(db, planned, office)
        assert shown() == (None, None, None)
        assert queries.lottery(db, planned.id).wanted == [LotteryAct.REVEAL]
        reveal(db, planned, eva, now=KNOWN)
        assert shown() == (planned.secret, SECRET, planned.seed)

    def test_everything_else_is_public_from_the_first_day(self, db, eva, planned):
        found = queries.lottery(db, planned.id)
        number = planned.public_source.rpartition(" ")[2]
        assert (found.second_party, found.portal_commitment) == ("Eva Nordin", lots.commitment(planned))
        assert (found.source.kind, found.source.known_at, found.source.form) == (PublicKind.DRAND, KNOWN, "hex")
        assert found.source.address.endswith(f"/public/{number}")
        assert found.wanted == [LotteryAct.COMMIT]

    def test_the_second_party_finds_their_own(self, db, eva, planned):
        make.round_of(db, make.session(db))
        assert [each.round_id for each in queries.lotteries_with(db, eva.id)] == [planned.id]
        assert len(queries.lotteries(db)) == 2

    def test_a_lottery_that_is_not_there(self, db):
        with pytest.raises(NotFound):
            queries.lottery(db, 10**6)
