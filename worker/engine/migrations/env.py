"""Alembic's way in: run on the connection that `run.migrate` hands over, in its transaction."""

from alembic import context

from worker.engine.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
