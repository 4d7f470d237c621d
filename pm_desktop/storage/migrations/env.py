"""Alembic's entry: migrate on the connection, and in the transaction, that `storage.schema` hands over."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True,
                  transaction_per_migration=False)
context.run_migrations()
