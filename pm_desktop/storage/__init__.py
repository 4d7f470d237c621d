"""The store: tables, database, migrations, audit chain. All SQLAlchemy of the program stands here."""
