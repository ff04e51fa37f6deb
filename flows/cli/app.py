"""Which commands are there?  One module per noun, loaded when it is called; Prefect is imported only by the commands that talk to its server."""

from functools import partial
from importlib import import_module

import typer
import typer.main
from typer.core import TyperGroup

from flows.cli import installation, preflight
from flows.cli.nouns import Nouns, add

app = typer.Typer(
    cls=Nouns,
    no_args_is_help=True,
    add_completion=False,
    help="Postillion: personal letters for online shops, from the order history to the print shop.",
)
app.add_typer(installation.app)
app.command("preflight")(preflight.preflight)

NOUNS = {
    "import": ("imports", "Import records of a shop; see how the imports stand."),
    "campaign": ("campaigns", "Campaigns: save, list, show, presets, dry-run, overlap, results."),
    "offer": ("offers", "Coupon offers: what a coupon is worth, to whom, for what, how often and how long."),
    "coupon": ("coupons", "Coupon codes for flyers and the like: generate, export. Letters draw their own."),
    "print-run": ("print_runs", "Print runs: list, approve, reject, hand over."),
    "layout": ("layouts", "Layouts: list, begin one, check, preview, sample, contact sheet."),
    "seed": ("seeds", "Seed addresses (Kontrolladressen): our own, they get a letter of each print run."),
    "user": ("users", "People who may sign in to the desk."),
    "partner": ("partners", "Partners who bring new customers: add, list, let them sign in."),
    "customer": ("customers", "What people may ask of us: export everything about one, erase one; erase who gave no sign of life for years."),
    "merge": ("merges", "Who was taken for the same person: list, undo."),
    "api-key": ("api_keys", "Keys for programs that use the API: add, list, revoke."),
    "shopify": ("shopify", "What a Shopify shop must be told."),
}
"""Noun -> its module and its help, as the module says it too (a test compares)."""


def load(module: str) -> TyperGroup:
    """The commands of a noun."""
    found: typer.Typer = import_module(f"flows.cli.{module}").app
    return typer.main.get_group(found)


for _name, (_module, _help) in NOUNS.items():
    add(_name, _help, partial(load, _module))
