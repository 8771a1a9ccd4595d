"""The way of the data, stage after stage. `run.py` has the list."""
