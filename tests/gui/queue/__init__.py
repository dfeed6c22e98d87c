"""The queue's own tests."""
