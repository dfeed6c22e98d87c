"""Puts sargui into the menus of a Linux desktop for this user, with the type and icon of .sarz files; and takes it out.

Desktop Entry Specification 1.5, Shared MIME-info Database 0.21, Icon Theme Specification 0.13 (freedesktop.org).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import platformdirs

from sargui.core import catalogue

PROGRAM = "sargui-gui"
PLACES = {  # file of resources/ -> where it goes, in the user's data folder
    "sargui.desktop": "applications/sargui.desktop",
    "sargui-mime.xml": "mime/packages/sargui-mime.xml",
    "sargui.svg": "icons/hicolor/scalable/apps/sargui.svg",
}
DATABASES = (("update-mime-database", "mime"), ("update-desktop-database", "applications"))
TOOL_TIMEOUT_S = 60
ELSEWHERE = "Only Linux and other freedesktop.org desktops have such menus; on this system start sargui-gui itself."


def install() -> int:
    """Write the files, update the databases, say what was written; return the program's exit code."""
    if not _is_freedesktop():
        return _fail(ELSEWHERE)
    try:
        for path, content in _contents().items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            print(f"written: {path}")
    except FileNotFoundError as error:
        return _fail(f"Nothing can be installed: {error}.")
    except OSError as error:
        return _fail(f"{error.filename} cannot be written: {error.strerror}.")
    _update_databases()
    return 0


def uninstall() -> int:
    """Remove what `install` writes, update the databases, say what was removed; return the program's exit code."""
    if not _is_freedesktop():
        return _fail(ELSEWHERE)
    removed = 0
    try:
        for place in PLACES.values():
            with suppress(FileNotFoundError):
                (_data_home() / place).unlink()
                removed += 1
                print(f"removed: {_data_home() / place}")
    except OSError as error:
        return _fail(f"{error.filename} cannot be removed: {error.strerror}.")
    if not removed:
        print(f"There is nothing of sargui in {_data_home()}.")
    _update_databases()
    return 0


def command(arguments: Sequence[str], scripts: Path) -> list[str]:
    """Return how to start this installation, by absolute paths.

    Args:
        arguments: of this process, `sys.argv`.
        scripts: the folder of the environment's programs.
    """
    started = Path(arguments[0]).absolute()
    for program in (started, scripts / PROGRAM):
        if program.name == PROGRAM and os.access(program, os.X_OK):
            return [str(program)]
    return [sys.executable, str(started)]


def exec_value(words: Sequence[str]) -> str:
    """Return the value of the key Exec that runs a command with the dropped files, quoted as the specification says.

    A word is put in double quotes, with a backslash before " ` $ and \\; % is doubled; and as in every value of type
    string, each backslash is then written as two.
    """
    quoted = ['"' + re.sub(r'(["`$\\])', r"\\\1", word) + '"' for word in words]
    return " ".join(quoted).replace("%", "%%").replace("\\", "\\\\") + " %F"


def _contents() -> Mapping[Path, bytes]:
    """Return what to write where.

    Raises:
        FileNotFoundError: the installation lacks one of its resources.
    """
    contents = {_data_home() / place: catalogue.resource(name).read_bytes() for name, place in PLACES.items()}
    entry = _data_home() / PLACES["sargui.desktop"]
    value = exec_value(command(sys.argv, Path(sysconfig.get_path("scripts"))))
    text = re.sub(r"^Exec=.*$", lambda _: f"Exec={value}", contents[entry].decode(), flags=re.MULTILINE)
    contents[entry] = text.encode()
    return contents


def _data_home() -> Path:
    """Return XDG_DATA_HOME, ~/.local/share by default."""
    return Path(platformdirs.user_data_dir())


def _update_databases() -> None:
    """Let the desktop know, if it has the usual tools; without them it looks by itself, if later."""
    for tool, folder in DATABASES:
        program = shutil.which(tool)
        if program is not None and (_data_home() / folder).is_dir():
            with suppress(OSError, subprocess.SubprocessError):
                subprocess.run(
                    [program, _data_home() / folder], capture_output=True, check=False, timeout=TOOL_TIMEOUT_S
                )


def _is_freedesktop() -> bool:
    return os.name == "posix" and sys.platform != "darwin"


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1
