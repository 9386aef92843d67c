"""What a seat costs by whether its holder came: who was ill pays nothing, and who stayed away what is said here."""

WHOLE = 100
"""Per cent of the fee of the course."""


def no_show_percent(*, is_paid: bool, fee: int | None) -> int | None:
    """How many per cent the seat of somebody who stayed away comes to; None where that is recorded only.

    A seat that an employer pays (`is_paid`) was kept for them, and is paid as if they had come. A resident's or a
    specialist's seat costs nothing, and to stay away what the setting says. Source: the domain, section 5 (a
    setting, since providers differ).
    """
    return WHOLE if is_paid else fee


def seat_percent(*, is_paid: bool, was_ill: bool) -> int:
    """How many per cent anybody else's comes to: nobody pays for having been ill, as with a late cancellation."""
    return WHOLE if is_paid and not was_ill else 0


def difference(before: int | None, after: int | None) -> int | None:
    """How much more it is than before; None where one of them was recorded only, and no sum was told."""
    return None if before is None or after is None else after - before
