"""What do print shops report?  ``reading.read`` makes typed lines of a file's bytes."""
