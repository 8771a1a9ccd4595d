"""What is kept, on SQLite (or Postgres), one file for each kind of thing."""
