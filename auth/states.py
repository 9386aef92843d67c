"""The words of the auth room: categories, roles, areas, and the reasons to refuse."""

from enum import StrEnum


class Category(StrEnum):
    """What kind of doctor a participant is; decides which courses they may apply for and in which group."""

    ST_2015 = "st_2015"
    ST_2021 = "st_2021"
    SPECIALIST = "specialist"
    PRE_ST = "pre_st"

    @property
    def is_resident(self) -> bool:
        """Whether the doctor is in residency, under either set of rules."""
        return self in RESIDENTS

    @property
    def group(self) -> str:
        """The group that the category belongs to when seats are given (allocation rules, section 2.1)."""
        return {Category.SPECIALIST: "SPEC", Category.PRE_ST: "PRE"}.get(self, "ST")


RESIDENTS = (Category.ST_2015, Category.ST_2021)


class Role(StrEnum):
    """What a person may do beside being a participant. A person may hold several."""

    LEADER = "leader"
    COORDINATOR = "coordinator"
    DIRECTOR = "director"
    REVIEWER = "reviewer"
    ADMINISTRATOR = "administrator"


class Area(StrEnum):
    """The five areas (delområden) of Västra Götaland."""

    FYRBODAL = "fyrbodal"
    GOTEBORG = "goteborg"
    SKARABORG = "skaraborg"
    SODRA_BOHUSLAN = "sodra_bohuslan"
    SODRA_ALVSBORG = "sodra_alvsborg"


class Standing(StrEnum):
    """Whether somebody has confirmed what the person said of themselves."""

    PENDING = "pending"
    CONFIRMED = "confirmed"


_OF_CATEGORY = " ".join(f"WHEN '{each.value}' THEN '{each.group}'" for each in Category)
SEAT_GROUP = f"""CASE WHEN standing = '{Standing.CONFIRMED.value}' AND erased_at IS NULL
    THEN CASE category {_OF_CATEGORY} ELSE '' END ELSE '' END"""
"""What PostgreSQL reckons of the row of a person: `bookings.register.group_of`, with '' for no group."""


class Binding(StrEnum):
    """By what an invitation knows whom it is for: a provider must say it of them."""

    EMAIL = "email"
    PERSONAL_NUMBER = "personal_number"


class InvitationState(StrEnum):
    """What has become of an invitation."""

    OPEN = "open"
    EXPIRED = "expired"
    USED = "used"
    WITHDRAWN = "withdrawn"


class Refusal(StrEnum):
    """Why the auth room says no."""

    FACTS_MISSING = "facts_missing"
    OUTSIDE_OWN_AREA = "outside_own_area"
    NOT_ONESELF = "not_oneself"
    NOT_YOURS_TO_CONFIRM = "not_yours_to_confirm"
    ONLY_ABOUT_ONESELF = "only_about_oneself"
    ALREADY_CONFIRMED = "already_confirmed"
    NOT_YET_CONFIRMED = "not_yet_confirmed"
    CONFIRMED_FACTS_STAND = "confirmed_facts_stand"
    REASON_MISSING = "reason_missing"
    NOT_YOURS_TO_PROTECT = "not_yours_to_protect"
    PROTECTED_ALREADY = "protected_already"
    NOT_PROTECTED = "not_protected"
    PERSON_ERASED = "person_erased"
    NOT_YOURS_TO_ERASE = "not_yours_to_erase"
    ERASES_ONESELF = "erases_oneself"
    ERASED_WITHOUT_REASON = "erased_without_reason"
    ERASED_BY_NAME = "erased_by_name"
    ERASED_HAS_ROLE = "erased_has_role"
    ERASED_HAS_SEAT = "erased_has_seat"
    ERASED_APPLIES = "erased_applies"
    ERASED_GOES_FIRST = "erased_goes_first"
    ERASED_LEADS = "erased_leads"
    LOOK_WITHOUT_REASON = "look_without_reason"
    NUMBER_UNREADABLE = "number_unreadable"
    EMAIL_IMPLAUSIBLE = "email_implausible"
    RESIDENCY_ENDS_BEFORE_START = "residency_ends_before_start"
    RESIDENCY_ENDS_WITHOUT_START = "residency_ends_without_start"
    LEAVE_OUT_OF_RANGE = "leave_out_of_range"
    LEAVE_OUTLASTS_RESIDENCY = "leave_outlasts_residency"
    RESIDENCY_YEAR_OUT_OF_REACH = "residency_year_out_of_reach"
    NOT_YOURS_TO_GRANT = "not_yours_to_grant"
    DIRECTOR_NEEDS_AREA = "director_needs_area"
    AREA_ONLY_FOR_DIRECTOR = "area_only_for_director"
    ROLE_ALREADY_HELD = "role_already_held"
    ROLE_NOT_HELD = "role_not_held"
    SIGN_IN_FAILED = "sign_in_failed"
    PROVIDER_DOWN = "provider_down"
    ASSURANCE_TOO_LOW = "assurance_too_low"
    NOT_PROVED_ANEW = "not_proved_anew"
    IDENTITY_MISSING = "identity_missing"
    IDENTITY_IMPOSSIBLE = "identity_impossible"
    NAME_MISSING = "name_missing"
    NOT_YOURS_TO_INVITE = "not_yours_to_invite"
    ROLE_NOT_BY_INVITATION = "role_not_by_invitation"
    ACCOUNT_NOT_BY_INVITATION = "account_not_by_invitation"
    ACCOUNT_HAS_SIGN_IN = "account_has_sign_in"
    ADDRESS_HAS_ACCOUNT = "address_has_account"
    ADDRESS_WRITTEN_BY_ACCOUNT = "address_written_by_account"
    INVITED_WITHOUT_NAME = "invited_without_name"
    INVITATION_LASTS = "invitation_lasts"
    INVITATION_USED = "invitation_used"
    INVITATION_EXPIRED = "invitation_expired"
    INVITATION_WITHDRAWN = "invitation_withdrawn"
    INVITER_MAY_NO_MORE = "inviter_may_no_more"
    INVITATION_FORGOTTEN = "invitation_forgotten"
    INVITATION_FOR_ANOTHER = "invitation_for_another"
    IDENTITY_OF_ANOTHER = "identity_of_another"
    IDENTITY_ALREADY_YOURS = "identity_already_yours"
    LAST_IDENTITY = "last_identity"
    ADDRESS_NEEDED = "address_needed"
