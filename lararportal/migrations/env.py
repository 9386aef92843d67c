"""How migrations meet the database: one host at a time, each in a transaction, and none waits long for a lock."""

from alembic import context
from sqlalchemy import create_engine, pool, text

import auth.models
import bookings.models
import courses.models
import lararportal.audit.stored
import lararportal.heartbeat
import lararportal.journal
import lararportal.outbox
import lararportal.seals
from lararportal.db import Base

__all__ = ["auth", "bookings", "courses", "lararportal"]

attributes = context.config.attributes
engine = create_engine(
    attributes["url"],
    poolclass=pool.NullPool,
    connect_args={"options": f"-c lock_timeout={int(attributes['lock_seconds'] * 1000)}"},
)
with engine.connect() as connection:
    connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": attributes["one_at_a_time"]})
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        compare_server_default=True,
        # Others wait for the locks of one migration, not of all.
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
