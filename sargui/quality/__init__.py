"""Third floor: comparing arrays. Knows no files and no networks."""
