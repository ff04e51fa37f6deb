"""Does the process that listens spare its requests what the rest of the application need not know?"""

import gc

from api.app import spare_collections


def test_what_is_loaded_at_the_start_is_not_looked_through_again() -> None:
    before = gc.get_freeze_count()
    spare_collections()
    frozen = gc.get_freeze_count() - before
    gc.unfreeze()
    assert frozen > 10_000
