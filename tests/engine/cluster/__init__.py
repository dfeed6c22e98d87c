"""Archives on a cluster: what is sent to its workers, and what becomes of it if they die."""
