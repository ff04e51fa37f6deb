"""Where is the print shop's place, by the settings of this installation, and does handing over work there?"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from printshop.errors import PlaceRefuses
from printshop.places import Access, Place, open_place, read
from store.settings import Settings


@contextmanager
def handover_place(settings: Settings) -> Iterator[Place]:
    """The place open, hung up afterwards; raises what ``printshop.places.open_place`` raises."""
    with open_place(settings.handover_url or str(settings.handover_dir), access_of(settings)) as place:
        yield place


def access_of(settings: Settings) -> Access:
    """What opens the door, as plain values."""
    return Access(
        password=settings.handover_password.get_secret_value(),
        key_file=settings.handover_key_file,
        known_hosts=settings.handover_known_hosts,
        s3_key_id=settings.handover_s3_key_id,
        s3_secret=settings.handover_s3_secret.get_secret_value(),
        s3_endpoint=settings.handover_s3_endpoint,
        s3_region=settings.handover_s3_region,
    )


def try_place(settings: Settings) -> str:
    """Write, rename, read and delete a small file there as a hand-over does; where that was. Leaves nothing behind."""
    folder, content = f"postillion-test-{uuid.uuid4().hex[:8]}", b"May be deleted: Postillion tried whether it can hand over.\n"
    part, whole = f"{folder}/test.txt.part", f"{folder}/test.txt"
    with handover_place(settings) as place:
        try:
            place.make_folder(folder)
            place.write(part, content)
            place.rename(part, whole)
            if read(place, whole) != content or place.names(folder) != ["test.txt"]:
                raise PlaceRefuses(f"{place.url} does not give back what was written there: it cannot be used to hand over.")
        finally:
            for name in (part, whole):
                place.delete(name)
            place.remove_folder(folder)
        return place.url
