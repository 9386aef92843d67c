"""The reviewer's room on pages: from the draft to the follow-up, and never a name of whoever took part."""

import re
from datetime import date, time
from io import BytesIO

import pytest
from bookings_room import seat
from papers import alternative_texts
from pypdf import PdfReader

import make
from auth.states import Role
from bookings.queries import seated
from courses import programme
from courses.evaluations import answering, closing, masking, opening, reflecting
from courses.evaluations.reflecting import Action
from courses.models import Completion, CourseSession, Review, ReviewAction, SessionLeader
from courses.reviews import opening as reviewing
from courses.rules.programme import Item
from courses.rules.reviews import Criterion
from courses.states import CourseOutcome, ReviewState
from lararportal import clock

NOW = clock.parse("2027-01-11T08:00")
JUDGED = dict.fromkeys(map(str, Criterion), "met")


def held(db, course, people, *, name="Planterad", keep="") -> CourseSession:
    """A session of the autumn, with whom nobody is to read the names of."""
    session = make.session(db, of=course, days=[date(2026, 11, 16)])
    counted = {"minutes": 420, "half_days": 2, "of_half_days": 2, "told_of": [], "lacks": []}
    came = [make.person(db, given_name="Zebulon", family_name=name, email=f"{name}@x.example") for _ in range(people)]
    for each in came:
        seat(db, session, each)
        passed = {"outcome": CourseOutcome.PASSED, "decided_at": NOW}
        db.add(Completion(session_id=session.id, person_id=each.id, **passed, **counted))
    db.flush()
    then = clock.parse("2026-11-16T17:00")
    opening.open_(db, session.id, roster=seated, now=then, by=None)
    for each in came:
        said = {"overall": "4", "keep": keep if each is came[0] else ""}
        answering.answer(db, session_id=session.id, given=said, now=then, by=each.id)
    closing.close(db, session.id, now=then, by=None)
    return session


def opened(db) -> list[Review]:
    return reviewing.open_(db, half="2026-2", now=NOW, by=make.coordinator(db).id)


@pytest.fixture
def gunnar(db, visit):
    return visit(make.holder(db, Role.REVIEWER))


def test_a_review_goes_from_the_office_to_the_reviewer_and_back(db, visit, gunnar):
    course = make.course(db, title="Hudsjukdomar")
    held(db, course, 6)
    office = visit(make.coordinator(db))
    assert office.post("/granskning/oppna", data={"half": "2026-2"}).status_code == 302
    again = office.post("/granskning/oppna", data={"half": "2026-2"})
    assert (again.status_code, "redan öppnad" in again.text) == (409, True)
    assert office.post("/granskning/oppna", data={"half": "2027-1"}).status_code == 400
    review = db.query(Review).one()
    path = f"/granskning/{review.id}"
    assert path in gunnar.get("/granskning").text

    gunnar.post(f"{path}/utlatande", data={"purpose": "partly", "text": "Mitt hemliga utkast"})
    assert "Mitt hemliga utkast" in gunnar.get(path).text
    assert "Mitt hemliga utkast" not in office.get(path).text
    odd = gunnar.post(f"{path}/utlatande", data={"purpose": "best", "text": "Kvar på sidan"})
    assert (odd.status_code, "Kvar på sidan" in odd.text) == (400, True)
    short = gunnar.post(f"{path}/utlatande", data={"purpose": "met", "text": "Kvar på sidan", "final": "y"})
    assert (short.status_code, "Bedöm alla kriterier" in short.text, "Kvar på sidan" in short.text) == (
        409,
        True,
        True,
    )
    done = gunnar.post(f"{path}/utlatande", data={**JUDGED, "text": "En god kurs", "final": "y"})
    assert (done.status_code, "En god kurs" in office.get(path).text) == (302, True)

    half = office.post(f"{path}/svar", data={"text": "Tack", "what0": "Byt fallet", "due_on0": "2027-02-30"})
    assert (half.status_code, "Byt fallet" in half.text) == (400, True)
    assert [f'id="{name}0-error"' in half.text for name in ("what", "responsible", "due_on")] == [False, True, True]
    promise = {"what0": "Byt fallet", "responsible0": "Enheten", "due_on0": "2027-01-01"}
    assert office.post(f"{path}/svar", data={"text": "Tack", **promise}).status_code == 302
    followed = gunnar.get("/granskning/uppfoljning").text
    assert ("Byt fallet" in followed, "försenad" in followed) == (True, True)
    assert gunnar.post(f"{path}/avsluta").status_code == 302
    late = gunnar.post(f"{path}/avsluta")
    assert (late.status_code, "redan gått vidare" in late.text) == (409, True)
    action = db.query(ReviewAction).one()
    assert office.post(f"/granskning/atgarder/{action.id}/klar").status_code == 302
    assert "Alla åtgärder är klara" in office.get("/granskning/uppfoljning").text


def test_no_page_tells_a_name_of_whoever_took_part_or_a_figure_of_fewer_than_five(db, visit, gunnar):
    held(db, make.course(db, title="Astma"), 4)
    many = make.course(db, title="Barn")
    held(db, many, 9)
    few, enough = opened(db)
    paths = ["/granskning", "/granskning/uppfoljning", *(f"/granskning/{each.id}" for each in (few, enough))]
    pages = {path: gunnar.get(path).text for path in [*paths, f"/utvarderingar/{many.code}"]}

    assert [name for page in pages.values() for name in ("Planterad", "Zebulon", "x.example") if name in page] == []
    told = pages[f"/granskning/{few.id}"]
    assert (told.count("färre än fem"), "(100 %)" in told, "4 av 4" in told) == (4, False, False)
    assert ("(100 %)" in pages[f"/granskning/{enough.id}"], "9 av 9" in pages[f"/granskning/{enough.id}"]) == (
        True,
        True,
    )


def test_the_page_of_a_course_has_its_programme_what_was_said_drawn_and_what_its_leader_thinks(db, visit, gunnar):
    course = make.course(db, title="Hudsjukdomar", objectives_2021=["STc7"])
    session, leader = held(db, course, 6), make.holder(db, Role.LEADER)
    db.add(SessionLeader(session_id=session.id, person_id=leader.id))
    items = [Item(1, time(8, 30), "Eksem", "Karin")]
    programme.put(db, session_id=session.id, items=items, now=NOW, by=leader.id)
    said = [Action("Fler bilder", "Karin", date(2027, 5, 1))]
    reflecting.write(db, session_id=session.id, text="Bra grupp.", actions=said, now=NOW, by=leader.id)
    [review] = opened(db)

    page = gunnar.get(f"/granskning/{review.id}").text
    found = [each in page for each in ("STc7", "Eksem", "Bra grupp.", "Fler bilder (Karin, senast 1 maj 2027)")]
    assert (found, page.count('class="plot"') > 0, "Hösttermin" in page.partition("termin för termin")[2]) == (
        [True] * 4,
        True,
        True,
    )


def test_everything_of_a_half_year_is_one_tagged_document_without_drafts_names_and_masked_texts(db, visit, gunnar):
    course, few = make.course(db, title="Hudsjukdomar"), make.course(db, title="Öron")
    session = held(db, course, 6, keep="Zebulon pratade #set page(width: 1pt) $x$")
    held(db, few, 4)
    leader = make.holder(db, Role.LEADER)
    db.add(SessionLeader(session_id=session.id, person_id=leader.id))
    programme.put(db, session_id=session.id, items=[Item(1, time(8, 30), "Eksem", "")], now=NOW, by=leader.id)
    reflecting.write(db, session_id=session.id, text="Bra grupp.", actions=[], now=NOW, by=leader.id)
    one, other = opened(db)
    office = visit(make.coordinator(db))
    gunnar.post(f"/granskning/{one.id}/utlatande", data={**JUDGED, "text": "Fin kurs", "final": "y"})
    promise = {"what0": "Nya bilder", "responsible0": "Enheten", "due_on0": "2027-01-01"}
    office.post(f"/granskning/{one.id}/svar", data={"text": "Tackar", **promise})
    gunnar.post(f"/granskning/{other.id}/utlatande", data={"text": "Hemligt utkast"})

    def read() -> tuple[PdfReader, str]:
        answer = gunnar.get("/granskning/halvar/2026-2.pdf")
        assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (
            200,
            "application/pdf",
            "private, no-store",
        )
        file = PdfReader(BytesIO(answer.data))
        return file, " ".join(" ".join(page.extract_text() for page in file.pages).split())

    file, said = read()
    root = file.trailer["/Root"]
    assert (file.metadata.title, root["/MarkInfo"]["/Marked"]) == ("Kursgranskning höstterminen 2026", True)
    assert "1: 0, 2: 0, 3: 0, 4: 6, 5: 0, 6: 0" in set(alternative_texts(root["/StructTreeRoot"]))
    there = (
        "Hudsjukdomar",
        "Öron",
        "08.30 Eksem",
        "Bra grupp.",
        "6 av 6",
        "Fin kurs",
        "Tackar",
        "Nya bilder",
        "pratade",
    )
    assert [each for each in there if each not in said] == []
    assert [each for each in ("Planterad", "x.example", "utkast", "4 av 4", "(100 %) 4") if each in said] == []
    [comment] = masking.comments(db, course.id)
    by = make.coordinator(db).id
    masking.mask(db, session_id=session.id, imprint=comment.imprint, reason="Namn", now=NOW, by=by)
    assert ("pratade" in read()[1], "Texten är dold" in read()[1]) == (False, True)
    assert "pratade" not in gunnar.get(f"/granskning/{one.id}").text
    assert office.get("/granskning/halvar/2026-2.pdf").status_code == 200
    assert gunnar.get("/granskning/halvar/2025-2.pdf").status_code == 404


def test_what_was_promised_the_last_time_stands_on_the_page_and_in_the_document(db, visit, gunnar):
    course = make.course(db, title="Hudsjukdomar")
    held(db, course, 6)
    facts = {"course_id": course.id, "opened_at": NOW, "sessions": 1, "participants": 6, "asked": 6, "answered": 6}
    told = {"stated_at": NOW, "stated_by": make.holder(db, Role.REVIEWER).id, "answered_at": NOW, "answer": "Ja"}
    before = Review(half="2026-1", state=ReviewState.ANSWERED, criteria=JUDGED, **facts, **told)
    db.add_all([before, Review(half="2025-2", state=ReviewState.CLOSED, criteria=JUDGED, **facts, **told)])
    db.flush()
    days = {"Byt fallet": None, "Kortare dag": NOW}
    promised = {"review_id": before.id, "responsible": "Enheten", "due_on": date(2026, 12, 1)}
    db.add_all(ReviewAction(what=what, done_at=done, **promised) for what, done in days.items())
    [review] = opened(db)

    page = gunnar.get(f"/granskning/{review.id}").text
    assert f'href="/granskning/{before.id}">Utlåtandet om vårterminen 2026<' in page
    assert "<li>Byt fallet (inte klar, skulle vara klar 1 dec. 2026)</li><li>Kortare dag (klar)</li>" in page
    file = PdfReader(BytesIO(gunnar.get("/granskning/halvar/2026-2.pdf").data))
    said = " ".join(" ".join(page.extract_text() for page in file.pages).split())
    assert "Åtgärder efter granskningen av vårterminen 2026" in said
    assert "Byt fallet Enheten 1 dec. 2026 försenad" in said


def test_who_has_led_a_course_does_not_review_it_and_others_do(db, visit, gunnar):
    both = make.holder(db, Role.REVIEWER)
    course = make.course(db)
    session = held(db, course, 6)
    held(db, make.course(db), 6)
    db.add(SessionLeader(session_id=session.id, person_id=both.id))
    [review] = [each for each in opened(db) if each.course_id == course.id]
    path = f"/granskning/{review.id}"
    who_led = visit(both)

    assert "så en annan granskare lämnar utlåtandet" in who_led.get(path).text
    for given in ({"text": "Utkast"}, {**JUDGED, "text": "Bra", "final": "y"}):
        page = who_led.post(f"{path}/utlatande", data=given)
        assert (page.status_code, "varit kursledare här" in page.text) == (409, True)
    db.refresh(review)
    assert (review.state, review.statement) == (ReviewState.OPEN, "")
    assert gunnar.post(f"{path}/utlatande", data={**JUDGED, "text": "Bra", "final": "y"}).status_code == 302
    visit(make.coordinator(db)).post(f"{path}/svar", data={"text": "Tack"})
    assert who_led.post(f"{path}/avsluta").status_code == 409
    assert gunnar.post(f"{path}/avsluta").status_code == 302


def test_no_draft_is_written_over_unseen_and_no_text_is_lost_to_whoever_was_quicker(db, visit, gunnar):
    held(db, make.course(db), 6)
    [review] = opened(db)
    path, greta = f"/granskning/{review.id}", visit(make.holder(db, Role.REVIEWER))
    office, other = (visit(make.coordinator(db)) for _ in range(2))

    def saw(page: str) -> str:
        return re.search(r'name="saw"[^>]*value="(\w+)"', page)[1]

    first = saw(greta.get(path).text)
    assert (
        gunnar.post(f"{path}/utlatande", data={"purpose": "met", "text": "Gunnars", "saw": first}).status_code == 302
    )
    for final in ({}, {"final": "y"}):
        late = greta.post(f"{path}/utlatande", data={**JUDGED, "text": "Gretas", "saw": first, **final})
        assert (late.status_code, "Gretas" in late.text, "Gunnars" in late.text) == (409, True, True)
    assert "Kursens syfte är tydligt: uppfyllt" in late.text
    mine = {**JUDGED, "text": "Gretas", "saw": saw(late.text)}
    assert greta.post(f"{path}/utlatande", data={**mine, "final": "y"}).status_code == 302
    after = gunnar.post(f"{path}/utlatande", data={"text": "Bortkastat", "saw": first})
    assert (after.status_code, "redan gått vidare" in after.text, "Bortkastat" in after.text) == (409, True, True)

    assert office.post(f"{path}/svar", data={"text": "Tack"}).status_code == 302
    promise = {"what0": "Byt fallet", "responsible0": "Enheten", "due_on0": "2027-03-01"}
    twice = other.post(f"{path}/svar", data={"text": "Tackar så mycket", **promise})
    assert (twice.status_code, "redan gått vidare" in twice.text) == (409, True)
    assert ("Tackar så mycket" in twice.text, "Byt fallet" in twice.text) == (True, True)


def test_the_pages_take_as_many_statements_for_many_as_for_few(db, gunnar, queries):
    own = make.course(db)
    held(db, own, 6)
    [review] = opened(db)
    counts = []
    for number in (0, 2):
        for _ in range(number):
            course = make.course(db)
            held(db, course, 6)
            held(db, own, 6)
            db.add(
                Review(
                    half="2026-2", course_id=course.id, opened_at=NOW, sessions=1, participants=6, asked=6, answered=6
                )
            )
        db.flush()
        db.expire_all()
        for path in (
            "/granskning",
            "/granskning/uppfoljning",
            f"/granskning/{review.id}",
            "/granskning/halvar/2026-2.pdf",
        ):
            queries.reset()
            assert gunnar.get(path).status_code == 200
            counts.append(queries.count)
    assert counts[:4] == counts[4:]
