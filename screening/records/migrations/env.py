"""How Alembic runs the migrations: inside the transaction that `screening.records.database.migrate` has begun."""

from alembic import context

from screening.records.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    # SQLite changes a column only by building the table anew.
    render_as_batch=True,
)
context.run_migrations()
