"""How is something said in the visitor's language: a phrase, an amount of money, a date?"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from babel import Locale
from babel.dates import format_date, format_datetime, get_day_names, get_timezone
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent

from api.catalogue import CATALOGUE
from api.languages import LANGUAGES
from campaigns.countries import is_known

_LOCALES = {"de": "de_DE", "en": "en_GB"}


@dataclass(frozen=True, slots=True)
class Wording:
    """One language, and the time zone in which its readers live."""

    language: str
    timezone: str

    def say(self, phrase: str, **values: object) -> str:
        """A phrase of the catalogue; an unknown key is a mistake of ours and raises KeyError."""
        return CATALOGUE[phrase][LANGUAGES.index(self.language)].format(**values)

    def money(self, cents: int, currency: str) -> str:
        """An amount as a price list sets it: ``12,50 €``, ``€12.50``."""
        return format_currency(cents / 100, currency, locale=self._locale)

    def count(self, number: int) -> str:
        """A whole number with its thousands apart."""
        return format_decimal(number, locale=self._locale)

    def decimal(self, number: float | Decimal) -> str:
        """A number with two places at the most: ``3,12``."""
        return format_decimal(number, "#,##0.##", locale=self._locale)

    def share(self, part: int, whole: int) -> str:
        """A part in percent: ``12,5 %``."""
        return format_percent(part / whole if whole else 0, "#,##0.#\u00a0%" if self.language == "de" else "#,##0.#%", locale=self._locale)

    def days(self, number: int) -> str:
        """A number of days: ``1 Tag``, ``45 Tage``."""
        return self.say("day_one") if number == 1 else self.say("days", count=self.count(number))

    def days_dative(self, number: int) -> str:
        """The same after German *seit*, *in* and *vor*: ``einem Tag``, ``45 Tagen``."""
        return self.say("day_one_dative") if number == 1 else self.say("days_dative", count=self.count(number))

    def names(self, names: Iterable[str]) -> str:
        """Names in a row: ``A, B und C``."""
        return str(format_list(list(names), locale=self._locale))

    def size(self, size: int) -> str:
        """A file's size: ``12 kB``, ``1,2 MB``, in units of a thousand."""
        number, unit = (round(size / 1e6, 1), "MB") if size >= 1_000_000 else (-(-size // 1000), "kB")
        return f"{format_decimal(number, locale=self._locale)}\u00a0{unit}"

    def language_name(self, code: str) -> str:
        """What a language is called in this one; a code that Babel does not know stays as it is."""
        return str(Locale.parse(self._locale).languages.get(code, code))

    def country_name(self, code: str) -> str:
        """What a country is called; a code that Babel does not know stays as it is."""
        return str(Locale.parse(self._locale).territories.get(code, code))

    def countries(self) -> list[tuple[str, str]]:
        """ISO code and name of every country that mail goes to, by name."""
        names = ((code, name) for code, name in Locale.parse(self._locale).territories.items() if len(code) == 2 and is_known(code))
        return sorted(names, key=lambda one: unicodedata.normalize("NFD", one[1]).casefold())

    def weekday(self, number: int) -> str:
        """``Mo``, ``Mon``: 1 is Monday (ISO 8601)."""
        return str(get_day_names("abbreviated", "stand-alone", self._locale)[number - 1])

    def day(self, moment: date | datetime) -> str:
        """The day on which a moment falls here."""
        day = moment.astimezone(get_timezone(self.timezone)).date() if isinstance(moment, datetime) else moment
        return format_date(day, "medium", locale=self._locale)

    def moment(self, moment: datetime) -> str:
        """Day and time of day as clocks here show it."""
        return f"{self.day(moment)}, {format_datetime(moment, 'HH:mm', tzinfo=get_timezone(self.timezone), locale=self._locale)}"

    @property
    def _locale(self) -> str:
        return _LOCALES[self.language]
