"""Somebody without a sign-in of their own here is invited to an account, and comes in once."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from auth import granting, identities, invitations, login_sessions, people, personal_numbers, queries
from auth.identities import Shown
from auth.models import AccountInvitation, Grant, Identity, LoginSession, Person
from auth.states import Binding, InvitationState, Refusal, Role
from lararportal import personal_number
from lararportal.errors import NotFound, Refused
from lararportal.journal import Entry
from lararportal.outbox import Letter
from make import holder, person

LASTS = timedelta(days=14)
NUMBER, OTHER = personal_number.of("191212121212"), personal_number.of("198001610008")
GUNNAR = "gunnar.dahl@klinik.example"


def invited(db, office, now, **wanted) -> AccountInvitation:
    facts = {"given_name": "Gunnar", "family_name": "D", "email": GUNNAR, "roles": [Role.REVIEWER]} | wanted
    facts.setdefault("bound", invitations.by_email(facts["email"]))
    return invitations.invite_somebody_new(db, **facts, lasts=LASTS, now=now, by=office.id)


def shown(**facts) -> Shown:
    usual = {"issuer": "https://idp.example", "kind": "sub", "value": "gunnar", "provider": "e-legitimation"}
    name = {"given_name": "Gunnar", "family_name": "Dahl", "verified_email": GUNNAR}
    return Shown(**(usual | name | facts))


def link(db) -> str:
    """The token in the last letter."""
    db.flush()
    last = db.scalars(select(Letter).where(Letter.occasion == "invited").order_by(Letter.id.desc()).limit(1)).one()
    (token,) = re.findall(r"^http://portal.test/inbjudan/(\S+)$", last.body, re.MULTILINE)
    return token


def refused(reason: Refusal, deed, *args, **wanted) -> None:
    with pytest.raises(Refused) as refusal:
        deed(*args, **wanted)
    assert refusal.value.reason == reason


def noted(db) -> list[tuple]:
    db.flush()
    return [(entry.deed, entry.by, entry.facts) for entry in db.scalars(select(Entry).order_by(Entry.id))]


def test_somebody_new_is_invited_by_a_letter_whose_link_is_kept_as_a_hash(db, office, now):
    invitation = invited(db, office, now)
    token = link(db)

    gunnar = db.get_one(Person, invitation.person_id)
    assert (gunnar.name, gunnar.email, gunnar.category) == ("Gunnar D", GUNNAR, None)
    assert (invitation.binding, invitation.bound_to, invitation.expires_at) == (Binding.EMAIL, GUNNAR, now + LASTS)
    assert token.partition("-")[2] not in repr(vars(invitation))
    assert invitations.opened_by(db, token=token, now=now) is invitation
    assert [(deed, by) for deed, by, _ in noted(db)] == [
        ("person.entered", office.id),
        ("invitation.made", office.id),
    ]
    assert identities.of_person(db, gunnar.id) == []
    assert db.scalars(select(Grant).where(Grant.person_id == gunnar.id)).all() == []


def test_whom_it_is_for_has_the_account_the_identity_and_the_role(db, office, now):
    invitation = invited(db, office, now)
    gunnar = invitations.accept(db, token=link(db), shown=shown(), now=now)
    db.flush()

    assert (gunnar.id, gunnar.name) == (invitation.person_id, "Gunnar Dahl")
    assert [(each.issuer, each.kind, each.value) for each in identities.of_person(db, gunnar.id)] == [
        ("https://idp.example", "sub", "gunnar")
    ]
    assert db.scalars(select(Grant.role).where(Grant.person_id == gunnar.id)).all() == [Role.REVIEWER]
    assert [(deed, by) for deed, by, _ in noted(db)[2:]] == [
        ("identity.linked", gunnar.id),
        ("role.granted", office.id),
        ("invitation.used", gunnar.id),
    ]
    assert (gunnar.email, invitation.state_at(now)) == (GUNNAR, InvitationState.USED)
    arrived = people.arrive(
        db,
        issuer="https://idp.example",
        kind="sub",
        value="gunnar",
        given_name="",
        family_name="x",
        email="",
        now=now,
    )
    assert arrived.id == gunnar.id


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"verified_email": "somebody@else.example"}, Refusal.INVITATION_FOR_ANOTHER),
        ({"verified_email": ""}, Refusal.INVITATION_FOR_ANOTHER),
        ({"verified_email": "", "number": NUMBER}, Refusal.INVITATION_FOR_ANOTHER),
        ({"verified_email": "gunnar.dahl@klinik.examplé"}, Refusal.INVITATION_FOR_ANOTHER),
    ],
    ids=["another address", "an address that nobody vouches for", "another kind of proof", "nearly the same"],
)
def test_nobody_else_comes_in_by_the_link(db, office, now, other, reason):
    invitation = invited(db, office, now)
    refused(reason, invitations.accept, db, token=link(db), shown=shown(**other), now=now)

    assert identities.of_person(db, invitation.person_id) == []
    assert invitations.accept(db, token=link(db), shown=shown(), now=now).id == invitation.person_id


def test_an_invitation_by_number_asks_for_the_number_and_keeps_its_imprint_alone(db, office, now):
    made = invited(db, office, now, bound=invitations.by_number(db, NUMBER))
    token = link(db)

    assert (made.binding, NUMBER.reveal()[-4:] in made.bound_to) == (Binding.PERSONAL_NUMBER, False)
    for each in (shown(), shown(number=OTHER)):
        refused(Refusal.INVITATION_FOR_ANOTHER, invitations.accept, db, token=token, shown=each, now=now)
    came = shown(verified_email="", kind="personal_number", value=NUMBER.reveal(), number=NUMBER)
    gunnar = invitations.accept(db, token=token, shown=came, now=now)
    assert gunnar.name == "Gunnar Dahl"
    (own,) = identities.of_person(db, gunnar.id)
    assert own.value == made.bound_to
    assert personal_numbers.number_of(db, gunnar.id) == NUMBER
    assert (
        people.arrive(
            db,
            issuer=came.issuer,
            kind=came.kind,
            value=came.value,
            given_name="",
            family_name="x",
            email="",
            now=now,
        )
        is gunnar
    )


def test_who_is_invited_waits_for_nobody_to_confirm_them_before_they_have_come(db, office, now):
    invitation = invited(db, office, now, roles=[])
    db.flush()
    assert queries.pending_count(db, None) == 0

    gunnar = invitations.accept(db, token=link(db), shown=shown(), now=now)
    db.flush()
    assert (queries.pending_count(db, None), gunnar.id) == (1, invitation.person_id)


def test_it_is_used_once(db, office, now):
    invited(db, office, now)
    token = link(db)
    invitations.accept(db, token=token, shown=shown(), now=now)
    db.flush()

    for each in (shown(), shown(value="other")):
        refused(Refusal.INVITATION_USED, invitations.accept, db, token=token, shown=each, now=now)
    refused(Refusal.INVITATION_USED, invitations.opened_by, db, token=token, now=now)
    for deed in (invitations.withdraw, invitations.send_again):
        wanted = {"lasts": LASTS} if deed is invitations.send_again else {}
        refused(Refusal.INVITATION_USED, deed, db, invitation_id=1 * _only(db).id, **wanted, now=now, by=office.id)


def _only(db) -> AccountInvitation:
    return db.scalars(select(AccountInvitation)).one()


def test_it_lasts_as_long_as_it_says_and_can_be_withdrawn(db, office, now):
    invitation = invited(db, office, now)
    token = link(db)

    assert invitations.opened_by(db, token=token, now=now + LASTS - timedelta(seconds=1)) is invitation
    late = now + LASTS
    refused(Refusal.INVITATION_EXPIRED, invitations.accept, db, token=token, shown=shown(), now=late)
    invitations.withdraw(db, invitation_id=invitation.id, now=late, by=office.id)
    refused(Refusal.INVITATION_WITHDRAWN, invitations.accept, db, token=token, shown=shown(), now=now)
    refused(
        Refusal.INVITATION_WITHDRAWN, invitations.withdraw, db, invitation_id=invitation.id, now=now, by=office.id
    )
    assert noted(db)[-1][0] == "invitation.withdrawn"


def test_a_letter_sent_again_has_another_link_and_the_first_opens_nothing(db, office, now):
    invitation = invited(db, office, now)
    first, later = link(db), now + LASTS + timedelta(hours=1)
    invitations.send_again(db, invitation_id=invitation.id, lasts=LASTS, now=later, by=office.id)
    second = link(db)

    assert invitations.opened_by(db, token=second, now=later).expires_at == later + LASTS
    with pytest.raises(NotFound):
        invitations.accept(db, token=first, shown=shown(), now=later)
    letters = db.scalars(select(Letter).order_by(Letter.id)).all()
    assert [(each.occasion, each.person_id, each.address) for each in letters] == [
        ("invited", invitation.person_id, GUNNAR)
    ] * 2
    assert len({each.once for each in letters}) == 2


def test_one_of_which_nobody_knows_any_more_whom_it_is_for_is_not_sent_again_and_opens_nothing(db, office, now):
    invitation = invited(db, office, now)
    token, invitation.bound_to = link(db), ""
    again = {"invitation_id": invitation.id, "lasts": LASTS, "now": now + LASTS}
    refused(Refusal.INVITATION_FORGOTTEN, invitations.send_again, db, **again, by=office.id)
    came = shown(verified_email="")
    refused(Refusal.INVITATION_FOR_ANOTHER, invitations.accept, db, token=token, shown=came, now=now)
    invitations.withdraw(db, invitation_id=invitation.id, now=now + LASTS, by=office.id)


@pytest.mark.parametrize("token", ["", "1", "1-", "x-" + "a" * 43, "1-" + "a" * 43, "999999999-" + "a" * 43, "1-é"])
def test_what_is_no_link_opens_nothing(db, office, now, token):
    invited(db, office, now)

    with pytest.raises(NotFound):
        invitations.opened_by(db, token=token, now=now)


def test_who_invites_and_to_what_is_decided_by_the_rule(db, office, now):
    eva = holder(db, Role.DIRECTOR)
    refused(Refusal.NOT_YOURS_TO_INVITE, invited, db, eva, now)
    for role in (Role.COORDINATOR, Role.ADMINISTRATOR, Role.DIRECTOR):
        refused(Refusal.ROLE_NOT_BY_INVITATION, invited, db, office, now, roles=[role])
    refused(Refusal.INVITED_WITHOUT_NAME, invited, db, office, now, given_name=" \t")
    refused(Refusal.EMAIL_IMPLAUSIBLE, invited, db, office, now, email="gunnar")
    refused(Refusal.ADDRESS_HAS_ACCOUNT, invited, db, office, now, email=office.email.upper())
    assert db.scalars(select(AccountInvitation)).all() == []

    invitation = invited(db, office, now)
    refused(Refusal.NOT_YOURS_TO_INVITE, invitations.withdraw, db, invitation_id=invitation.id, now=now, by=eva.id)
    again = {"invitation_id": invitation.id, "lasts": LASTS, "now": now}
    refused(Refusal.NOT_YOURS_TO_INVITE, invitations.send_again, db, **again, by=eva.id)


def test_whoever_is_told_by_no_name_keeps_the_one_that_they_were_invited_by(db, office, now):
    invited(db, office, now)
    came = shown(given_name="", family_name="gunnar.dahl", is_makeshift=True)
    assert invitations.accept(db, token=link(db), shown=came, now=now).name == "Gunnar D"


def test_it_gives_nothing_when_who_invited_may_not_any_more_until_somebody_who_may_sends_it_again(db, office, now):
    invitation, other = invited(db, office, now), holder(db, Role.COORDINATOR)
    token = link(db)
    granting.revoke(db, person_id=office.id, role=Role.COORDINATOR, area=None, now=now, by=None)
    refused(Refusal.INVITER_MAY_NO_MORE, invitations.accept, db, token=token, shown=shown(), now=now)
    assert identities.of_person(db, invitation.person_id) == []

    invitations.send_again(db, invitation_id=invitation.id, lasts=LASTS, now=now + LASTS, by=other.id)
    gunnar = invitations.accept(db, token=link(db), shown=shown(), now=now + LASTS)
    granted = [(by, facts["role"]) for deed, by, facts in noted(db) if deed == "role.granted"]
    assert (gunnar.id, granted) == (invitation.person_id, [(other.id, Role.REVIEWER)])


def test_nobody_bars_an_invitation_by_writing_anothers_address_nor_gains_by_it(db, office, now):
    eve = person(db, subject="eve", email=GUNNAR.upper())
    for others in ([], [office.id]):
        refused(Refusal.ADDRESS_WRITTEN_BY_ACCOUNT, invited, db, office, now, others=others)
    made = invited(db, office, now, others=[eve.id])
    gunnar = invitations.accept(db, token=link(db), shown=shown(), now=now)
    db.flush()

    assert gunnar.id == made.person_id != eve.id
    assert queries.roles_of(db, gunnar.id) == {Role.REVIEWER}
    assert (len(identities.of_person(db, eve.id)), queries.roles_of(db, eve.id)) == (1, frozenset())
    # One that nobody has come in to yet is opened, and is no reason for another.
    invited(db, office, now, email="second@klinik.example")
    (second,) = queries.known_as(db, "second@klinik.example")
    wanted = {"email": second.email, "others": [second.id]}
    refused(Refusal.ADDRESS_HAS_ACCOUNT, invited, db, office, now, **wanted)


class TestAnAccountThatIsThere:
    @pytest.fixture
    def anna(self, db):
        return person(db, email="Anna@klinik.example")

    def let_in(self, db, office, someone, now, **wanted):
        facts = {"bound": None, "roles": []} | wanted
        return invitations.invite(db, person_id=someone.id, **facts, lasts=LASTS, now=now, by=office.id)

    def test_that_nobody_signs_in_to_is_opened_bound_to_its_own_address(self, db, office, anna, now):
        assert self.let_in(db, office, anna, now, roles=[Role.LEADER]).bound_to == "anna@klinik.example"
        token, came = link(db), shown(verified_email="anna@klinik.example")
        login_sessions.begin(db, person_id=anna.id, provider="demo", id_token="", now=now)

        assert invitations.accept(db, token=token, shown=came, now=now) is anna
        db.flush()
        assert [each.value for each in identities.of_person(db, anna.id)] == ["gunnar"]
        assert db.scalars(select(Grant.role).where(Grant.person_id == anna.id)).all() == [Role.LEADER]
        # They sign in anew to use the role.
        assert db.scalars(select(LoginSession.ended_at).where(LoginSession.person_id == anna.id)).all() == [now]

    def test_that_somebody_signs_in_to_is_taken_over_by_no_invitation(self, db, office, now):
        karin = person(db, subject="karin", email="karin@klinik.example")
        people.correct_address(db, person_id=karin.id, email="olle@hemma.example", now=now, by=office.id)
        for bound in (None, invitations.by_number(db, OTHER)):
            refused(Refusal.ACCOUNT_HAS_SIGN_IN, self.let_in, db, office, karin, now, bound=bound)

    def test_that_somebody_signs_in_to_since_is_opened_no_more(self, db, office, anna, now):
        self.let_in(db, office, anna, now)
        token, came = link(db), shown(verified_email="anna@klinik.example")
        identities.link(db, person=anna, shown=shown(value="anna.st"), now=now, by=anna.id)
        refused(Refusal.ACCOUNT_HAS_SIGN_IN, invitations.accept, db, token=token, shown=came, now=now)
        assert [each.value for each in identities.of_person(db, anna.id)] == ["anna.st"]

    def test_is_opened_by_no_invitation_to_an_address_that_is_corrected(self, db, office, anna, now):
        self.let_in(db, office, anna, now)
        token, came = link(db), shown(verified_email="anna@klinik.example")
        people.correct_address(db, person_id=anna.id, email="ANNA@klinik.example", now=now, by=office.id)
        assert invitations.opened_by(db, token=token, now=now).person_id == anna.id
        people.correct_address(db, person_id=anna.id, email="anna@ny.example", now=now, by=office.id)
        refused(Refusal.INVITATION_WITHDRAWN, invitations.accept, db, token=token, shown=came, now=now)
        assert noted(db)[-1][:2] == ("invitation.withdrawn", office.id)

        self.let_in(db, office, anna, now, bound=invitations.by_number(db, NUMBER))
        people.correct_address(db, person_id=anna.id, email="anna@klinik.example", now=now, by=office.id)
        assert invitations.opened_by(db, token=link(db), now=now).person_id == anna.id

    def test_is_never_merged_with_another(self, db, office, anna, now):
        other = person(db, subject="gunnar")
        self.let_in(db, office, anna, now)
        came = shown(issuer="http://127.0.0.1:1", verified_email="anna@klinik.example")
        refused(Refusal.IDENTITY_OF_ANOTHER, invitations.accept, db, token=link(db), shown=came, now=now)

        assert db.scalars(select(Identity.person_id).where(Identity.value == "gunnar")).all() == [other.id]

    def test_has_one_invitation_at_a_time(self, db, database, office, anna, now):
        first = self.let_in(db, office, anna, now)
        with pytest.raises(Refused) as refusal, database.transaction() as other:
            self.let_in(other, office, anna, now)
        assert refusal.value.reason == Refusal.INVITATION_LASTS
        invitations.withdraw(db, invitation_id=first.id, now=now, by=office.id)
        self.let_in(db, office, anna, now)

    def test_of_somebody_who_decides_over_others_is_opened_by_nobody(self, db, office, anna, now):
        for role in (Role.ADMINISTRATOR, Role.COORDINATOR, Role.DIRECTOR):
            refused(Refusal.ACCOUNT_NOT_BY_INVITATION, self.let_in, db, office, holder(db, role), now)

        self.let_in(db, office, anna, now)
        token, came = link(db), shown(verified_email="anna@klinik.example")
        db.add(Grant(person_id=anna.id, role=Role.ADMINISTRATOR))
        db.flush()
        refused(Refusal.ACCOUNT_NOT_BY_INVITATION, invitations.accept, db, token=token, shown=came, now=now)
        anna.email = ""
        db.add(db.scalars(select(Grant).where(Grant.person_id == anna.id)).one())
        nobody = person(db, email="")
        refused(Refusal.EMAIL_IMPLAUSIBLE, self.let_in, db, office, nobody, now)
