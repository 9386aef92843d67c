"""Courses taken elsewhere: what may be said of one, and which documents are taken."""

from collections.abc import Collection
from datetime import date

from courses.states import Refusal, ReportState

LARGEST = 5 * 1024 * 1024
"""Bytes of a document: a photograph of a certificate, or some pages that were scanned."""

MOST_OPEN = 12
"""Reports of one person that nobody has decided: as many as there are objectives, and no room to fill a disk."""

BEGINNINGS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
"""By what a document begins with is known what it is; its name says nothing."""

ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


def media_type_of(content: bytes) -> str | None:
    """What a document is; None for what is not taken."""
    return next((kind for begins, kind in BEGINNINGS.items() if content.startswith(begins)), None)


def document_fault(content: bytes) -> Refusal | None:
    """A document is a PDF or a picture, and no larger than five megabytes."""
    if len(content) > LARGEST:
        return Refusal.DOCUMENT_TOO_LARGE
    return None if media_type_of(content) is not None else Refusal.DOCUMENT_OF_OTHER_KIND


def may_report(
    objectives: Collection[str], demanded: Collection[str], *, finished_on: date, today: date, undecided: int
) -> Refusal | None:
    """A resident reports what is over, for objectives that their rules demand a course for."""
    if not objectives or not set(objectives) <= set(demanded):
        return Refusal.OBJECTIVE_NOT_DEMANDED
    if finished_on > today:
        return Refusal.REPORTED_AHEAD
    return Refusal.TOO_MANY_REPORTS if undecided >= MOST_OPEN else None


def may_become(old: ReportState, new: ReportState) -> Refusal | None:
    """What was reported is confirmed or declined; what was confirmed by mistake is declined after all."""
    moves = {(ReportState.REPORTED, ReportState.CONFIRMED)}
    moves |= {(each, ReportState.DECLINED) for each in (ReportState.REPORTED, ReportState.CONFIRMED)}
    return None if (old, new) in moves else Refusal.REPORT_DECIDED
