"""Third floor: from pixels to bytes and back, one coding tile at a time. Knows no files."""
