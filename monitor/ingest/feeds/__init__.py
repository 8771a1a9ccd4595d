"""The bytes of a feed become FeedItems."""
