"""The rules of ARCHITECTURE.md as tests: who may import whom, how large things may grow, what is never used."""

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("sargui", "tests", "benchmarks")
CODE = [ROOT / "main.py", *sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))]
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in CODE}

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 50
UNSAFE = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}  # they run what they read

ADDITIONS = {  # module to write to, what to add, contract that must break
    "torch on the ground": ("core/tiling.py", "import torch", "torch"),
    "safetensors on the ground": ("core/catalogue.py", "import safetensors", "torch"),
    "torch in a view": ("gui/wording.py", "from torch import nn", "torch"),
    "torch through the codec": ("io/preview.py", "from sargui.codec import tile_codec", "torch"),
    "a door not written down": ("engine/requests.py", "import sargui.engine.compress", "torch"),
    "Qt in the engine": ("engine/stages.py", "from PySide6.QtCore import QObject", "qt"),
    "Qt in the command line": ("cli/jobs.py", "import pyqtgraph", "qt"),
    "rooms of one floor": ("container/keys.py", "from sargui.codec import rans", "floors"),
    "a floor above": ("codec/rans.py", "import sargui.engine.stages", "floors"),
    "the command line past the engine": ("cli/jobs.py", "from sargui.io import open_product", "engine-alone"),
    "training in the engine": ("engine/stages.py", "import sargui.training.speckle", "training-apart"),
    "GDAL outside io": ("engine/stages.py", "import rasterio", "rasterio"),
    "dask in the command line": ("cli/jobs.py", "import distributed", "dask"),
    "a package without a floor": ("utils/__init__.py", '"""Odds and ends."""', "floors"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of this repository against the package in a folder."""
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(sys.argv[1], no_cache=True))"
    command = [sys.executable, "-c", code, str(ROOT / "pyproject.toml")]
    environment = os.environ | {"PYTHONPATH": str(folder), "COLUMNS": "200", "PYTHONUTF8": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False)


def contract(name: str) -> str:
    """Return the title of a contract, which is what the report shows."""
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return next(rule["name"] for rule in content["tool"]["importlinter"]["contracts"] if rule["id"] == name)


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(ROOT / "sargui", tmp_path / "sargui", ignore=shutil.ignore_patterns("__pycache__", "_data"))
    return tmp_path


def test_the_contracts_are_kept():
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_contracts_are_kept_by_an_untouched_copy(copy):
    result = lint(copy)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(("file", "line", "broken"), ADDITIONS.values(), ids=ADDITIONS.keys())
def test_a_forbidden_import_breaks_a_contract(copy, file, line, broken):
    path = copy / "sargui" / file
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as target:
        target.write(f"\n{line}\n")
    result = lint(copy)
    assert result.returncode == 1, result.stdout + result.stderr
    assert f"{contract(broken)} BROKEN" in result.stdout


@pytest.mark.parametrize("module", ["sargui", "sargui.gui.app", "sargui.cli.app", "sargui.engine.dispatch"])
def test_a_program_starts_without_torch(module):
    slow = {"torch", "numba", "scipy", "distributed"}
    code = f"import sys, {module}; sys.exit(str({slow} & sys.modules.keys() or '') or 0)"
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, check=False)
    assert result.returncode == 0, result.stderr.decode()


def test_files_stay_small():
    lengths = {name: len(text.splitlines()) for name, text in TEXTS.items()}
    assert {name: lines for name, lines in lengths.items() if lines > MAX_FILE_LINES} == {}


def test_functions_stay_small():
    lengths = {
        f"{name}: {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for name, text in TEXTS.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: lines for name, lines in lengths.items() if lines > MAX_FUNCTION_LINES} == {}


def test_every_file_says_first_what_it_is():
    first_lines = {name: (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0] for name, text in TEXTS.items()}
    assert [name for name, line in first_lines.items() if not line.strip()] == []


def test_nothing_unpickles_and_no_import_is_a_star():
    assert {name: found for name, text in TEXTS.items() if (found := list(offences(ast.parse(text))))} == {}


def offences(tree: ast.Module) -> Iterator[str]:
    """Yield what a file must not do: load objects from bytes, or import names that it does not name."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names) if any(alias.name.split(".")[0] in UNSAFE for alias in names):
                yield f"line {node.lineno}: import of {names[0].name}"
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] in UNSAFE:
                yield f"line {node.lineno}: import from {module}"
            case ast.ImportFrom(names=[ast.alias(name="*")]):
                yield f"line {node.lineno}: star import"
            case ast.ImportFrom(module="torch", names=names) if any(alias.name == "load" for alias in names):
                yield f"line {node.lineno}: torch.load"
            case ast.Attribute(value=ast.Name(id="torch"), attr="load"):
                yield f"line {node.lineno}: torch.load"
            case ast.keyword(arg="allow_pickle", value=ast.Constant(value=True)):
                yield f"line {node.value.lineno}: allow_pickle"


@pytest.mark.parametrize(
    "line",
    [
        "import pickle",
        "from pickle import loads",
        "from os import *",
        "import torch\ntorch.load('x')",
        "from torch import load",
        "f(allow_pickle=True)",
    ],
)
def test_the_search_for_offences_finds_them(line):
    assert len(list(offences(ast.parse(line)))) == 1


def test_byte_layouts_live_in_two_files():
    users = {name for name, text in TEXTS.items() if name.startswith("sargui/") and "struct" in imports(text)}
    assert users == {"sargui/codec/payload.py", "sargui/container/layout.py"}


def imports(text: str) -> set[str]:
    """Return the modules that a file imports, by their first name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found
