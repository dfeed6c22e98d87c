"""Faults while working: kills and Ctrl-C, disks and memory that are full, sources that change, two writers at once."""
