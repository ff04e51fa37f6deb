"""Where things stand on the page and which words are printed: data and parsing, no drawing."""

from layouts.layout import Layout, copy, load, mistakes, names

__all__ = ["Layout", "copy", "load", "mistakes", "names"]
