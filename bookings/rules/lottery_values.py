"""How the values of a lottery are written: secrets, commitments, the public value, the number of a drand round."""

import re
from datetime import UTC, datetime, timedelta

from bookings.rules.allocation.lottery import one_spelling
from bookings.states import PublicKind

DIGITS = re.compile(r"[0-9a-f]{64}")
LONGEST_VALUE = 200

DRAND_BEGAN = datetime.fromtimestamp(1692803367, UTC)
"""The first round of drand's network quicknet, as its chain tells."""
DRAND_EVERY = timedelta(seconds=3)
DRAND_CHAIN = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"


def hex_of(text: str) -> str | None:
    """32 bytes in hex as they are kept, however they were copied; None when it is anything else."""
    digits = "".join(text.split()).lower()
    return digits if DIGITS.fullmatch(digits) else None


def public_value(text: str, *, kind: PublicKind) -> str | None:
    """The public value as it is kept; None when it cannot be one.

    That of drand is 32 bytes in hex. Of any other only letters and digits are kept, so that two who copy it from
    different places, or would rather have other bytes, write the same.
    """
    if kind is PublicKind.DRAND:
        return hex_of(text)
    value = one_spelling(text)
    return value if 0 < len(value) <= LONGEST_VALUE else None


def drand_round(at: datetime) -> int:
    """The number of the first round of drand's quicknet at or after a moment."""
    return max(0, -((DRAND_BEGAN - at) // DRAND_EVERY)) + 1
