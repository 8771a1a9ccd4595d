"""The steps by which a store comes to the tables of schema.py."""
