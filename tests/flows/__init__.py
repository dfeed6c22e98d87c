"""Whole user stories, with the real engine."""
