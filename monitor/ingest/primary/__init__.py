"""Primary sources, each spoken to in its own protocol."""
