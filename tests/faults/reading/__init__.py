"""Damaged and hostile files, through the whole program."""
