"""Traps of Qt itself: each test fails where one has come back."""

import subprocess
import sys


def test_twenty_thousand_signals_do_not_kill_the_process():
    """PySide6 6.12.0 on Python 3.11 drops a reference to True at every emit, and aborts (pyproject.toml pins it)."""
    code = (
        "from PySide6.QtCore import QObject, Signal\n"
        "class A(QObject):\n    s = Signal(bool)\n"
        "a = A(); seen = []; a.s.connect(seen.append)\n"
        "for _ in range(20000): a.s.emit(True)\n"
        "print(len(seen))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "20000"), done.stderr
