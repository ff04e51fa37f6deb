"""Which letter do we and the peers print in the benchmark of the letters?"""

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image, ImageDraw

from campaigns.letter import LetterContent, short_link
from campaigns.sender import Sender
from campaigns.token import ALPHABET, LENGTH
from layouts.layout import Layout, load
from layouts.placeholders import samples
from letters.print_file import RenderedFile, render

PUBLIC_URL = "https://lindenhof.example"
SENDER = Sender("Teehaus Lindenhof", "Lindenstraße 12", "24103", "Kiel")
CREATED_AT = datetime(2026, 11, 22, tzinfo=UTC)

PARAGRAPHS = (
    "am {last_order_date} haben Sie zuletzt bei uns bestellt, die Bestellung trug die Nummer {last_order_number}. Dafür danken wir Ihnen, "
    "{full_name}, noch einmal herzlich. Seitdem haben wir nichts mehr von Ihnen gehört.",
    "Mit {orders_count} Bestellungen gehören Sie zu den Menschen, für die wir unseren Laden führen. Unter der Kundennummer {customer_number} "
    "ist alles noch so, wie Sie es verlassen haben, auch Ihre Anschrift und Ihre Merkliste.",
    "Darum liegt diesem Brief ein Gutschein über {coupon_value} bei, der nur für Sie ausgestellt ist. Sein Code lautet {coupon_code}; er gilt "
    "bis {coupon_valid_until} für alles, was wir führen.",
    "Am schnellsten geht es mit dem Telefon: Der Code unten führt unter {short_link} in den Shop, und der Gutschein ist dort schon eingetragen. "
    "Sie müssen nichts abtippen und sich nicht anmelden.",
    "Wenn bei Ihrer Bestellung vom {last_order_date} etwas nicht so war, wie Sie es erwartet haben, schreiben oder rufen Sie uns gern an. Nennen "
    "Sie einfach Ihre Kundennummer {customer_number}, und wir bringen es in Ordnung.",
)
SUBJECT = "{coupon_value} für Ihre nächste Bestellung"
LABEL = "Ihr persönlicher Gutscheincode"
CAPTION = "Direkt in den Shop, der Gutschein ist schon dabei"
OBJECTION = "Sie können der Verwendung Ihrer Daten für Werbung jederzeit widersprechen: mit diesem Code oder unter {objection_link}."
_LAYOUT = """
::: letterhead
{{sender_name}}
:::

# {subject}

{{salutation}}

{paragraphs}

::: coupon
# {{coupon_value}}

{label}

## {{coupon_code}}

{{coupon_conditions}}
:::

::: qr-code
### {caption}

{{short_link}}
:::

::: objection
{objection}
:::
"""


def contents(letters: int, seed: int = 7) -> list[LetterContent]:
    """Letters to people whose values all differ; the same ones in every run."""
    draw = random.Random(seed)
    made = []
    for index in range(letters):
        token = "".join(draw.choices(ALPHABET, k=LENGTH))
        first, last = draw.choice(("Anna", "Jörg", "Miłosz", "Ulrike", "Zoë")), "".join(draw.choices("aeiouklmnrst", k=draw.randint(4, 12))).title()
        values = samples("de") | {
            "salutation": f"Liebe Frau {last},",
            "full_name": f"{first} {last}",
            "customer_number": f"K-{20000 + index}",
            "last_order_number": f"B-{draw.randint(10**5, 10**6)}",
            "last_order_date": f"{draw.randint(1, 28)}. {draw.choice(('Januar', 'März', 'September'))} 2025",
            "orders_count": str(draw.randint(2, 30)),
            "coupon_code": f"TEE-{token[:6]}",
            "short_link": short_link(PUBLIC_URL, "S", token),
            "objection_link": short_link(PUBLIC_URL, "O", token),
        }
        address = (f"{first} {last}", f"{last}weg {draw.randint(1, 99)}", f"{draw.randint(10000, 99999)} Hamburg")
        made.append(LetterContent("benchmark", "de", token, address, values))
    return made


LOGO_WIDTH, LOGO_HEIGHT, LOGO_TOP = 28.0, 14.0, 30.0
"""Millimetres."""


def logo(folder: Path) -> Path:
    """A logo in CMYK at 300 dpi: everybody embeds the same file."""
    picture = Image.new("CMYK", (331, 165), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    for step in range(0, 160, 8):
        pen.ellipse((step, step // 2, 330 - step, 164 - step // 2), outline=(224, 76, 122, 115), width=3)
    path = folder / "logo.jpg"
    picture.save(path, quality=90, dpi=(300, 300))
    return path


def layout(folder: Path) -> Layout:
    """The benchmark's letter as a layout of ours."""
    home = folder / "benchmark"
    home.mkdir(exist_ok=True)
    logo(home)
    style = 'title = "Benchmark"\nletterhead = "band"\nlogo = "logo.jpg"\nlogo_height = 14\naccent = [88, 30, 48, 45]\ntint = [9, 2, 6, 0]\n'
    (home / "layout.toml").write_text(style)
    text = _LAYOUT.format(subject=SUBJECT, paragraphs="\n\n".join(PARAGRAPHS), label=LABEL, caption=CAPTION, objection=OBJECTION)
    (home / "de.md").write_text(text)
    return load("benchmark", folder)


def printed(made: Sequence[LetterContent], folder: Path, path: Path) -> RenderedFile:
    """A finished print file of ours; all letters must be in it, each on one page."""
    result = render(made, {"benchmark": layout(folder)}, SENDER, PUBLIC_URL, path, "Benchmark", CREATED_AT)
    assert not result.failures and result.pages == len(made), result.failures[:1]
    return result


def ours(made: Sequence[LetterContent], folder: Path) -> Path:
    """What this repository is for."""
    printed(made, folder, folder / "ours.pdf")
    return folder / "ours.pdf"
