"""The panes of the center: they show what the session has, and say where the user looks."""
