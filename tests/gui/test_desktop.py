"""Menus, file type and icon of a Linux desktop, written into a folder of the test's own."""

import configparser
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sargui.core import catalogue
from sargui.gui import desktop

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="freedesktop.org desktops only")
MIME = "{http://www.freedesktop.org/standards/shared-mime-info}"
AWKWARD = """/opt/o'ne "two" $HOME `x` \\three 50% & (four);~*?#|<>/sargui-gui"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    folder = tmp_path / "data home"
    monkeypatch.setenv("XDG_DATA_HOME", str(folder))
    return folder


@pytest.fixture
def no_tools(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda tool: None)


def written(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def entry_of(folder):
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read(folder / "applications/sargui.desktop", encoding="utf-8")
    return parser["Desktop Entry"]


def as_a_desktop_reads_it(value):
    """Return the words of an Exec value: undo the escapes of strings, then field codes, then quotes as a shell does."""
    text = value.replace("\\\\", "\\").removesuffix(" %F").replace("%%", "%")
    shell = subprocess.run(["sh", "-c", f"printf '%s\\n' {text}"], capture_output=True, text=True, check=True)
    return shell.stdout.splitlines()


@linux
def test_three_files_are_written_named_and_removed_again(home, no_tools, capsys):
    home.mkdir()
    (home / "applications").mkdir()
    (home / "applications/other.desktop").write_text("mine")
    places = sorted(desktop.PLACES.values())
    assert desktop.install() == 0
    assert written(home) == sorted([*places, "applications/other.desktop"])
    said = capsys.readouterr().out
    assert all(f"written: {home / place}" in said for place in places)
    assert (home / desktop.PLACES["sargui.svg"]).read_bytes() == catalogue.resource("sargui.svg").read_bytes()
    assert desktop.install() == 0  # again is no error
    capsys.readouterr()
    assert desktop.uninstall() == 0
    assert written(home) == ["applications/other.desktop"]
    assert all(f"removed: {home / place}" in capsys.readouterr().out for place in places[:1])
    assert desktop.uninstall() == 0
    assert "nothing of sargui" in capsys.readouterr().out


@linux
def test_the_entry_is_that_of_the_resources_but_for_the_program(home, no_tools):
    desktop.install()
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read(catalogue.resource("sargui.desktop"), encoding="utf-8")
    ours, shipped = dict(entry_of(home)), dict(parser["Desktop Entry"])
    words = as_a_desktop_reads_it(ours.pop("Exec"))
    shipped.pop("Exec")
    assert ours == shipped
    assert Path(words[0]).is_absolute()
    assert Path(words[0]).exists()


@linux
def test_the_program_of_the_entry_starts(home, no_tools):
    desktop.install()
    words = as_a_desktop_reads_it(entry_of(home)["Exec"])
    expected = Path(sysconfig.get_path("scripts")) / desktop.PROGRAM
    assert words == ([str(expected)] if expected.exists() else [sys.executable, str(Path(sys.argv[0]).absolute())])


@pytest.mark.parametrize(
    "words", [["/usr/bin/sargui-gui"], [AWKWARD], ["/a b/python", "/c d/main.py"], ["/ü/日本/sargui-gui"]]
)
@linux
def test_any_path_is_quoted_so_that_it_is_one_word(words):
    assert as_a_desktop_reads_it(desktop.exec_value(words)) == words


def test_the_program_is_the_one_that_was_called_or_that_of_its_environment(tmp_path):
    called, scripts = tmp_path / "user" / "sargui-gui", tmp_path / "bin"
    assert desktop.command(["main.py"], scripts) == [sys.executable, str(Path("main.py").absolute())]
    for program in (scripts / "sargui-gui", called):
        program.parent.mkdir()
        program.touch(mode=0o755)
    assert desktop.command(["main.py"], scripts) == [str(scripts / "sargui-gui")]
    assert desktop.command([str(called)], scripts) == [str(called)]


@linux
def test_the_file_type_has_the_magic_of_a_sarz(home, no_tools):
    desktop.install()
    root = ElementTree.parse(home / desktop.PLACES["sargui-mime.xml"]).getroot()
    kind = root.find(f"{MIME}mime-type")
    assert kind.get("type") in entry_of(home)["MimeType"].split(";")
    assert kind.find(f"{MIME}glob").get("pattern") == "*.sarz"
    magic = kind.find(f"{MIME}magic/{MIME}match").get("value").encode().decode("unicode_escape").encode("latin-1")
    golden = Path(__file__).parent.parent / "data" / "golden.sarz"
    assert golden.read_bytes().startswith(magic)


@pytest.mark.skipif(shutil.which("update-mime-database") is None, reason="wants shared-mime-info")
def test_the_real_database_knows_the_type_and_forgets_it(home):
    desktop.install()
    assert (home / "mime/application/x-sarz.xml").exists()
    assert "application/x-sarz:*.sarz" in (home / "mime/globs").read_text()
    desktop.uninstall()
    assert not (home / "mime/application/x-sarz.xml").exists()
    assert "sarz" not in (home / "mime/globs").read_text()


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="wants desktop-file-utils")
def test_the_entry_is_valid(home, no_tools, monkeypatch):
    monkeypatch.setattr(desktop, "command", lambda *_: [AWKWARD])
    desktop.install()
    done = subprocess.run(
        ["desktop-file-validate", "--no-hints", home / "applications/sargui.desktop"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


@linux
def test_a_folder_that_cannot_be_written_is_one_sentence(home, no_tools, capsys):
    home.write_text("a file where the folder should be")
    assert desktop.install() == 1
    said = capsys.readouterr().err
    assert str(home) in said
    assert said.count("\n") == 1


def test_an_installation_without_its_resources_says_so(home, no_tools, capsys, monkeypatch):
    def missing(name):
        raise FileNotFoundError(f"resources/{name} is missing from this installation")

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(catalogue, "resource", missing)
    assert desktop.install() == 1
    assert "resources/sargui.desktop is missing" in capsys.readouterr().err
    assert not home.exists()


def test_a_tool_that_fails_is_not_heard(home, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(shutil, "which", lambda tool: str(tmp_path / "no such tool"))
    assert desktop.install() == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("verb", [desktop.install, desktop.uninstall])
def test_other_systems_get_one_sentence(home, monkeypatch, capsys, verb):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert verb() == 1
    assert "start sargui-gui itself" in capsys.readouterr().err
    assert not home.exists()
