"""What have print shops told us?  ``taking_in.take_in`` applies a report, ``listing`` shows the reports."""
