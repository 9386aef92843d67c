"""The least that Flask, SQLAlchemy and psycopg can do for a booking: what the portal is measured against.

A signed cookie, the user behind it, the proof against forgery, one transaction that takes a seat if there is one and
writes a booking and a letter, and a page that says so. No rules, no days, no journal.

When no seat is left it writes nothing and says nothing. It can also keep a line: then it writes a place, whose number
it counts, and a letter that tells it, and the page says the place: as much as the portal says, by the least.
"""

from collections.abc import Sequence

from flask import Flask, redirect, render_template, url_for
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, UserMixin, current_user, login_required
from flask_wtf import CSRFProtect
from sqlalchemy import Engine, ForeignKey, case, create_engine, insert, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from werkzeug import Response

COOKIE = "floor"
SECRET = "the floor has no secrets"

PAGE = """<!doctype html>
<html lang="sv"><head><meta charset="utf-8"><title>{{ session.title }}</title></head>
<body><header>{{ current_user.name }}</header><main><h1>{{ session.title }}</h1>
<p>{{ session.seats - session.taken }} lediga platser</p>
{% if own and own.place %}<p>Du har plats {{ own.place }} i kön.</p>{% elif own %}<p>Du har en plats.</p>{% else %}
<form method="post" action="{{ url_for("book", number=session.id) }}">
<input type="hidden" name="csrf_token" value="{{ csrf_token() }}"><button>Boka</button></form>{% endif %}
</main></body></html>"""


class Base(DeclarativeBase):
    """The root of the tables."""


class User(UserMixin, Base):
    """Somebody who books."""

    __tablename__ = "floor_users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Course(Base):
    """A session with seats."""

    __tablename__ = "floor_sessions"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    seats: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)


class Booking(Base):
    """A seat of somebody, or their place in line."""

    __tablename__ = "floor_bookings"
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey(Course.id), primary_key=True)
    place: Mapped[int | None]
    """In line; None is a seat."""


class Letter(Base):
    """What is to be sent about it."""

    __tablename__ = "floor_letters"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]
    body: Mapped[str]


def lay(engine: Engine, *, users: int, seats: Sequence[int]) -> None:
    """Tables, users numbered from 1, and a session for each number of seats."""
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    with Session(engine) as db:
        db.execute(insert(User), [{"id": number, "name": f"Läkare {number}"} for number in range(1, users + 1)])
        sessions = [{"id": number, "title": f"Kurs {number}", "seats": each} for number, each in enumerate(seats, 1)]
        db.execute(insert(Course), sessions)
        db.commit()


IS_FREE = Course.taken < Course.seats
TURNS_AWAY = update(Course).where(IS_FREE).values(taken=Course.taken + 1)
KEEPS_LINE = update(Course).values(
    taken=Course.taken + case((IS_FREE, 1), else_=0), waiting=Course.waiting + case((IS_FREE, 0), else_=1)
)
"""Nobody leaves this line, so that who comes last has as many before them as have come to it."""


def create_app(url: str, *, keeps_line: bool = False) -> Flask:
    """The application, on a database that `lay` has laid."""
    ask = KEEPS_LINE if keeps_line else TURNS_AWAY
    app = Flask(__name__)
    app.config.update(SECRET_KEY=SECRET, SESSION_COOKIE_NAME=COOKIE, WTF_CSRF_TIME_LIMIT=None)
    CSRFProtect(app)
    login = LoginManager(app)
    engine = app.extensions["engine"] = create_engine(url)
    begin = sessionmaker(engine, expire_on_commit=False)
    page = app.jinja_env.from_string(PAGE)

    @login.user_loader  # type: ignore[untyped-decorator]
    def load(number: str) -> User | None:
        with begin() as db:
            return db.get(User, int(number))

    @app.get("/<int:number>")
    @login_required
    def show(number: int) -> str:
        with begin() as db:
            session = db.get_one(Course, number)
            own = db.execute(
                select(Booking.place).where(Booking.user_id == current_user.id, Booking.session_id == number)
            ).first()
        return render_template(page, session=session, own=own)

    @app.post("/<int:number>")
    @login_required
    def book(number: int) -> Response:
        with begin() as db:
            asked = ask.where(Course.id == number).returning(Course.title, Course.waiting)
            told = db.execute(asked).one_or_none()
            if told is not None:
                has = f"plats {told.waiting} i kön till" if told.waiting else "en plats på"
                where = {"session_id": number, "place": told.waiting or None}
                db.execute(insert(Booking).values(user_id=current_user.id, **where))
                db.execute(insert(Letter).values(user_id=current_user.id, body=f"Du har {has} {told.title}."))
                db.commit()
        return redirect(url_for("show", number=number))

    return app


def cookie(app: Flask, user: int) -> str:
    """What the browser of a user carries after a sign-in."""
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    return signer.dumps({"_user_id": str(user), "_fresh": True})
