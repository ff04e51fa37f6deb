"""A letter in, PDF out."""
