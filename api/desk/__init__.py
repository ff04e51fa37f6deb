"""The pages of those who work with the letters."""
