"""How migrations meet the database: every table is known, and no migration waits long for a lock."""

from alembic import context
from sqlalchemy import create_engine, pool

import auth.models
import bookings.models
import courses.models
import lararportal.heartbeat
import lararportal.journal
import lararportal.outbox
from lararportal.db import Base

__all__ = ["auth", "bookings", "courses", "lararportal"]

engine = create_engine(
    context.config.attributes["url"],
    poolclass=pool.NullPool,
    connect_args={"options": "-c lock_timeout=5s"},
)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
