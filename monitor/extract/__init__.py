"""Article → mentions, events, claims, exposures; articles → stories."""
