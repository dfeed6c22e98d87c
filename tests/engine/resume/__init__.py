"""Runs that were killed, and what becomes of what they left."""
