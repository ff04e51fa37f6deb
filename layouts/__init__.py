"""Where things stand on the page and which words are printed: data and parsing, no drawing."""

from layouts.layout import Layout, copy, is_bundled, load, mistakes, names, sources

__all__ = ["Layout", "copy", "is_bundled", "load", "mistakes", "names", "sources"]
