"""The command line, one file a family. Slow imports stand inside the commands that need them."""
