"""Where things stand on the page and which words are printed: data and parsing, no drawing."""
