"""Watches the news and the market, and says which story moved which stock."""

__version__ = "0.1.0"
