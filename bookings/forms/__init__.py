"""The forms of the room, their shape only.

`applying`, one's own `seats`, `rounds` and their `lottery`, `funding`, `decisions` about one person, `calling_off`,
and the period of `invoicing`.
"""

from bookings.forms.applying import ApplicationForm, rearranged
from bookings.forms.calling_off import MoveDayForm, OutlookForm, RunForm, SeenForm
from bookings.forms.decisions import EraseForm, ExceptionForm, GrantForm, RevokeForm
from bookings.forms.funding import FundingForm
from bookings.forms.invoicing import PeriodForm
from bookings.forms.lottery import CommitForm, ReasonForm, RevealForm, SourceForm, ValueForm, WithoutForm
from bookings.forms.rounds import PublishForm, RoundFacts, RoundForm
from bookings.forms.seats import (
    CancelForm,
    ConfirmForm,
    LateCancelForm,
    LateOfficeCancelForm,
    LineForm,
    OfficeCancelForm,
    RebookForm,
    TakeOffForm,
)

__all__ = [
    "ApplicationForm",
    "CancelForm",
    "CommitForm",
    "ConfirmForm",
    "EraseForm",
    "ExceptionForm",
    "FundingForm",
    "GrantForm",
    "LateCancelForm",
    "LateOfficeCancelForm",
    "LineForm",
    "MoveDayForm",
    "OfficeCancelForm",
    "OutlookForm",
    "PeriodForm",
    "PublishForm",
    "ReasonForm",
    "RebookForm",
    "RevealForm",
    "RevokeForm",
    "RoundFacts",
    "RoundForm",
    "RunForm",
    "SeenForm",
    "SourceForm",
    "TakeOffForm",
    "ValueForm",
    "WithoutForm",
    "rearranged",
]
