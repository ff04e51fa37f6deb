"""The flow import-billbee: customers and orders of a Billbee account."""

from prefect import flow
from prefect.client.schemas.objects import State

from flows.forms import BillbeeImportForm
from flows.intake.shop_imports import import_and_tell


@flow(name="import-billbee", description="Customers and orders from Billbee: what changed since the last import, at first everything.")
def import_billbee(options: BillbeeImportForm = BillbeeImportForm()) -> State[list[str]]:  # noqa: B008  # the UI shows static defaults only
    """Import from the account of the named block, or of the settings."""
    return import_and_tell("billbee", options.account, options.streams, whole=options.whole)
