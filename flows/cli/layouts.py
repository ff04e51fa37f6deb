"""The commands ``postillion layout …``."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

import layouts
from campaigns.errors import PostillionError
from campaigns.letter import CouponGrant, LetterContent, Occasion, Recipient
from flows.cli.terminal import plain_errors, say
from flows.errors import UnknownCustomer
from layouts import Layout, print_shop
from layouts.errors import LayoutError
from layouts.production import Production
from layouts.style import Letterhead
from store.settings import Settings, settings

app = typer.Typer(no_args_is_help=True, help="Layouts: list, begin one, check, preview, sample, contact sheet.")
Name = Annotated[str, typer.Argument(help="The layout's name.")]
Output = Annotated[Path | None, typer.Option(help="Where to write; without it a file named after the layout, here.")]
Png = Annotated[bool, typer.Option("--png", help="A picture of each page instead of a PDF.")]
_PREVIEW_DPI = 150


@app.callback()
def layout() -> None:
    """Layouts: list, begin one, check, preview, sample, contact sheet."""


@app.command("list")
def list_all() -> None:
    """All layouts with their languages."""
    with plain_errors():
        folder = settings().layouts_dir
        for name in layouts.names(folder):
            found = layouts.load(name, folder)
            say(f"{name}: {found.title} ({', '.join(found.languages)})")


@app.command("new")
def new(name: Name, source: Annotated[str, typer.Option("--from", help="The layout to begin with.")] = "plain") -> None:
    """Begin a layout of your own in POSTILLION_LAYOUTS_DIR, as a copy of another one."""
    with plain_errors():
        folder = settings().layouts_dir
        if folder is None:
            raise LayoutError("There is no folder for layouts of your own: set POSTILLION_LAYOUTS_DIR.")
        home = layouts.copy(source, name, folder)
        say(f"{home} is a copy of {source}. Change its title, colours and words, then: postillion layout check {name}")


@app.command("check")
def check(names: Annotated[list[str] | None, typer.Argument(help="Their names; without one all layouts.")] = None) -> None:
    """Tell every mistake of layouts with file, line and column, and whether letters fit; ends with 1 if there is one."""
    with plain_errors():
        found, wrong = settings(), 0
        for name in names or layouts.names(found.layouts_dir):
            problems = list(_problems(name, found))
            wrong += sum(serious for serious, _ in problems)
            for serious, text in problems:
                say(f"{'Error' if serious else 'Warning'}: {text}")
            if not any(serious for serious, _ in problems):
                say(f"{name}: good")
        if wrong:
            raise typer.Exit(1)


@app.command("preview")
def preview(
    name: Name,
    language: Annotated[str, typer.Option(help="Two letters; without it the customer's, or the layout's first one.")] = "",
    customer: Annotated[int, typer.Option(help="The number in Postillion of a customer to write to; nothing of it is stored.")] = 0,
    long: Annotated[bool, typer.Option("--long", help="Unusually long values.")] = False,
    png: Png = False,
    output: Output = None,
) -> None:
    """One letter with a watermark: to a real customer, with samples for what is not known of them, or with samples only."""
    from letters.proof_sheet import WATERMARK

    with plain_errors():
        found = settings()
        content = _content(layouts.load(name, found.layouts_dir), found, language, customer, long)
        _write([content], found, output or Path(f"{name}-preview{'.png' if png else '.pdf'}"), png, WATERMARK.get(content.language, WATERMARK["en"]))


@app.command("sample")
def sample(name: Name, png: Png = False, output: Output = None) -> None:
    """A PDF with sample letters in every language of a layout, with short and with unusually long values."""
    from letters.proof_sheet import WATERMARK, all_samples

    with plain_errors():
        found = settings()
        samples = [one.content for one in all_samples(layouts.load(name, found.layouts_dir), found.sender, found.public_url)]
        _write(samples, found, output or Path(f"{name}-samples{'.png' if png else '.pdf'}"), png, WATERMARK["en"])


@app.command("contact-sheet")
def contact_sheet(
    names: Annotated[list[str] | None, typer.Argument(help="Their names; without one all layouts.")] = None,
    dpi: Annotated[int, typer.Option(min=20, max=150, help="Dots per inch of each page.")] = 50,
    output: Annotated[Path, typer.Option(help="A PNG or PDF file.")] = Path("layouts.png"),
) -> None:
    """One picture of every layout in every language with short and long content, to look at."""
    from letters.proof_sheet import contact_sheet as drawn

    with plain_errors():
        found = settings()
        all_of_them = [layouts.load(name, found.layouts_dir) for name in names or layouts.names(found.layouts_dir)]
        drawn(all_of_them, found.sender, found.public_url, dpi).save(output)
        say(f"{output}: {len(all_of_them)} layouts")


def _problems(name: str, found: Settings) -> Iterator[tuple[bool, str]]:
    """What is wrong with a layout, as whether it is serious and the words for it."""
    from letters import collision, furnishing, proof_sheet
    from letters.check import refuse_misfits
    from letters.free_zones import refuse_intrusions
    from letters.preflight import Severity

    if mistakes := layouts.mistakes(name, found.layouts_dir):
        yield from ((True, str(mistake)) for mistake in mistakes)
        return
    try:
        production = _production(found)
        loaded = production.fitted(layouts.load(name, found.layouts_dir))
        seen = furnishing.findings(loaded)
        refuse_misfits(loaded, found.sender)
        refuse_intrusions(loaded, found.sender, found.public_url, production)
        yield from ((False, text) for text in _empty_letterheads(loaded))
        for language in loaded.languages:
            seen += collision.findings(loaded, language, found.sender, found.public_url)
        seen += proof_sheet.findings(loaded, found.sender, found.public_url, production)
    except PostillionError as error:
        yield True, f"{name}: {error}"
        return
    yield from ((one.severity is Severity.ERROR, f"{name}: {one}") for one in dict.fromkeys(seen))


def _empty_letterheads(loaded: Layout) -> Iterator[str]:
    """Texts that leave the letterhead's art without a name."""
    looks = loaded.style
    if looks.letterhead is Letterhead.NONE or looks.logo:
        return
    for language in loaded.languages:
        if not loaded.text(language).letterhead:
            yield (
                f"{loaded.name}/{language}.md: there is no ::: letterhead block, so the letterhead {str(looks.letterhead)!r} is printed without a name: "
                'add the block or a logo, or set letterhead = "none" and name a stationery.'
            )


def _production(found: Settings) -> Production:
    """What the installation's print shop wants of its pages."""
    return print_shop.load(found.print_shop, found.output_profile, found.output_condition)


def _content(loaded: Layout, found: Settings, language: str, customer: int, long: bool) -> LetterContent:
    from letters.proof_sheet import personal
    from letters.proof_sheet import sample as sample_content

    if not customer:
        return sample_content(loaded, language or loaded.languages[0], found.sender, found.public_url, long)
    return personal(loaded, *_recipient(customer, found), language, _occasion(found), long)


def _occasion(found: Settings) -> Occasion:
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(found.timezone)
    return Occasion(found.sender, datetime.now(UTC).astimezone(zone).date(), found.public_url, zone)


def _recipient(customer: int, found: Settings) -> tuple[Recipient, CouponGrant | None]:
    """The customer as their letters would speak of them."""
    from flows.wiring import installation
    from store import recipients
    from store.engine import reading

    with installation() as (engine, _), reading(engine) as connection:
        known = recipients.recipient(connection, customer, _occasion(found).letter_date)
    if known is None:
        raise UnknownCustomer(f"There is no customer {customer}.")
    return known


def _write(contents: Sequence[LetterContent], found: Settings, output: Path, png: bool, watermark: str) -> None:
    from tempfile import TemporaryDirectory

    from letters import proof_sheet

    production = _production(found)
    used = {name: production.fitted(layouts.load(name, found.layouts_dir)) for name in {content.layout for content in contents}}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "proof.pdf"
        result = proof_sheet.write(contents, used, found.sender, found.public_url, path, watermark, production)
        for _, reason in result.failures:
            say(f"Left out: {reason}")
        if not result.pages:
            raise typer.Exit(1)
        if not png:
            output.write_bytes(path.read_bytes())
            say(f"{output}: {result.pages} pages")
            return
        for number, picture in enumerate(proof_sheet.pictures(path, _PREVIEW_DPI), 1):
            file = output.with_stem(f"{output.stem}-{number}")
            file.write_bytes(proof_sheet.as_png(picture))
            say(str(file))
