"""The catalogue is read from a file: all of it, or nothing with every fault named."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from portals import KEYS
from sqlalchemy import select
from sqlalchemy.orm import Session

import lararportal
from courses import catalogue
from courses.course_file import COLUMNS, Fault, ImportFaulty, decode
from courses.course_import import import_file
from courses.models import Course
from courses.rules import CourseFacts
from courses.states import COURSE_BEARING_2015, ImportFault, Kind, Order, Publicity
from lararportal.cli import main
from lararportal.db import connect
from lararportal.journal import Entry

DEMO = Path(lararportal.__file__).parent / "demo" / "catalogue.csv"
HEADER = ",".join(COLUMNS)
ROW = "KL02,Dermatologi,klinisk,c4;c5,STc4;STc5,2,30,15,1,1"


def file_of(*rows, header=HEADER):
    return "\n".join([header, *rows]) + "\n"


def facts(db):
    return {course.code: catalogue.facts_of(course) for course in db.scalars(select(Course).order_by(Course.code))}


def faults_in(db, text, now):
    with pytest.raises(ImportFaulty) as faulty:
        import_file(db, text=text, now=now, by=None)
    assert facts(db) == {}
    assert db.scalars(select(Entry)).all() == []
    return faulty.value.faults


def test_the_demonstration_catalogue_becomes_43_drafts(db, now):
    imported = import_file(db, text=decode(DEMO.read_bytes()), now=now, by=7)
    db.expire_all()
    courses = db.scalars(select(Course).order_by(Course.code)).all()

    assert (len(imported.created), imported.changed, imported.unchanged) == (43, (), ())
    assert sorted(imported.created) == [course.code for course in courses]
    assert {course.publicity for course in courses} == {Publicity.DRAFT}
    assert sum(course.sessions_per_year for course in courses) == 50
    assert [sum(course.kind is kind for course in courses) for kind in Kind] == [10, 28, 5]
    assert facts(db)["KL20"] == CourseFacts(
        title="Psykiatri: depression, ångest och suicidriskbedömning",
        kind=Kind.CLINICAL,
        objectives_2015=("c13",),
        objectives_2021=("STc13",),
        day_count=2,
        seats=32,
        minimum=16,
        preparatory_parts=1,
        sessions_per_year=1,
        order=Order.DEADLINE,
        targets={"ST": 0, "SPEC": 0, "PRE": 1},
    )
    assert facts(db)["OB01"].targets == {"ST": 0}
    last = db.scalars(select(Entry).order_by(Entry.id.desc()).limit(1)).one()
    assert (last.deed, last.by, last.facts) == (
        "courses.imported",
        7,
        {"created": 43, "changed": 0, "unchanged": 0},
    )


def test_a_second_import_changes_what_differs_and_keeps_what_the_file_does_not_speak_of(db, now):
    import_file(db, text=file_of(ROW, ROW.replace("KL02", "KL03")), now=now, by=7)
    course = db.scalars(select(Course).where(Course.code == "KL02")).one()
    course.description, course.targets = "Hud.", {"SPEC": 0}
    course.move_to(Publicity.PUBLISHED)

    again = import_file(
        db,
        text=file_of(ROW.replace(",30,", ",28,"), ROW.replace("KL02", "KL03"), ROW.replace("KL02", "KL04")),
        now=now,
        by=7,
    )

    assert (again.created, again.changed, again.unchanged) == (("KL04",), ("KL02",), ("KL03",))
    assert (course.seats, course.description, course.targets) == (28, "Hud.", {"SPEC": 0})
    assert course.publicity is Publicity.PUBLISHED


@pytest.mark.parametrize(
    "text",
    [
        file_of(ROW),
        "\ufeff" + file_of(ROW),
        file_of(ROW).replace("\n", "\r\n"),
        file_of(ROW).rstrip("\n"),
        file_of(ROW, "", ",,,,,,,,,"),
        file_of(ROW.replace("klinisk", " Klinisk ").replace("c4;c5,", "C5;c4;c4,").replace("KL02", "kl02")),
        file_of("KL02;Dermatologi;klinisk;c4,c5;STc4 STc5;2;30;15;1;1", header=";".join(COLUMNS)),
        file_of(
            '1,"STc4;STc5",klinisk,"Dermatologi",KL02,"c4;c5",2,30,15,1,1',
            header="sourced,delmal_2021,kind,title_sv,code,delmal_2015,days,seats,min_participants,preparatory,"
            "sessions_per_year",
        ),
    ],
    ids=["plain", "bom", "crlf", "no-last-newline", "blank-lines", "spelling", "semicolons", "other-order"],
)
def test_files_that_say_the_same_are_read_the_same(db, now, text):
    import_file(db, text=text, now=now, by=7)

    assert facts(db) == {
        "KL02": CourseFacts(
            title="Dermatologi",
            kind=Kind.CLINICAL,
            objectives_2015=("c4", "c5"),
            objectives_2021=("STc4", "STc5"),
            day_count=2,
            seats=30,
            minimum=15,
            preparatory_parts=1,
            targets={"ST": 0, "SPEC": 0, "PRE": 1},
        )
    }


@pytest.mark.parametrize(("spelling", "kind"), [("övrig", Kind.OTHER), ("ovrig", Kind.OTHER), ("ÖVRIG", Kind.OTHER)])
def test_kinds_are_read_without_regard_to_dots_and_capitals(db, now, spelling, kind):
    import_file(db, text=file_of(ROW.replace("klinisk", spelling)), now=now, by=7)

    assert facts(db)["KL02"].kind is kind


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (ROW.replace("KL02", ""), ("", "code", ImportFault.EMPTY, "")),
        (ROW.replace("KL02", "KL 02"), ("KL 02", "code", ImportFault.BAD_CODE, "KL 02")),
        (ROW.replace("KL02", "K" * 21), ("K" * 21, "code", ImportFault.BAD_CODE, "K" * 21)),
        (ROW.replace("Dermatologi", " "), ("KL02", "title_sv", ImportFault.EMPTY, "")),
        (ROW.replace("Dermatologi", "x" * 201), ("KL02", "title_sv", ImportFault.TOO_LONG, "200")),
        (ROW.replace("Dermatologi", "Hud \u202eråh hco"), ("KL02", "title_sv", ImportFault.TURNS_AROUND, "")),
        (ROW.replace("Dermatologi", '"Hud\noch hår"'), ("KL02", "title_sv", ImportFault.BREAKS, "")),
        (ROW.replace("klinisk", "kul"), ("KL02", "kind", ImportFault.UNKNOWN_KIND, "kul")),
        (ROW.replace("klinisk", ""), ("KL02", "kind", ImportFault.EMPTY, "")),
        (ROW.replace("c4;c5,", "c4;c15,"), ("KL02", "delmal_2015", ImportFault.UNKNOWN_OBJECTIVE, "c15")),
        (ROW.replace("STc5", "c5"), ("KL02", "delmal_2021", ImportFault.UNKNOWN_OBJECTIVE, "c5")),
        (
            ROW.replace("klinisk", "obligatorisk"),
            ("KL02", "delmal_2015", ImportFault.ONLY_LOOKS_MANDATORY, ", ".join(COURSE_BEARING_2015)),
        ),
        (ROW.replace(",2,30", ",två,30"), ("KL02", "days", ImportFault.NOT_A_NUMBER, "två")),
        (ROW.replace(",2,30", ",0,30"), ("KL02", "days", ImportFault.OUT_OF_RANGE, "1-30")),
        (ROW.replace(",30,15", ",3.5,1"), ("KL02", "seats", ImportFault.NOT_A_NUMBER, "3.5")),
        (ROW.replace(",30,15", ",-30,1"), ("KL02", "seats", ImportFault.NOT_A_NUMBER, "-30")),
        (ROW.replace(",30,15", ",30,31"), ("KL02", "min_participants", ImportFault.MINIMUM_ABOVE_SEATS, "31 > 30")),
        (ROW.replace(",15,1,1", ",15,,1"), ("KL02", "preparatory", ImportFault.EMPTY, "")),
        (ROW.replace(",15,1,1", ",15,1,53"), ("KL02", "sessions_per_year", ImportFault.OUT_OF_RANGE, "0-52")),
        (ROW + ",1", ("KL02", "", ImportFault.CELL_COUNT, "11 / 10")),
        (ROW.rsplit(",", 1)[0], ("KL02", "", ImportFault.CELL_COUNT, "9 / 10")),
    ],
)
def test_one_wrong_field_is_named_with_its_line_and_nothing_is_changed(db, now, row, fault):
    text = file_of(ROW.replace("KL02", "KL01"), row, ROW.replace("KL02", "KL03"))

    assert faults_in(db, text, now) == [Fault(3, *fault)]


def test_all_faults_of_all_rows_are_named_at_once_in_their_order(db, now):
    text = file_of(
        "KL01,,kul,c99;x,STc4,0,a,15,1,1",
        "",
        '"KL02","Två\nrader",klinisk,,,1,30,15,1,1',
        "kl02,Dermatologi,klinisk,,,1,30,15,1,1",
    )

    assert faults_in(db, text, now) == [
        Fault(2, "KL01", "title_sv", ImportFault.EMPTY),
        Fault(2, "KL01", "kind", ImportFault.UNKNOWN_KIND, "kul"),
        Fault(2, "KL01", "delmal_2015", ImportFault.UNKNOWN_OBJECTIVE, "c99"),
        Fault(2, "KL01", "delmal_2015", ImportFault.UNKNOWN_OBJECTIVE, "x"),
        Fault(2, "KL01", "days", ImportFault.OUT_OF_RANGE, "1-30"),
        Fault(2, "KL01", "seats", ImportFault.NOT_A_NUMBER, "a"),
        Fault(4, "KL02", "title_sv", ImportFault.BREAKS),
        Fault(6, "kl02", "code", ImportFault.CODE_TWICE, "4"),
    ]


def test_missing_and_repeated_columns_are_named(db, now):
    header = HEADER.replace("kind,", "").replace("days", "seats")

    assert faults_in(db, file_of(ROW, header=header), now) == [
        Fault(1, "", "kind", ImportFault.MISSING_COLUMN),
        Fault(1, "", "days", ImportFault.MISSING_COLUMN),
        Fault(1, "", "seats", ImportFault.COLUMN_TWICE),
    ]


@pytest.mark.parametrize("text", ["", "\n\n", HEADER, HEADER + "\n,,,,,,,,,\n"])
def test_a_file_without_rows_is_refused(db, now, text):
    assert faults_in(db, text, now) == [Fault(0, "", "", ImportFault.NO_ROWS)]


def test_a_quotation_mark_that_is_never_closed_is_refused_where_it_stands(db, now):
    assert faults_in(db, file_of(ROW, 'KL03,"Derma'), now) == [Fault(3, "", "", ImportFault.UNREADABLE)]


def test_a_character_that_no_database_keeps_is_refused_on_every_line_where_it_stands(db, now):
    text = file_of(ROW, "KL03,Der\0ma", "KL04,Öron", "\0")

    assert faults_in(db, text, now) == [Fault(line, "", "", ImportFault.NUL) for line in (3, 5)]


def test_a_file_in_another_encoding_is_refused_at_its_first_strange_line():
    with pytest.raises(ImportFaulty) as faulty:
        decode(file_of(ROW, "KL03,Öra").encode("latin-1"))

    assert faulty.value.faults == [Fault(3, "", "", ImportFault.NOT_UTF8)]


@pytest.fixture
def command_line(monkeypatch, fresh_database_url):
    """Runs `lararportal` with settings that name a database of its own."""
    for name, value in {
        "DATABASE_URL": fresh_database_url,
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "LARARPORTAL_SECRET_KEY": "not a secret, only long enough for a test",
        **KEYS,
        "LARARPORTAL_BASE_URL": "https://portal.test",
        "LARARPORTAL_SMTP_URL": "smtp://127.0.0.1:1",
        "LARARPORTAL_MAIL_FROM": "portal@example.org",
        "LARARPORTAL_PROVIDERS": '[{"name": "demo", "title": "Demo", "issuer": "http://127.0.0.1:1", '
        '"client_id": "portal", "client_secret": "not a secret"}]',
    }.items():
        monkeypatch.setenv(name, value)
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


def codes_in(url):
    engine = connect(url)
    with Session(engine) as db:
        codes = db.scalars(select(Course.code).order_by(Course.code)).all()
    engine.dispose()
    return codes


def test_the_command_line_imports_and_says_how_many(command_line, fresh_database_url):
    result = command_line("courses", "import", DEMO)

    assert (result.exit_code, result.output) == (0, "created: 43\nchanged: 0\nunchanged: 0\n")
    assert len(codes_in(fresh_database_url)) == 43


def test_the_command_line_names_every_line_and_fault_and_changes_nothing(command_line, fresh_database_url, tmp_path):
    faulty = tmp_path / "faulty.csv"
    faulty.write_text(file_of(ROW, ROW.replace("KL02", "KL03").replace("klinisk", "kul"), ROW), encoding="utf-8")

    result = command_line("courses", "import", faulty)

    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "Rad 3, KL03, kind: ”kul” är ingen sorts kurs. Skriv obligatorisk, klinisk eller övrig.",
        "Rad 4, KL02, code: Koden står redan på rad 2.",
        "Error: Antal fel i filen: 2. Ingenting har ändrats.",
    ]
    assert codes_in(fresh_database_url) == []
