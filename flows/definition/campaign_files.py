"""How is a campaign written down in a file, and which ones come with Postillion?"""

import tomllib
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from campaigns.customer import letter_language
from campaigns.errors import InvalidCampaign
from campaigns.kinds import CampaignKind
from campaigns.offer import Offer
from flows.definition import form_problems
from flows.forms import CampaignFile
from store.settings import Settings

PRESETS = Path(__file__).parent.parent / "presets"


def read(path: Path) -> CampaignFile:
    """The campaign in a TOML file; raises InvalidCampaign naming file, field and what is wrong."""
    form, wrong = read_in_part(path)
    if wrong:
        raise InvalidCampaign(f"{path} cannot be saved:\n" + "\n".join(f"- {problem}" for problem in wrong))
    return form


def read_in_part(path: Path) -> tuple[CampaignFile, list[str]]:
    """The campaign as far as its fields can be read, and what is wrong with the others, so that both are told at once.

    Raises InvalidCampaign where there is nothing to read at all.
    """
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        known = ", ".join(preset.stem for preset in presets())
        raise InvalidCampaign(f"There is no file {path}, and no preset of that name. The presets are {known}.") from None
    except IsADirectoryError:
        raise InvalidCampaign(f"{path} is a folder: name the file.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidCampaign(f"{path} is not a TOML file in UTF-8: {error}") from None
    return in_part(values, str(path))


def in_part(values: Mapping[str, Any], name: str) -> tuple[CampaignFile, list[str]]:
    """The same for values that were read already; ``name`` says in messages where they came from."""
    unnamed = [] if "slug" in values else ["slug: give the campaign a short name of its own, like winback-autumn."]
    try:
        return CampaignFile.model_validate(values), unnamed
    except ValidationError as error:
        wrong, places = unnamed + form_problems.problems(error, CampaignFile), form_problems.places(error)
    if not {("audience",), ("steps",)} & set(places):  # without them nothing can be said of the rest
        with suppress(ValidationError):
            return CampaignFile.model_validate(form_problems.without(values, places)), wrong
    raise InvalidCampaign(f"{name} cannot be saved:\n" + "\n".join(f"- {problem}" for problem in wrong))


def presets() -> list[Path]:
    """The bundled campaigns, ready to save."""
    return sorted(PRESETS.glob("*.toml"))


def find(name: str) -> Path:
    """The file of that path, or the bundled preset of that name."""
    preset = PRESETS / f"{name}.toml"
    return preset if "/" not in name and preset in presets() and not Path(name).exists() else Path(name)


def language(settings: Settings) -> str:
    """The language of the presets for this installation: the sender's country says it."""
    return letter_language("", settings.sender_country)


@cache
def preset(kind: CampaignKind, spoken: str) -> CampaignFile:
    """The bundled campaign of a kind, in English where there is none in the language ``spoken``."""
    path = PRESETS / f"{kind.replace('_', '-')}-{spoken}.toml"
    return read(path if path.is_file() else path.with_stem(f"{kind.replace('_', '-')}-en"))


def bundled_offers(spoken: str) -> dict[str, Offer]:
    """The offers of all presets by slug; they are saved with the first campaign that names them."""
    return {offer.slug: offer.to_offer() for kind in CampaignKind for offer in preset(kind, spoken).offers}
