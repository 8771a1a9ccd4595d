"""News sources: feeds and primary sources become FeedItems, and new ones become Articles."""
