"""Which language does this visitor read?"""

from starlette.requests import HTTPConnection

LANGUAGES = ("de", "en")
COOKIE = "postillion-language"


def chosen(visitor: HTTPConnection) -> str | None:
    """What ``?lang=`` asks for, if we have it."""
    asked = visitor.query_params.get("lang", "")
    return asked if asked in LANGUAGES else None


def of(visitor: HTTPConnection) -> str:
    """The language asked for, else the one chosen earlier, else the browser's favourite, else English."""
    remembered = visitor.cookies.get(COOKIE, "")
    return chosen(visitor) or (remembered if remembered in LANGUAGES else preferred(visitor.headers.get("accept-language", "")))


def preferred(accept_language: str) -> str:
    """The best of our languages by an Accept-Language header (RFC 9110, 12.5.4)."""
    best, best_weight = "en", 0.0
    for part in accept_language[:500].split(","):
        tag, _, weight = part.partition(";")
        language = tag.strip().lower().partition("-")[0]
        if language in LANGUAGES and (found := _weight(weight)) > best_weight:
            best, best_weight = language, found
    return best


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
