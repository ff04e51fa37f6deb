"""How is one person exported or erased by somebody at the command line, with a note that it was done?"""

from pathlib import Path

from flows.cli.noting import note
from flows.clock import now
from flows.errors import PlaceTaken, UnknownCustomer
from letters.preview import cut
from store import access_export, erasure, erasures, privacy_requests
from store.engine import Engine, reading, writing
from store.erasure import Erasure
from store.privacy_requests import PrivacyRequestKind
from store.settings import Settings

_CHANNEL = "command line"


def export_customer(engine: Engine, settings: Settings, customer_id: int, folder: Path) -> None:
    """Write all that is held of a person into a folder that is not there yet; raises UnknownCustomer, PlaceTaken."""
    if folder.exists():
        raise PlaceTaken(f"{folder} is there already, and nothing in it shall be lost: name a folder that is not there yet.")
    with reading(engine) as connection:
        export = access_export.collect(connection, customer_id, now())
    if export is None:
        raise _unknown(customer_id)
    access_export.write(export, folder, settings.data_dir / "print_runs", cut)
    with writing(engine) as connection:
        request = privacy_requests.add(connection, PrivacyRequestKind.ACCESS, "", _CHANNEL, customer_id, export.made_at)
        privacy_requests.finish(connection, request, "written on the command line", now())
        note(connection, "export_customer", f"customer {customer_id}")


def erase_customer(engine: Engine, settings: Settings, customer_id: int) -> Erasure:
    """Erase a person and note it, in one transaction; safe to repeat; raises UnknownCustomer."""
    moment = now()
    with writing(engine) as connection:
        done = erasure.erase(connection, customer_id, settings.secret, moment)
        if done is None:
            raise _unknown(customer_id)
        request = privacy_requests.add(connection, PrivacyRequestKind.ERASURE, "", _CHANNEL, customer_id, moment)
        privacy_requests.finish(connection, request, f"erased, {done.letters_cancelled} letters taken out", moment)
        note(connection, "erase_customer", f"customer {customer_id}", f"{done.letters_cancelled} letters taken out")
    erasures.write_down(engine, settings.data_dir, settings.secret)
    return done


def _unknown(customer_id: int) -> UnknownCustomer:
    return UnknownCustomer(f"There is no customer {customer_id}: look for the number in the address of the person's page at the desk.")
