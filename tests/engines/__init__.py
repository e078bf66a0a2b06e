"""The databases the tests run on: a SQLite file, and a PostgreSQL that they start themselves."""
