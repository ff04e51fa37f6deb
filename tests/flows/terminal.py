"""Somebody at a terminal."""

from typer.testing import CliRunner

from flows.cli import app


def postillion(*arguments: object, code: int = 0, typed: str = "") -> str:
    """What the command line says to these words, on one line; fails unless it ends with ``code``."""
    result = CliRunner(env={"COLUMNS": "300"}).invoke(app, [str(argument) for argument in arguments], input=typed)
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())
