"""Starts the window of sargui, optionally with files: `python main.py [FILE...]`."""

import sys

if sys.platform == "win32":
    import torch  # noqa: F401  # before Qt, or its libraries do not load (pytorch issue 166628)

from sargui.gui.app import main

if __name__ == "__main__":
    sys.exit(main())
