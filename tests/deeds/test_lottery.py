"""The lottery of a round before it opens: who is named and bound, and what the round waits for."""

from datetime import timedelta

import pytest
from bookings_room import CLOSES, OPENS, last_facts, noted, occasions, plan_of, refused, told
from lottery_room import COMMITMENT, DRAW, EARLIER, KNOWN, OTHER, SECRET, bound_to, commit
from sqlalchemy import delete, select

import make
from auth.models import Grant
from auth.states import Area, Category, Role
from bookings import applications, lots, lottery, queries, rounds
from bookings.lottery_plan import PublicSource
from bookings.states import PublicKind, Refusal, RoundState
from courses.models import Course
from lararportal.errors import NotFound


class TestNaming:
    def test_who_is_named_has_a_letter_with_the_portals_commitment(self, db, eva, planned):
        assert occasions(db, eva) == ["lottery_to_commit"]
        assert lots.commitment(planned) in told(db, eva)
        assert (planned.second_party_id, planned.public_source) == (eva.id, planned.public_source)
        assert planned.public_source.startswith("drand quicknet ")

    def test_a_plan_may_leave_both_open(self, db, office):
        wanted = plan_of(make.session(db), second_party_id=None, source=None)
        round_ = rounds.plan(db, wanted=wanted, now=EARLIER, by=office.id)
        assert (round_.second_party_id, round_.public_kind, round_.public_at) == (None, None, None)

    @pytest.mark.parametrize("roles", [[Role.LEADER], [Role.COORDINATOR], [Role.DIRECTOR, Role.COORDINATOR], []])
    def test_the_second_party_is_a_director_of_studies_who_does_not_coordinate(self, db, office, roles):
        person = make.person(db)
        db.add_all(
            Grant(person_id=person.id, role=role, area=Area.SKARABORG if role is Role.DIRECTOR else None)
            for role in roles
        )
        db.flush()
        with refused(Refusal.SECOND_PARTY_UNFIT):
            rounds.plan(db, wanted=plan_of(make.session(db), second_party_id=person.id), now=EARLIER, by=office.id)

    @pytest.mark.parametrize("at", [CLOSES, CLOSES - timedelta(days=1)])
    def test_the_public_value_is_not_known_before_the_round_closes(self, db, office, at):
        source = PublicSource(kind=PublicKind.DRAND, at=at)
        with refused(Refusal.LOTTERY_TOO_SOON):
            rounds.plan(db, wanted=plan_of(make.session(db), source=source), now=EARLIER, by=office.id)

    def test_a_draw_has_a_name(self, db, office):
        source = PublicSource(kind=PublicKind.NAMED, at=KNOWN, name="  ")
        with refused(Refusal.LOTTERY_WITHOUT_SOURCE):
            rounds.plan(db, wanted=plan_of(make.session(db), source=source), now=EARLIER, by=office.id)

    def test_another_second_party_begins_anew(self, db, eva, office, planned):
        commit(db, planned, eva)
        bo = make.holder(db, Role.DIRECTOR, area=Area.SKARABORG)
        session_ids = [row.session_id for row in queries.round_sessions(db, planned.id)]
        wanted = plan_of(second_party_id=bo.id, session_ids=session_ids)
        rounds.change(db, round_id=planned.id, wanted=wanted, now=EARLIER, by=office.id)
        assert (planned.second_party_id, planned.second_commitment) == (bo.id, None)
        assert occasions(db, bo) == ["lottery_to_commit"]
        [former] = queries.lottery(db, planned.id).former_parties
        assert (former.name, former.commitment, former.replaced_at) == (eva.name, COMMITMENT, EARLIER)
        assert former.by == office.name
        with refused(Refusal.NOT_THE_SECOND_PARTY):
            commit(db, planned, eva)

    def test_a_change_of_other_things_leaves_the_commitment(self, db, eva, office, planned):
        commit(db, planned, eva)
        session_ids = [row.session_id for row in queries.round_sessions(db, planned.id)]
        wanted = plan_of(second_party_id=eva.id, session_ids=session_ids, title="Våren")
        rounds.change(db, round_id=planned.id, wanted=wanted, now=EARLIER, by=office.id)
        assert (planned.title, planned.second_commitment) == ("Våren", COMMITMENT)
        assert occasions(db, eva) == ["lottery_to_commit"]

    @pytest.mark.parametrize("facts", [{"second_party_id": None}, {"source": DRAW}, {"source": None}])
    def test_an_open_round_keeps_its_lottery(self, db, eva, office, planned, facts):
        commit(db, planned, eva)
        rounds.open_round(db, planned.id, now=OPENS, by=None)
        session_ids = [row.session_id for row in queries.round_sessions(db, planned.id)]
        wanted = plan_of(**{"second_party_id": eva.id, "session_ids": session_ids, **facts})
        with refused(Refusal.ROUND_IS_OPEN):
            rounds.change(db, round_id=planned.id, wanted=wanted, now=OPENS, by=office.id)

    def test_an_open_round_is_not_prolonged_until_its_public_value_is_known(self, db, eva, office, planned):
        commit(db, planned, eva)
        rounds.open_round(db, planned.id, now=OPENS, by=None)
        session_ids = [row.session_id for row in queries.round_sessions(db, planned.id)]
        wanted = plan_of(second_party_id=eva.id, session_ids=session_ids, closes_at=KNOWN)
        with refused(Refusal.LOTTERY_TOO_SOON):
            rounds.change(db, round_id=planned.id, wanted=wanted, now=OPENS, by=office.id)


class TestBinding:
    def test_the_second_party_is_bound_to_what_only_they_know(self, db, eva, planned):
        commit(db, planned, eva)
        assert (planned.second_commitment, planned.second_committed_at) == (COMMITMENT, EARLIER)
        assert planned.second_secret is None
        assert noted(db)[-1] == ("lottery.committed", eva.id, None, None)
        assert last_facts(db) == {"round": planned.id, "commitment": COMMITMENT, "instead_of": None}

    def test_a_lost_secret_is_replaced_until_the_round_opens(self, db, eva, planned):
        commit(db, planned, eva)
        commit(db, planned, eva, secret=OTHER, replaces=COMMITMENT)
        assert planned.second_commitment == bound_to(OTHER)
        assert last_facts(db)["instead_of"] == COMMITMENT
        rounds.open_round(db, planned.id, now=OPENS, by=None)
        with refused(Refusal.COMMITTED_TOO_LATE):
            commit(db, planned, eva, replaces=planned.second_commitment, now=OPENS)

    def test_what_another_tab_has_sent_is_not_replaced_unseen(self, db, eva, planned):
        commit(db, planned, eva)
        with refused(Refusal.COMMITMENT_REPLACED):
            commit(db, planned, eva, secret=OTHER)
        assert planned.second_commitment == COMMITMENT

    def test_the_same_commitment_twice_is_once(self, db, eva, planned):
        commit(db, planned, eva)
        commit(db, planned, eva, now=OPENS)
        assert planned.second_committed_at == EARLIER
        assert [deed for deed, *_ in noted(db)].count("lottery.committed") == 1

    @pytest.mark.parametrize("text", ["", "abc", SECRET[:-1], "g" * 64])
    def test_what_is_no_commitment_is_refused(self, db, eva, planned, text):
        with refused(Refusal.COMMITMENT_MALFORMED):
            lottery.bind(db, round_id=planned.id, commitment=text, replaces=None, now=EARLIER, by=eva.id)

    def test_the_portals_own_commitment_is_refused(self, db, eva, planned):
        with refused(Refusal.COMMITMENT_MALFORMED):
            commit(db, planned, eva, secret=planned.secret)

    def test_another_director_is_refused(self, db, planned):
        with refused(Refusal.NOT_THE_SECOND_PARTY):
            commit(db, planned, make.holder(db, Role.DIRECTOR, area=Area.SKARABORG))

    def test_who_lost_the_role_is_refused(self, db, eva, planned):
        db.execute(delete(Grant).where(Grant.person_id == eva.id))
        with refused(Refusal.NOT_THE_SECOND_PARTY):
            commit(db, planned, eva)

    def test_a_round_that_is_not_there(self, db, eva):
        with pytest.raises(NotFound):
            lottery.bind(db, round_id=10**6, commitment=COMMITMENT, replaces=None, now=EARLIER, by=eva.id)


class TestOpening:
    def test_a_round_waits_for_its_second_party(self, db, eva, planned):
        with refused(Refusal.LOTTERY_UNBOUND):
            rounds.open_round(db, planned.id, now=OPENS, by=None)
        assert rounds.due_to_open(db, now=OPENS) == []
        commit(db, planned, eva)
        db.flush()
        assert rounds.due_to_open(db, now=OPENS) == [planned.id]
        assert rounds.open_round(db, planned.id, now=OPENS, by=None).state is RoundState.OPEN

    def test_a_coordinator_decides_to_go_on_without_and_says_why(self, db, office, planned):
        lottery.go_on_without(db, round_id=planned.id, reason=" Eva är sjuk ", now=OPENS, by=office.id)
        db.flush()
        assert (planned.waived_at, planned.waived_by, planned.waiver_reason) == (OPENS, office.id, "Eva är sjuk")
        assert noted(db)[-1] == ("lottery.waived", office.id, None, None)
        assert rounds.due_to_open(db, now=OPENS) == [planned.id]
        assert rounds.open_round(db, planned.id, now=OPENS, by=None).state is RoundState.OPEN

    def test_nobody_goes_on_without_a_reason(self, db, office, planned):
        with refused(Refusal.GOING_ON_WITHOUT_REASON):
            lottery.go_on_without(db, round_id=planned.id, reason="  ", now=OPENS, by=office.id)

    def test_a_commitment_that_comes_after_all_takes_the_decision_back(self, db, eva, office, planned):
        lottery.go_on_without(db, round_id=planned.id, reason="Eva svarar inte", now=EARLIER, by=office.id)
        commit(db, planned, eva)
        assert (planned.second_commitment, planned.waived_at, planned.waiver_reason) == (COMMITMENT, None, "")

    def test_a_round_without_a_source_does_not_open(self, db, office):
        round_ = rounds.plan(db, wanted=plan_of(make.session(db), source=None), now=EARLIER, by=office.id)
        make.bound(db, round_)
        db.flush()
        assert rounds.due_to_open(db, now=OPENS) == []
        with refused(Refusal.LOTTERY_WITHOUT_SOURCE):
            rounds.open_round(db, round_.id, now=OPENS, by=None)

    def test_the_second_party_does_not_apply(self, db, eva, planned):
        eva.category = Category.SPECIALIST
        db.scalars(select(Course)).one().targets = {"SPEC": 0}
        commit(db, planned, eva)
        rounds.open_round(db, planned.id, now=OPENS, by=None)
        [wish] = queries.wishes(db, round_id=planned.id, person_id=eva.id, now=OPENS)
        assert wish.refusal is Refusal.SECOND_PARTY_APPLIES
        with refused(Refusal.SECOND_PARTY_APPLIES, course=""):
            applications.apply(
                db,
                round_id=planned.id,
                person_id=eva.id,
                choices=[wish.session.session_id],
                cap=1,
                now=OPENS,
                by=eva.id,
            )


class TestReminding:
    def test_the_second_party_is_reminded_once_a_day(self, db, eva, office, planned):
        for hours in (0, 24, 26):
            lottery.remind(db, round_id=planned.id, now=EARLIER + timedelta(hours=hours), by=office.id)
        assert occasions(db, eva) == ["lottery_to_commit"] * 2
        assert noted(db)[-1] == ("lottery.reminded", office.id, None, None)

    def test_after_closing_they_are_reminded_of_the_secret(self, db, eva, office, closed):
        for hours in (24, 26):
            lottery.remind(db, round_id=closed.id, now=CLOSES + timedelta(hours=hours), by=office.id)
        assert occasions(db, eva) == ["lottery_to_commit", "lottery_to_reveal", "lottery_to_reveal"]

    def test_nobody_is_reminded_of_what_is_done(self, db, eva, office, planned):
        commit(db, planned, eva)
        with refused(Refusal.LOTTERY_SETTLED):
            lottery.remind(db, round_id=planned.id, now=EARLIER, by=office.id)

    def test_nobody_is_reminded_where_nobody_is_named(self, db, office):
        round_ = rounds.plan(db, wanted=plan_of(make.session(db)), now=EARLIER, by=office.id)
        with refused(Refusal.LOTTERY_SETTLED):
            lottery.remind(db, round_id=round_.id, now=EARLIER, by=office.id)
