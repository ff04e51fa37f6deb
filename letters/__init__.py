"""A letter in, PDF out."""

from letters.check import problem
from letters.preview import cut, cut_many
from letters.print_file import Placed, RenderedFile, render

__all__ = ["Placed", "RenderedFile", "cut", "cut_many", "problem", "render"]
