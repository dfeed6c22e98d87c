"""The command `sargui`: its subcommands, and how errors become one sentence and an exit code."""

from __future__ import annotations

import io
import logging
import os
import sys
from typing import Annotated

import typer

import sargui
from sargui.cli import compress, decompress, evaluate, inspect

app = typer.Typer(
    name="sargui",
    help="Compress SAR images with an attention autoencoder, and get them back.",
    epilog="Exit codes: 0 done, 2 wrong usage, 3 input, 4 damaged file, 5 checkpoint, 6 output, 7 target out of reach, "
    "8 mismatch, 130 cancelled.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("compress")(compress.compress)
app.command("decompress")(decompress.decompress)
app.command("info")(inspect.info)
app.command("verify")(inspect.verify)
app.command("evaluate")(evaluate.evaluate)
app.command("models")(inspect.models)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"sargui {sargui.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; SARGUI_DEBUG=1 shows what goes on inside."""
    for stream in (sys.stdout, sys.stderr):  # file names need not be text
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    logging.basicConfig(
        level=logging.DEBUG if os.environ.get("SARGUI_DEBUG") else logging.WARNING, format="%(message)s"
    )
    app(prog_name="sargui")
