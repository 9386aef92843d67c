"""Long lists: one page of them at a time, with its place among the others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

T = TypeVar("T")

PAGE_SIZE = 50


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows of many."""

    rows: Sequence[T]
    number: int
    size: int
    total: int

    @property
    def count(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))


def paginate(db: Session, statement: Select[Any], *, number: int, size: int = PAGE_SIZE) -> Page[Any]:
    """What an ordered statement has on a page, in two statements; beyond the last page it is the last one."""
    page = paginate_rows(db, statement, number=number, size=size)
    return replace(page, rows=[row[0] for row in page.rows])


def paginate_rows(db: Session, statement: Select[Any], *, number: int, size: int = PAGE_SIZE) -> Page[Any]:
    """As `paginate`, with all columns of the rows."""
    total = db.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    number = min(max(number, 1), max(1, -(-total // size)))
    rows = db.execute(statement.limit(size).offset((number - 1) * size)).all()
    return Page(rows=rows, number=number, size=size, total=total)
