"""How is a campaign written down in a file, and which ones come with Postillion?"""

import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from campaigns.customer import letter_language
from campaigns.errors import InvalidCampaign
from campaigns.kinds import CampaignKind
from campaigns.offer import Offer
from flows.forms import AUDIENCE_FORMS, CampaignFile
from flows.forms.form import Form
from store.settings import Settings

PRESETS = Path(__file__).parent.parent / "presets"
_PATTERNS = {
    "slug": "it may hold a-z, 0-9 and single hyphens only, like winback-autumn",
    "default_language": "write it in two small letters, like de",
    "currency": "write it in three capital letters, like EUR",
}
"""What is asked of a text, by the field's name."""


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
        wrong = unnamed + [_told(one["loc"], one["type"], one["msg"]) for one in error.errors()]
        places = [one["loc"] for one in error.errors()]
    if not {("audience",), ("steps",)} & set(places):  # without them nothing can be said of the rest
        with suppress(ValidationError):
            return CampaignFile.model_validate(_without(values, places)), wrong
    raise InvalidCampaign(f"{name} cannot be saved:\n" + "\n".join(f"- {problem}" for problem in wrong))


def _told(place: Sequence[int | str], kind: str, message: str) -> str:
    """A problem in a marketer's words; steps and offers are counted from 1."""
    if kind in ("union_tag_not_found", "union_tag_invalid"):
        return f"audience.kind: say what kind of campaign this is, one of {', '.join(CampaignKind)}."
    if kind == "extra_forbidden":
        message = "there is no field of that name"
    if kind == "string_pattern_mismatch":
        message = _PATTERNS.get(str(place[-1]), message)
    where = ".".join(str(part + 1) if isinstance(part, int) else part for part in place if part not in CampaignKind.__members__.values())
    title = _title(place)
    return f"{where}: {message}." if title == where else f"{title}, in a file {where}: {message}."


def _title(place: Sequence[int | str]) -> str:
    """What the form calls the field at ``place``."""
    model: type[Form] | None = CampaignFile
    words: list[str] = []
    for part in place:
        if isinstance(part, int):
            words[-1] = f"{words[-1].removesuffix('s') if model else words[-1]} {part + 1}"
        elif part in CampaignKind.__members__.values():
            model = next(one for one in AUDIENCE_FORMS if one.model_fields["kind"].default == part)
        else:
            field = model.model_fields.get(part) if model else None
            words.append((field and field.title) or part)
            model = _form_in(field.annotation) if field else None
    return ", ".join(words)


def _form_in(annotation: Any) -> type[Form] | None:
    """The form of a field that holds one, or a list of them."""
    held = (annotation, *get_args(annotation))
    return next((one for one in held if isinstance(one, type) and issubclass(one, Form)), None)


def _without(values: Any, places: Sequence[Sequence[int | str]]) -> Any:
    """A copy in which the fields at ``places`` are left out, so that their defaults stand in."""
    kinds = set(CampaignKind)
    ways = [[part for part in place if part not in kinds] for place in places]
    return _cut(values, [way for way in ways if way])


def _cut(values: Any, ways: Sequence[Sequence[int | str]]) -> Any:
    gone = {way[0] for way in ways if len(way) == 1}
    deeper = {way[0]: [other[1:] for other in ways if other[0] == way[0] and len(other) > 1] for way in ways}
    if isinstance(values, Mapping):
        return {name: _cut(value, deeper.get(name, [])) for name, value in values.items() if name not in gone}
    if isinstance(values, list):
        return [_cut(value, deeper.get(place, [])) for place, value in enumerate(values) if place not in gone]
    return values


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
