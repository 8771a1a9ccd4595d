"""Prices: sessions of an exchange, providers of bars, and what a security did in a session."""
