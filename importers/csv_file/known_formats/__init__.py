"""Which exports are recognised without configuration, and under which heading does each keep what?

To know another shop system, add a format to the module of its kind and to ``FORMATS``.
"""

from importers.csv_file.known_formats.every import FORMATS, OBJECTIONS, ROBINSON

__all__ = ["FORMATS", "OBJECTIONS", "ROBINSON"]
