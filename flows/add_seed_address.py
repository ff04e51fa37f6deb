"""The flow add-seed-address: an address of one's own that gets a letter of each print run."""

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.clock import now
from flows.forms.seed import SeedForm
from flows.selection.seeding import add_seed
from flows.wiring import installation
from store import audit
from store.audit import Channel
from store.engine import writing


@flow(name="add-seed-address", description="Adds a seed address (Kontrolladresse): it gets a letter of each print run and counts in no result.")
def add_seed_address(seed: SeedForm = SeedForm()) -> State[str]:  # noqa: B008  # the UI shows static defaults only
    """Keep a seed address that can be printed; the same one again changes nothing."""
    with installation() as (engine, settings), writing(engine) as connection:
        number = add_seed(connection, seed.to_address(), seed.known_sex, "", settings.sender)
        audit.note(connection, now(), "Prefect", Channel.PREFECT, "add_seed", f"customer {number}")
    told = f"Seed address {number} gets a letter of each print run. `postillion seed list` shows all, `postillion seed remove {number}` ends it."
    return Completed(message=told, data=str(number))
