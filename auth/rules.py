"""What must hold in the auth room: of profiles, of who may confirm whom, of identities, and where a sign-in leads."""

import re
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from auth.states import Area, Category, InvitationState, Refusal, Role, Standing

LONGEST_LEAVE = 120
"""Months: longer than any residency lasts."""

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2099, 12, 31)
"""Between which days residencies begin and end: any other year is a slip of the finger."""

LONGEST_EMAIL = 254
"""Characters, as SMTP takes them (RFC 5321, section 4.5.3.1)."""

LONGEST_PATH = 1000

LONGEST_HSA_ID = 31
"""Characters."""

INVITED_ROLES = frozenset({Role.LEADER, Role.REVIEWER})
"""What an invitation may bring beside an account. Who decides over others is made so by an administrator."""

_WORD = re.compile(r"[\w-]+")
_HSA_ID = re.compile(r"SE[0-9]{10}-[A-Z0-9]+")
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,}"
)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a director of studies confirms of a person."""

    category: Category | None
    area: Area | None
    residency_start: date | None
    planned_end: date | None
    leave_months: int

    def settled(self) -> "Facts":
        """The facts as they are kept: residency belongs to residents, and nobody else's is stored."""
        if self.category is not None and self.category.is_resident:
            return self
        return Facts(category=self.category, area=self.area, residency_start=None, planned_end=None, leave_months=0)

    def as_json(self) -> dict[str, Any]:
        """The facts as the journal keeps them."""
        values = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


@dataclass(frozen=True, kw_only=True)
class Powers:
    """Somebody who wants to decide about others: the roles they hold, and where they are director of studies."""

    person_id: int
    roles: frozenset[Role]
    areas: frozenset[Area]


def missing(facts: Facts, *, email: str) -> list[str]:
    """What a complete profile still lacks, by name.

    Everybody has an e-mail address, a category and an area; a resident also the day the residency began and the
    day it is planned to end.
    """
    needed: dict[str, object] = {"email": email, "category": facts.category, "area": facts.area}
    if facts.category is not None and facts.category.is_resident:
        needed |= {"residency_start": facts.residency_start, "planned_end": facts.planned_end}
    return [name for name, value in needed.items() if not value]


def owes_profile(facts: Facts, *, email: str, standing: Standing, roles: frozenset[Role]) -> bool:
    """Whether somebody is asked to describe themselves before anything else.

    Who is here to lead or to administer courses need not become a participant.
    """
    return standing is Standing.PENDING and not roles and bool(missing(facts, email=email))


def may_be_true(facts: Facts) -> Refusal | None:
    """What cannot be true whoever says it: a residency ends after it begins, and no leave outlasts it."""
    if not 0 <= facts.leave_months <= LONGEST_LEAVE:
        return Refusal.LEAVE_OUT_OF_RANGE
    if not all(is_in_reach(day) for day in (facts.residency_start, facts.planned_end) if day is not None):
        return Refusal.RESIDENCY_YEAR_OUT_OF_REACH
    if facts.planned_end is None:
        return None
    if facts.residency_start is None:
        return Refusal.RESIDENCY_ENDS_WITHOUT_START
    if facts.planned_end <= facts.residency_start:
        return Refusal.RESIDENCY_ENDS_BEFORE_START
    lasts = 12 * (facts.planned_end.year - facts.residency_start.year)
    lasts += facts.planned_end.month - facts.residency_start.month
    return Refusal.LEAVE_OUTLASTS_RESIDENCY if facts.leave_months > lasts else None


def is_in_reach(day: date) -> bool:
    """Whether a residency may begin or end that day."""
    return FIRST_DAY <= day <= LAST_DAY


def is_plausible_email(text: str) -> bool:
    """Whether letters can be sent there: one address on one line, in the letters that every mail server knows."""
    if len(text) > LONGEST_EMAIL or ".." in text or text.startswith("."):
        return False
    return _EMAIL.fullmatch(text) is not None and ".@" not in text


def masked_email(address: str) -> str:
    """The address for a page that anybody with a link can read: whoever it belongs to knows it again."""
    name, _, host = address.partition("@")
    return f"{name[:1]}…@{host}"


def may_describe_oneself(standing: Standing, *, old: Facts, new: Facts) -> Refusal | None:
    """A pending person may change everything; what has been confirmed stands until somebody corrects it."""
    if standing is Standing.CONFIRMED and old != new:
        return Refusal.CONFIRMED_FACTS_STAND
    return None


def may_decide_about(
    powers: Powers, *, person_id: int, old_area: Area | None, new_area: Area | None
) -> Refusal | None:
    """Who may confirm and correct whom.

    A coordinator everybody, a director of studies those in an own area - and neither out of it nor into it from
    another, for that takes somebody who answers for both. Nobody decides about oneself.
    """
    if powers.person_id == person_id:
        return Refusal.NOT_ONESELF
    if Role.COORDINATOR in powers.roles:
        return None
    if Role.DIRECTOR not in powers.roles:
        return Refusal.NOT_YOURS_TO_CONFIRM
    if old_area in powers.areas and new_area in powers.areas:
        return None
    return Refusal.OUTSIDE_OWN_AREA


def may_protect(powers: Powers) -> Refusal | None:
    """A coordinator puts down that somebody has a protected identity, and is told who it is; nobody else is."""
    return None if Role.COORDINATOR in powers.roles else Refusal.NOT_YOURS_TO_PROTECT


def may_erase(powers: Powers, *, person_id: int) -> Refusal | None:
    """A coordinator erases somebody who asks for it; nobody erases themselves."""
    if Role.COORDINATOR not in powers.roles:
        return Refusal.NOT_YOURS_TO_ERASE
    return Refusal.ERASES_ONESELF if powers.person_id == person_id else None


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """What somebody still has here."""

    has_role: bool
    leads: bool
    has_seat: bool
    applies: bool
    goes_first: bool


def holds_back(ahead: Ahead) -> list[Refusal]:
    """What comes to an end before somebody is erased, since others reckon with it."""
    reasons = {
        Refusal.ERASED_HAS_ROLE: ahead.has_role,
        Refusal.ERASED_LEADS: ahead.leads,
        Refusal.ERASED_HAS_SEAT: ahead.has_seat,
        Refusal.ERASED_APPLIES: ahead.applies,
        Refusal.ERASED_GOES_FIRST: ahead.goes_first,
    }
    return [refusal for refusal, is_so in reasons.items() if is_so]


def erasure_reason_fault(reason: str, *, name: str, email: str) -> Refusal | None:
    """Why somebody is erased is kept, and therefore must not tell who it was, in any order of the names."""
    if not reason.strip():
        return Refusal.ERASED_WITHOUT_REASON
    said, names = reason.casefold(), set(_WORD.findall(name.casefold()))
    words = {form for word in _WORD.findall(said) for form in (word, word.removesuffix("s"))}
    tells = (names and names <= words) or (email and email.casefold() in said)
    return Refusal.ERASED_BY_NAME if tells else None


def may_grant(powers: Powers | None) -> Refusal | None:
    """An administrator grants and revokes roles; so does an operator at the machine itself, who is nobody here."""
    if powers is None or Role.ADMINISTRATOR in powers.roles:
        return None
    return Refusal.NOT_YOURS_TO_GRANT


def grant_fault(role: Role, area: Area | None) -> Refusal | None:
    """A director of studies is one for an area; no other role has any."""
    if role is Role.DIRECTOR:
        return Refusal.DIRECTOR_NEEDS_AREA if area is None else None
    return Refusal.AREA_ONLY_FOR_DIRECTOR if area is not None else None


def may_invite(powers: Powers, *, roles: frozenset[Role]) -> Refusal | None:
    """A coordinator invites, as participant, course leader or reviewer; never as somebody who decides over others."""
    if Role.COORDINATOR not in powers.roles:
        return Refusal.NOT_YOURS_TO_INVITE
    return None if roles <= INVITED_ROLES else Refusal.ROLE_NOT_BY_INVITATION


def may_be_invited(held: frozenset[Role], *, identities: int) -> Refusal | None:
    """No invitation opens the account of somebody who decides over others or comes in already.

    Whoever invites could become them: a second identity is linked by who has shown both.
    """
    if not held <= INVITED_ROLES:
        return Refusal.ACCOUNT_NOT_BY_INVITATION
    return Refusal.ACCOUNT_HAS_SIGN_IN if identities else None


def invitation_state(
    *, used_at: datetime | None, withdrawn_at: datetime | None, expires_at: datetime, now: datetime
) -> InvitationState:
    """What has become of an invitation: used once, withdrawn, too old, or open still."""
    if used_at is not None:
        return InvitationState.USED
    if withdrawn_at is not None:
        return InvitationState.WITHDRAWN
    return InvitationState.OPEN if now < expires_at else InvitationState.EXPIRED


CLOSED = {
    InvitationState.USED: Refusal.INVITATION_USED,
    InvitationState.WITHDRAWN: Refusal.INVITATION_WITHDRAWN,
    InvitationState.EXPIRED: Refusal.INVITATION_EXPIRED,
}
"""Why an invitation that is not open opens nothing."""


def is_own_path(text: str) -> bool:
    """Whether a sign-in may lead there afterwards: a path of the portal itself, and nothing like another place."""
    if not text.startswith("/") or len(text) > LONGEST_PATH:
        return False
    # Browsers read a backslash as a slash, and drop tabs and line breaks before they look.
    if text.startswith("//") or "\\" in text or any(not sign.isprintable() or sign.isspace() for sign in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc


def one_line(text: str, *, longest: int) -> str:
    """The text as it can stand in a name: on one line, without what cannot be printed."""
    printable = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(printable.split())[:longest].rstrip()


def hsa_id(text: str) -> str | None:
    """The HSA-id as it is kept, or None for what is none: SE, an organisation's ten digits, and who it is there."""
    written = text.strip().upper()
    return written if len(written) <= LONGEST_HSA_ID and _HSA_ID.fullmatch(written) else None
