"""The way out over HTTP, and what keeps it safe and polite."""
