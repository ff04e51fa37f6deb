"""The database, one module per noun: connections come in, rows go out as dataclasses, nothing commits."""
