"""Which commands are there?  One module per noun; Prefect is imported only by the commands that talk to its server."""

import typer

from flows.cli import (
    api_keys,
    campaigns,
    coupons,
    customers,
    dry_runs,
    imports,
    installation,
    layouts,
    merges,
    offers,
    overlaps,
    partners,
    preflight,
    print_runs,
    seeds,
    shopify,
    users,
)

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Postillion: personal letters for online shops, from the order history to the print shop.")
app.add_typer(installation.app)
app.add_typer(imports.app, name="import")
app.add_typer(campaigns.app, name="campaign")
campaigns.app.command("dry-run")(dry_runs.dry_run)
campaigns.app.command("overlap")(overlaps.overlap)
app.add_typer(offers.app, name="offer")
app.add_typer(coupons.app, name="coupon")
app.add_typer(print_runs.app, name="print-run")
print_runs.app.command("preflight")(preflight.preflight_run)
app.command("preflight")(preflight.preflight)
app.add_typer(layouts.app, name="layout")
app.add_typer(seeds.app, name="seed")
app.add_typer(users.app, name="user")
app.add_typer(partners.app, name="partner")
app.add_typer(customers.app, name="customer")
app.add_typer(merges.app, name="merge")
app.add_typer(api_keys.app, name="api-key")
app.add_typer(shopify.app, name="shopify")
