"""The command line: ``postillion --help``."""

from flows.cli.app import app

__all__ = ["app"]
