"""Customers, orders and carts out of the CSV files that shops export: ``open_csv(path, source).batches()``."""

from importers.csv_file.file import Batch, CsvFile, Record, open_csv
from importers.csv_file.formats import FORMATS, Format, Kind

__all__ = ["FORMATS", "Batch", "CsvFile", "Format", "Kind", "Record", "open_csv"]
