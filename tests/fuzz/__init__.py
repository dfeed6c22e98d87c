"""Fuzzing with atheris, which is no dependency: see README.md. The suite runs the targets over the corpus."""
