"""Whole articles: the page behind an item, its text, and why there is none."""
