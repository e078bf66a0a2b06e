"""Words of places, trades and languages, as the conversations need them."""

import dataclasses
import functools

from crm.demo.tables import table

DAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday",
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag",
    "fr": "lundi mardi mercredi jeudi vendredi",
    "es": "lunes martes miércoles jueves viernes",
    "it": "lunedì martedì mercoledì giovedì venerdì",
    "pt": "segunda terça quarta quinta sexta",
    "sv": "måndag tisdag onsdag torsdag fredag",
    "nl": "maandag dinsdag woensdag donderdag vrijdag",
}
TIMES = {
    "en": "nine, half past nine, ten, eleven, two, half past two, three",
    "de": "neun, halb zehn, zehn, elf, vierzehn Uhr, halb drei, fünfzehn Uhr",
    "fr": "neuf heures, neuf heures et demie, dix heures, onze heures, quatorze heures,"
    " quatorze heures trente, quinze heures",
    "es": "nueve, nueve y media, diez, once, catorce horas, catorce treinta, quince horas",
    "it": "le nove, le nove e mezza, le dieci, le undici, le quattordici, le quattordici e trenta,"
    " le quindici",
    "pt": "nove, nove e meia, dez, onze, catorze horas, catorze e trinta, quinze horas",
    "sv": "nio, halv tio, tio, elva, klockan två, halv tre, klockan tre",
    "nl": "negen uur, half tien, tien uur, elf uur, twee uur, half drie, drie uur",
}
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
SIRS = {
    "de": {"f": "Frau", "m": "Herr"},
    "fr": {"f": "madame", "m": "monsieur"},
    "es": {"f": "señora", "m": "señor"},
}
THOUSANDS = {"de": ".", "es": ".", "it": ".", "pt": ".", "nl": ".", "fr": " ", "sv": " "}


@dataclasses.dataclass(frozen=True, slots=True)
class Country:
    """How people of a country speak and what they pay, a month and by the unit."""

    code: str
    language: str
    vehicle: str
    rules: str
    degrees: str
    money: str
    spoken_money: str
    prices: dict[str, int]

    def amount(self, units: int, language: str) -> str:
        """Return a sum in the country's money as it is said in that language."""
        figures = f"{units:,}"
        if language == "en":
            return self.money.format(figures)
        return self.spoken_money.format(figures.replace(",", THOUSANDS[language]))


@dataclasses.dataclass(frozen=True, slots=True)
class Trade:
    """What companies of a trade handle, and what goes wrong with it."""

    name: str
    goods: str
    mishap: str
    cold: dict[str, str]
    season: str
    tag: str


@functools.cache
def countries() -> dict[str, Country]:
    """Return the countries by their code."""
    return {
        row["country"]: Country(
            code=row["country"],
            language=row["language"],
            vehicle=row["vehicle"],
            rules=row["rules"],
            degrees=row["degrees"],
            money=row["money"],
            spoken_money=row["spoken"],
            prices={name: int(row[name]) for name in ("cold", "route", "care", "lease")},
        )
        for row in table("countries")
    }


@functools.cache
def trades() -> dict[str, Trade]:
    """Return the trades by their name."""
    return {row["trade"]: _trade(row) for row in table("trades")}


def _trade(row: dict[str, str]) -> Trade:
    fahrenheit, _, celsius = (part.strip() for part in row["cold"].partition("/"))
    return Trade(
        name=row["trade"],
        goods=row["goods"],
        mishap=row["load"],
        cold={"F": fahrenheit, "C": celsius},
        season=row["season"],
        tag=row["tag"],
    )
