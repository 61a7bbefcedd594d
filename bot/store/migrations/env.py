"""How Alembic reaches the database: through our own engine, in one transaction."""

from alembic import context
from sqlalchemy import text

from bot.store.engine import open_engine
from bot.store.tables import metadata

url = context.config.get_main_option("sqlalchemy.url") or "sqlite:///var/emptychair.db"
engine = open_engine(url)
with engine.connect() as connection:
    # A table that is made anew is dropped while others point to it; whether they still do is
    # checked below. SQLite takes this only outside a transaction.
    connection.execute(text("PRAGMA foreign_keys=OFF"))
    # Two processes may start at once: the second waits here and finds the work done.
    connection.execute(text("BEGIN IMMEDIATE"))
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    astray = connection.execute(text("PRAGMA foreign_key_check")).all()
    if astray:
        raise RuntimeError(f"The migration would leave rows that point nowhere: {astray[:5]}")
    connection.commit()
engine.dispose()
