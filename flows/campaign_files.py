"""How is a campaign written down in a file, and which ones come with Postillion?"""

import tomllib
from pathlib import Path

from pydantic import ValidationError

from campaigns.errors import InvalidCampaign
from flows.forms import CampaignFile

PRESETS = Path(__file__).parent / "presets"


def read(path: Path) -> CampaignFile:
    """The campaign in a TOML file; raises InvalidCampaign naming file, field and what is wrong."""
    try:
        return CampaignFile.model_validate(tomllib.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        raise InvalidCampaign(f"There is no file {path}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidCampaign(f"{path} is not a TOML file in UTF-8: {error}") from None
    except ValidationError as error:
        wrong = [f"- {'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors()]
        raise InvalidCampaign(f"{path} cannot be saved:\n" + "\n".join(wrong)) from None


def presets() -> list[Path]:
    """The bundled campaigns, ready to save."""
    return sorted(PRESETS.glob("*.toml"))
