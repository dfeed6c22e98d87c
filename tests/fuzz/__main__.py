"""Fuzz a target: python -m tests.fuzz TARGET [libFuzzer's options and folders]."""

import logging
import sys

import atheris

COMPILED = ["sargui.codec.rans", "sargui.codec.trellis"]  # numba does not compile what is instrumented
with atheris.instrument_imports(include=["sargui", "zipfile"], exclude=COMPILED):
    from tests.fuzz.targets import TARGETS

logging.disable()
atheris.Setup([sys.argv[0], *sys.argv[2:]], TARGETS[sys.argv[1]])
atheris.Fuzz()
