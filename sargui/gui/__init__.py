"""The window: what the user sees and touches; the only room that knows Qt."""
