"""How does one start the command line without its script?  ``python -m flows.cli``."""

import sys

from flows.cli.app import app

sys.exit(app())
