"""How does hypothesis search here?  Without a stopwatch: a busy machine is no bug."""

from hypothesis import settings

settings.register_profile("postillion", deadline=None)
settings.load_profile("postillion")
