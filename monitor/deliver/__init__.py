"""Signal → Alert → outbox → channel; a day → Digest."""
