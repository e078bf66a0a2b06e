"""What is noticed of a file as a whole while it is planned: what had to be taken for granted."""

from collections.abc import Iterable, Iterator, Sequence

from contacts.imports.dates import DateColumn
from contacts.imports.drafts import Draft, Recipe
from contacts.imports.places import PHONES, has_country_code
from contacts.imports.problems import Said, said
from crm import normalize
from crm.normalize.text import quote
from crm.records.values import DATE


def notice(recipe: Recipe, dates: Iterable[DateColumn], drafts: Sequence[Draft]) -> list[Said]:
    """Return what people should know; `drafts` are the file's first rows."""
    return [*_notice_dates(dates, recipe.team.region), *_notice_phones(recipe, drafts)]


def _notice_dates(columns: Iterable[DateColumn], region: str) -> Iterator[Said]:
    for column in columns:
        if not column.unclear or column.region:
            continue
        label, example = column.target.label, quote(column.unclear)
        if column.region == "":
            detail = (
                f"{label}: some dates are written day first, others month first. Those that may be "
                f"either, such as {example}, are left out with a warning."
            )
        else:
            read = DATE.parse(column.unclear, region=region)
            detail = (
                f"{label}: nothing in the column says which part of {example} is the day. It is "
                f"read as {DATE.show(read)}, as dates are written in "
                f"{normalize.country_name(region)}."
            )
        yield said(column.target.name, "date_order", detail)


def _notice_phones(recipe: Recipe, drafts: Sequence[Draft]) -> Iterator[Said]:
    """Say how many numbers without a country code are none of the country they are read as of."""
    for place, target in recipe.columns:
        if target.name not in PHONES:
            continue
        typed = [
            (text, draft.region)
            for draft in drafts
            if place < len(draft.row.cells)
            and (text := draft.row.cells[place].strip())
            and not has_country_code(text)
        ]
        wrong = [(text, region) for text, region in typed if _is_elsewhere(text, region)]
        if wrong:
            text, region = wrong[0]
            detail = (
                f"{target.label}: {len(wrong):,} of {len(typed):,} numbers without a country code "
                f"do not look like numbers of the country they are read as of, such as "
                f"{quote(text)} in {normalize.country_name(region)}. They are imported as they are."
            )
            yield said(target.name, "phone_region", detail)


def _is_elsewhere(text: str, region: str) -> bool:
    """Return whether a number can be read as of the region, but is not in use there."""
    try:
        readable = normalize.phone(text, region)
    except normalize.NormalizeError:
        return False
    return bool(readable) and not normalize.is_phone_of(text, region)
