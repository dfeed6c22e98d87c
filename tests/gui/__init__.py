"""Tests of the window, mirroring sargui/gui/; the engine in them is made up."""
