"""First schema.

Revision 0001, after None.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "courses",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "obligatorisk", "klinisk", "ovrig", name="kind", native_enum=False, create_constraint=True, length=30
            ),
            nullable=False,
        ),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("objectives_2015", sa.ARRAY(sa.String(length=5)), nullable=False),
        sa.Column("objectives_2021", sa.ARRAY(sa.String(length=6)), nullable=False),
        sa.Column("day_count", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("preparatory_parts", sa.Integer(), nullable=False),
        sa.Column("sessions_per_year", sa.Integer(), nullable=False),
        sa.Column(
            "order",
            sa.Enum(
                "deadline", "straight", "reversed", name="order", native_enum=False, create_constraint=True, length=30
            ),
            nullable=False,
        ),
        sa.Column("targets", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "publicity",
            sa.Enum(
                "draft",
                "published",
                "archived",
                "called_off",
                name="publicity",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "day_count >= 1 AND seats >= 1 AND minimum >= 0 AND minimum <= seats", name=op.f("ck_courses_size")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses")),
        sa.UniqueConstraint("code", name=op.f("uq_courses_code")),
    )
    op.create_table(
        "heartbeats",
        sa.Column("part", sa.String(length=30), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "journal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("deed", sa.String(length=60), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
    )
    op.create_index(op.f("ix_journal_person_id_id"), "journal", ["person_id", "id"], unique=False)
    op.create_index(op.f("ix_journal_session_id_id"), "journal", ["session_id", "id"], unique=False)
    op.create_table(
        "letters",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("once", sa.String(length=200), nullable=False),
        sa.Column("occasion", sa.String(length=60), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("subject", sa.String(length=250), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("calendars", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("message_id", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued", "sent", "failed", name="letterstate", native_enum=False, create_constraint=True, length=30
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint("once", name=op.f("uq_letters_once")),
    )
    op.create_index(
        "ix_letters_due",
        "letters",
        ["next_attempt_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(op.f("ix_letters_person_id"), "letters", ["person_id"], unique=False)
    op.create_table(
        "persons",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("pseudonym", sa.String(length=32), nullable=False),
        sa.Column("given_name", sa.String(length=100), nullable=False),
        sa.Column("family_name", sa.String(length=100), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "st_2015",
                "st_2021",
                "specialist",
                "pre_st",
                name="category",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=True,
        ),
        sa.Column(
            "area",
            sa.Enum(
                "fyrbodal",
                "goteborg",
                "skaraborg",
                "sodra_bohuslan",
                "sodra_alvsborg",
                name="area",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=True,
        ),
        sa.Column("workplace", sa.String(length=200), nullable=False),
        sa.Column("residency_start", sa.Date(), nullable=True),
        sa.Column("planned_end", sa.Date(), nullable=True),
        sa.Column("leave_months", sa.Integer(), nullable=False),
        sa.Column(
            "standing",
            sa.Enum("pending", "confirmed", name="standing", native_enum=False, create_constraint=True, length=30),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("leave_months >= 0", name=op.f("ck_persons_leave_months")),
        sa.CheckConstraint("planned_end > residency_start", name=op.f("ck_persons_residency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
        sa.UniqueConstraint("pseudonym", name=op.f("uq_persons_pseudonym")),
    )
    op.create_index("ix_persons_name", "persons", ["family_name", "given_name"], unique=False)
    op.create_table(
        "rounds",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("term", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision_on", sa.Date(), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=False),
        sa.Column("respite_hours", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "open",
                "closed",
                "allocated",
                "published",
                name="roundstate",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("secret", sa.String(length=64), nullable=True),
        sa.Column("frozen", sa.Text(), nullable=True),
        sa.Column("frozen_hash", sa.String(length=64), nullable=True),
        sa.Column("seed", sa.String(length=64), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("booking_opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cap >= 1 AND respite_hours >= 0", name=op.f("ck_rounds_policy")),
        sa.CheckConstraint("opens_at < closes_at", name=op.f("ck_rounds_dates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
    )
    op.create_table(
        "applications",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "submitted",
                "withdrawn",
                name="applicationstate",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("cap", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_applications_person_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_applications_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("round_id", "person_id", name=op.f("uq_applications_round_id_person_id")),
    )
    op.create_index(op.f("ix_applications_person_id"), "applications", ["person_id"], unique=False)
    op.create_table(
        "course_sessions",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column(
            "area",
            sa.Enum(
                "fyrbodal",
                "goteborg",
                "skaraborg",
                "sodra_bohuslan",
                "sodra_alvsborg",
                name="area",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("seats_taken", sa.Integer(), nullable=False),
        sa.Column("reserves", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "publicity",
            sa.Enum(
                "draft",
                "published",
                "archived",
                "called_off",
                name="publicity",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("is_reserve", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("cancel_by", sa.Date(), nullable=False),
        sa.Column("go_no_go_on", sa.Date(), nullable=False),
        sa.Column("prepare_by", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "cancel_by < starts_on AND go_no_go_on < starts_on", name=op.f("ck_course_sessions_dates")
        ),
        sa.CheckConstraint("seats >= 1 AND minimum >= 0 AND minimum <= seats", name=op.f("ck_course_sessions_size")),
        sa.CheckConstraint("seats_taken >= 0 AND seats_taken <= seats", name=op.f("ck_course_sessions_seats_taken")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_course_sessions_course_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_sessions")),
    )
    op.create_index(op.f("ix_course_sessions_course_id"), "course_sessions", ["course_id"], unique=False)
    op.create_index("ix_course_sessions_starts_on", "course_sessions", ["starts_on", "id"], unique=False)
    op.create_table(
        "grants",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "leader",
                "coordinator",
                "director",
                "reviewer",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column(
            "area",
            sa.Enum(
                "fyrbodal",
                "goteborg",
                "skaraborg",
                "sodra_bohuslan",
                "sodra_alvsborg",
                name="area",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=True,
        ),
        sa.CheckConstraint("(role = 'director') = (area IS NOT NULL)", name=op.f("ck_grants_area_of_director")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_grants_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
        sa.UniqueConstraint(
            "person_id",
            "role",
            "area",
            name=op.f("uq_grants_person_id_role_area"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "identities",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=250), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("value", sa.String(length=250), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_identities_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identities")),
        sa.UniqueConstraint("issuer", "kind", "value", name=op.f("uq_identities_issuer_kind_value")),
    )
    op.create_index(op.f("ix_identities_person_id"), "identities", ["person_id"], unique=False)
    op.create_table(
        "login_sessions",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=60), nullable=False),
        sa.Column("id_token", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_login_sessions_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_login_sessions_token_hash")),
    )
    op.create_index(op.f("ix_login_sessions_person_id"), "login_sessions", ["person_id"], unique=False)
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_runs_round_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index(op.f("ix_runs_round_id"), "runs", ["round_id"], unique=False)
    op.create_table(
        "bookings",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "booked",
                "cancelled",
                "moved",
                "left",
                name="bookingstate",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column(
            "origin",
            sa.Enum(
                "round",
                "direct",
                "line",
                "rebooking",
                name="origin",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("key", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_late", sa.Boolean(), nullable=False),
        sa.Column("end_reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_bookings_person_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_bookings_round_id")),
        sa.ForeignKeyConstraint(["session_id"], ["course_sessions.id"], name=op.f("fk_bookings_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
    )
    op.create_index(
        "ix_bookings_line",
        "bookings",
        ["session_id", "wave", "key", "joined_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(op.f("ix_bookings_session_id"), "bookings", ["session_id"], unique=False)
    op.create_index(
        "uq_bookings_live",
        "bookings",
        ["person_id", "session_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'booked')"),
    )
    op.create_table(
        "choices",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_choices_application_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["session_id"], ["course_sessions.id"], name=op.f("fk_choices_session_id")),
        sa.PrimaryKeyConstraint("application_id", "rank", name=op.f("pk_choices")),
        sa.UniqueConstraint("application_id", "session_id", name=op.f("uq_choices_application_id_session_id")),
    )
    op.create_index(op.f("ix_choices_session_id"), "choices", ["session_id"], unique=False)
    op.create_table(
        "course_days",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.CheckConstraint("starts < ends", name=op.f("ck_course_days_hours")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["course_sessions.id"], name=op.f("fk_course_days_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", "day", name=op.f("pk_course_days")),
    )
    op.create_index("ix_course_days_day", "course_days", ["day"], unique=False)
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column(
            "code",
            sa.Enum(
                "INELIGIBLE",
                "CANCELLED",
                "ADMITTED",
                "WAITLISTED",
                "HELD_BACK",
                "BETTER_SESSION",
                "CONFLICT",
                "CAP",
                "UNCONFIRMED",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("key", sa.ARRAY(sa.BigInteger()), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("other_session_id", sa.Integer(), nullable=True),
        sa.Column("last_key", sa.ARRAY(sa.BigInteger()), nullable=True),
        sa.ForeignKeyConstraint(
            ["other_session_id"], ["course_sessions.id"], name=op.f("fk_decisions_other_session_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_decisions_person_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_decisions_round_id")),
        sa.ForeignKeyConstraint(["session_id"], ["course_sessions.id"], name=op.f("fk_decisions_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint(
            "round_id", "person_id", "session_id", name=op.f("uq_decisions_round_id_person_id_session_id")
        ),
    )
    op.create_index(op.f("ix_decisions_person_id"), "decisions", ["person_id"], unique=False)
    op.create_index(op.f("ix_decisions_session_id"), "decisions", ["session_id"], unique=False)
    op.create_table(
        "minimum_warnings",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["course_sessions.id"], name=op.f("fk_minimum_warnings_session_id")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_minimum_warnings")),
    )
    op.create_table(
        "round_sessions",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_round_sessions_round_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["session_id"], ["course_sessions.id"], name=op.f("fk_round_sessions_session_id")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_round_sessions")),
    )
    op.create_index(op.f("ix_round_sessions_round_id"), "round_sessions", ["round_id"], unique=False)
    op.create_table(
        "session_leaders",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_session_leaders_person_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["course_sessions.id"], name=op.f("fk_session_leaders_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", "person_id", name=op.f("pk_session_leaders")),
    )
    op.create_index(op.f("ix_session_leaders_person_id"), "session_leaders", ["person_id"], unique=False)
    op.create_table(
        "seat_days",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_seat_days_booking_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_seat_days_person_id")),
        sa.PrimaryKeyConstraint("person_id", "day", name=op.f("pk_seat_days")),
    )
    op.create_index(op.f("ix_seat_days_booking_id"), "seat_days", ["booking_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_seat_days_booking_id"), table_name="seat_days")
    op.drop_table("seat_days")
    op.drop_index(op.f("ix_session_leaders_person_id"), table_name="session_leaders")
    op.drop_table("session_leaders")
    op.drop_index(op.f("ix_round_sessions_round_id"), table_name="round_sessions")
    op.drop_table("round_sessions")
    op.drop_table("minimum_warnings")
    op.drop_index(op.f("ix_decisions_session_id"), table_name="decisions")
    op.drop_index(op.f("ix_decisions_person_id"), table_name="decisions")
    op.drop_table("decisions")
    op.drop_index("ix_course_days_day", table_name="course_days")
    op.drop_table("course_days")
    op.drop_index(op.f("ix_choices_session_id"), table_name="choices")
    op.drop_table("choices")
    op.drop_index(
        "uq_bookings_live", table_name="bookings", postgresql_where=sa.text("state IN ('waiting', 'booked')")
    )
    op.drop_index(op.f("ix_bookings_session_id"), table_name="bookings")
    op.drop_index("ix_bookings_line", table_name="bookings", postgresql_where=sa.text("state = 'waiting'"))
    op.drop_table("bookings")
    op.drop_index(op.f("ix_runs_round_id"), table_name="runs")
    op.drop_table("runs")
    op.drop_index(op.f("ix_login_sessions_person_id"), table_name="login_sessions")
    op.drop_table("login_sessions")
    op.drop_index(op.f("ix_identities_person_id"), table_name="identities")
    op.drop_table("identities")
    op.drop_table("grants")
    op.drop_index("ix_course_sessions_starts_on", table_name="course_sessions")
    op.drop_index(op.f("ix_course_sessions_course_id"), table_name="course_sessions")
    op.drop_table("course_sessions")
    op.drop_index(op.f("ix_applications_person_id"), table_name="applications")
    op.drop_table("applications")
    op.drop_table("rounds")
    op.drop_index("ix_persons_name", table_name="persons")
    op.drop_table("persons")
    op.drop_index(op.f("ix_letters_person_id"), table_name="letters")
    op.drop_index("ix_letters_due", table_name="letters", postgresql_where=sa.text("state = 'queued'"))
    op.drop_table("letters")
    op.drop_index(op.f("ix_journal_session_id_id"), table_name="journal")
    op.drop_index(op.f("ix_journal_person_id_id"), table_name="journal")
    op.drop_table("journal")
    op.drop_table("heartbeats")
    op.drop_table("courses")
