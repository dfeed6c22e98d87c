"""Tests of the container, mirroring sargui/container/."""
