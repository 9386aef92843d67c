"""The compilation: what came of the evaluations of a course, chosen by term."""

from datetime import date
from io import BytesIO

from evaluation_room import NOW, closed, over
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select

import make
from auth.states import Category, Role
from courses.evaluations import answering, closing
from courses.models import Evaluation
from lararportal import typeset

SIX = [{"overall": "4"}] * 6
ODD = "Bra \N{THUMBS UP SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4} och 漢\ufeff字!"
"""Signs that are typed on telephones, and no document may have."""


def test_a_document_can_have_every_sign_that_is_not_replaced():
    every = [chr(sign) for first, last in typeset.KNOWN for sign in range(ord(first), ord(last) + 1)]
    said = " ".join(each for each in every if each == typeset.printable(each))
    part = {"title": said, "answered": said, "mix": "", "rows": [], "texts": [], "reflections": []}
    of_day = {"year": 2027, "month": 1, "day": 11}

    paper = {"title": said, "lead": said, "made": of_day, "parts": [part]}
    assert typeset.pdf("evaluations/compilation.typ", at=NOW, compilation=paper)[:5] == b"%PDF-"
    assert len(said) > 1500


def test_what_came_of_it_is_chosen_by_term(db, visit):
    spring = closed(db, *SIX)
    path = f"/utvarderingar/{spring.session.course.code}"
    closed(db, *[{"overall": "2"}] * 5, after=spring.session, days=[date(2026, 12, 29), date(2026, 12, 30)])
    coordinator = visit(make.coordinator(db))

    everything, autumn = coordinator.get(path).text, coordinator.get(f"{path}?termin=2026-2").text

    assert "Alla tillfällen: 11 av 11 har svarat (100 %)" in everything
    assert ("6 av 6" in everything, "5 av 5" in everything) == (True, True)
    assert ("6 av 6" in autumn, "5 av 5" in autumn) == (False, True)
    assert 'aria-current="page">Hösttermin' in autumn
    assert coordinator.get(f"{path}?termin=2025-1").status_code == 404
    assert visit(spring.leader).get(f"{path}?termin=2026-2").status_code == 404


def test_who_was_asked_is_said_in_figures_that_tell_of_nobody(db, visit):
    def of(*categories: Category) -> str:
        room = over(db, people=len(categories))
        for person, category in zip(room.people, categories, strict=True):
            person.category = category
            answering.answer(db, session_id=room.session.id, given=SIX[0], now=NOW, by=person.id)
        closing.close(db, room.session.id, now=NOW, by=None)
        return visit(room.leader).get(f"/utvarderingar/{room.session.course.code}").text

    mostly = of(*[Category.ST_2021] * 6, Category.SPECIALIST)
    assert "Tillfrågade: grupperna visas inte, eftersom någon av dem är färre än fem" in mostly
    assert db.scalars(select(Evaluation.mix)).one() == {"st_2021": 6, "specialist": 1}
    both = of(*[Category.ST_2021] * 4, *[Category.ST_2015] * 3)
    assert "Tillfrågade: ST-läkare: 7." in both


def test_it_is_had_as_a_spreadsheet_without_formulas_and_as_a_tagged_document(db, visit):
    texts = [{"overall": "4", "keep": f"=HYPERLINK({number})"} for number in range(4)]
    room = closed(db, *texts, {"overall": "5", "relevance": "1", "keep": f"#set page(width: 1pt) \\ $x$ {ODD}"})
    path = f"/utvarderingar/{room.session.course.code}/sammanstallning"
    reviewer = visit(make.holder(db, Role.REVIEWER))

    sheet, paper = reviewer.get(f"{path}.xlsx", buffered=True), reviewer.get(f"{path}.pdf")
    found = list(load_workbook(BytesIO(sheet.data)).active.values)
    assert found[0][:4] == ("Kurstillfälle", "Tillfrågade", "Har svarat", "Fråga")
    overall = [row[4:] for row in found if row[3] == "Hur bra var kursen som helhet?"]
    assert overall[3:5] == [("4", 4, 4.2, 0.4), ("5", 1, 4.2, 0.4)]
    assert [row[4:] for row in found if "nytta" in row[3]] == [("färre än fem", None, None, None)]
    assert {row[4][:3] for row in found if "HYPERLINK" in row[4]} == {"'=H"}
    assert f"utvarderingar-{room.session.course.code}.xlsx" in sheet.headers["Content-Disposition"]
    assert (paper.mimetype, paper.data[:5]) == ("application/pdf", b"%PDF-")
    written = "".join(page.extract_text() for page in PdfReader(BytesIO(paper.data)).pages)
    assert "#set page(width: 1pt) \\ $x$ Bra □ och □!" in " ".join(written.split())
    others = visit(make.holder(db, Role.LEADER))
    assert [others.get(f"{path}.{each}").status_code for each in ("xlsx", "pdf")] == [404, 404]
