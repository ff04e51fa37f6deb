"""The commands ``postillion offer …``."""

from pathlib import Path
from typing import Annotated

import typer

from campaigns.errors import InvalidOffer
from campaigns.offer_words import conditions, worth
from flows.cli.noting import note
from flows.cli.terminal import plain_errors, say
from flows.cli.terminal import show as show_table
from flows.clock import now
from flows.definition import offer_files
from flows.definition.campaign_files import language
from flows.definition.campaign_text import offer_as_toml
from flows.wiring import installation
from store import offers, partners
from store.engine import reading, writing

app = typer.Typer(no_args_is_help=True, help="Coupon offers: what a coupon is worth, to whom, for what, how often and how long.")


@app.command("save")
def save(files: Annotated[list[Path], typer.Argument(help="Offer files (TOML).", metavar="FILE...")]) -> None:
    """Create or change offers; what cannot work is refused with every reason. Codes that are printed keep their terms."""
    with plain_errors(), installation() as (engine, _):
        for path in files:
            found = offer_files.read(path)
            with writing(engine) as connection:
                for offer in found:
                    if offer.partner and partners.by_slug(connection, offer.partner) is None:
                        raise InvalidOffer(
                            f"Offer {offer.slug!r} is for the partner {offer.partner!r} only, whom nobody knows: `postillion partner list` shows all."
                        )
                    _, known = offers.by_slug(connection, [offer.slug]).get(offer.slug, (0, None))
                    offers.save(connection, offer, now())
                    if told := offers.changes(known, offer):
                        note(connection, "save_offer", f"offer {offer.slug}", told)
            say(f"Saved {', '.join(offer.slug for offer in found)}. `postillion deploy` puts new offers into the forms of the Prefect UI.")


@app.command("list")
def list_all() -> None:
    """All saved offers with what is printed of them."""
    with plain_errors(), installation() as (engine, settings), reading(engine) as connection:
        spoken = language(settings)
        rows = [
            {"offer": slug, "name": offer.name, "worth": worth(offer, spoken), "codes": offer.codes, "terms": conditions(offer, offer.valid_until, spoken)}
            for slug, offer in offers.every(connection).items()
        ]
        if rows:
            show_table("Offers", rows)


@app.command("show")
def show(name: Annotated[str, typer.Argument(help="Short name of the offer.")]) -> None:
    """An offer as a file: change it and save it again."""
    with plain_errors(), installation() as (engine, _), reading(engine) as connection:
        found = offers.by_slug(connection, [name])
        if not found:
            raise InvalidOffer(f"There is no offer {name!r} (saved are: {', '.join(offers.slugs(connection)) or 'none'}).")
        typer.echo(offer_as_toml(found[name][1]))
