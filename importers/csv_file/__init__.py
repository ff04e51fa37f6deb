"""Records out of the CSV files that shops export: ``open_csv(path, source).batches()``."""

from importers.csv_file.check import Report, check_csv
from importers.csv_file.file import CsvFile, meant_by, open_csv, open_csvs
from importers.csv_file.formats import Format
from importers.csv_file.known_formats import FORMATS
from importers.csv_file.mapping import Mapping, load_mapping
from importers.csv_file.records import Known

__all__ = ["FORMATS", "CsvFile", "Format", "Known", "Mapping", "Report", "check_csv", "load_mapping", "meant_by", "open_csv", "open_csvs"]
