"""Which column is which field: by the name of the column and by what stands in it.

A wrong guess is worse than none, so a name has to be known (`vocabulary`), the values must not
contradict it (`values`), and no field is given twice: the better name has it, then the first one.
"""

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from contacts.imports.mapping import vocabulary
from contacts.imports.mapping.fields import built_in
from contacts.imports.mapping.values import fits, looks_like_emails, looks_like_phones
from contacts.imports.mapping.vocabulary import words_of

EXACT, QUALIFIED, WEAK = 0.98, 0.9, 0.75
BY_VALUES = 0.6
#: As before; what somebody has chosen for this very file is 1.
REMEMBERED = 0.99


@dataclasses.dataclass(frozen=True, slots=True)
class Guess:
    """What a column may be; a lower rank is a better name."""

    field: str
    rank: int
    confidence: float


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """A column of the file and what it is taken for; None: it is left out."""

    number: int
    header: str
    field: str | None = None
    confidence: float = 0.0
    #: The type of a field that is not there yet; "" of all others.
    new: str = ""


def is_known(header: str) -> bool:
    """Return whether the name of a column means something to us."""
    return bool(_meanings(words_of(header)))


def guess_columns(
    headers: Sequence[str],
    samples: Sequence[Sequence[str]],
    *,
    more_names: Mapping[str, str] | None = None,
    splits_names: bool = True,
) -> list[Column]:
    """Return every column with its field; `samples` are the first values of each column.

    `more_names` are names beyond the vocabulary (words -> field): the team's own fields.
    """
    given: dict[int, Guess] = {}
    values = [[text for cell in column if (text := cell.strip())] for column in samples]
    offers = [
        (column, guess)
        for column, header in enumerate(headers)
        for guess in _offers(words_of(header), more_names or {})
        if fits(guess.field, values[column])
    ]
    taken: dict[str, int] = {}
    for column, guess in sorted(offers, key=lambda offer: (offer[1].rank, offer[0])):
        if guess.field == "fullName" or column in given or guess.field in taken:
            continue
        given[column], taken[guess.field] = guess, column
    _give_phones(headers, values, given, taken)
    _give_name(headers, offers, given, taken, splits_names=splits_names)
    if "email" not in taken:
        _give_emails(headers, values, given)
    if not any(headers):
        _give_phones_by_values(values, given)
    return [
        Column(column + 1, header, given[column].field, given[column].confidence)
        if column in given
        else Column(column + 1, header)
        for column, header in enumerate(headers)
    ]


def _offers(words: str, more_names: Mapping[str, str]) -> Iterator[Guess]:
    # A field whose key is `email` must not take the columns that every team has.
    if (own := more_names.get(words)) and words not in _own_names():
        yield Guess(own, 0, EXACT)
    yield from _meanings(words)


@cache
def _meanings(words: str) -> tuple[Guess, ...]:
    """Return what a column of that name may be, but for the phones, of which there is one order."""
    if not words:
        return ()
    found = [Guess(*each) for each in _vocabulary().get(words, ())]
    if not found and _phone_rank(words) is not None:
        found = [Guess("phone", 9, 0.0)]
    return tuple(found)


@cache
def _vocabulary() -> dict[str, list[tuple[str, int, float]]]:
    """Return every name we know with its fields, ranks and confidences."""
    known: defaultdict[str, list[tuple[str, int, float]]] = defaultdict(list)
    for name, field, rank, confidence in (*_own(), *_of_person(), *_of_company()):
        if all(each[0] != field for each in known[name]):
            known[name].append((field, rank, confidence))
    return dict(known)


@cache
def _own_names() -> frozenset[str]:
    return frozenset(name for name, *_guess in _own())


type Meanings = Iterator[tuple[str, str, int, float]]


def _own() -> Meanings:
    for field in built_in():
        yield words_of(field), field, 0, EXACT


def _of_person() -> Meanings:
    for field, names in vocabulary.PERSON.items():
        for rank, name in enumerate(names):
            is_sure = rank < 3 or name in vocabulary.PLAIN
            yield name, field, rank, EXACT if is_sure else QUALIFIED
            for prefix in vocabulary.OF_PERSON:
                yield f"{prefix} {name}", field, rank + 1, QUALIFIED


def _of_company() -> Meanings:
    for rank, name in enumerate(vocabulary.COMPANY_NAME):
        is_sure = rank < 4 or name in vocabulary.PLAIN
        yield name, "companyName", rank, EXACT if is_sure else QUALIFIED
    for field, names in vocabulary.COMPANY.items():
        for rank, name in enumerate(names):
            # What is said of the company goes before what may be the person's own.
            for prefix in vocabulary.OF_COMPANY:
                yield f"{prefix} {name}", field, rank + 1, QUALIFIED
            yield name, field, rank + 40, QUALIFIED if rank < 2 else WEAK
            for prefix in vocabulary.OF_PERSON:
                yield f"{prefix} {name}", field, rank + 80, WEAK
    for prefix in vocabulary.ALWAYS_COMPANY:
        for rank, name in enumerate(vocabulary.COMPANY_PHONES):
            yield f"{prefix} {name}", "companyPhone", rank, QUALIFIED
        for name in ("notes", "description"):
            yield f"{prefix} {name}", "companyNotes", 1, QUALIFIED
        yield f"{prefix} address line 2", "companyAddressLine2", 1, QUALIFIED


@cache
def _phone_rank(words: str) -> int | None:
    """Return how good a phone a column of that name is; 0 is best."""
    for prefix in ("", *vocabulary.OF_PERSON):
        bare = words.removeprefix(f"{prefix} ") if prefix else words
        if prefix and bare == words:
            continue
        for rank, names in enumerate(vocabulary.PHONES):
            if bare in names:
                return rank
    return None


def _give_phones(
    headers: Sequence[str],
    values: Sequence[Sequence[str]],
    given: dict[int, Guess],
    taken: dict[str, int],
) -> None:
    """Give the best phone to `phone` and the next to the secondary one, where these are free.

    Plain and work numbers go before mobile ones, and these before a second, a home or another one.
    """
    for column in [column for column, guess in given.items() if guess.confidence == 0.0]:
        taken.pop(given.pop(column).field)
    ranked = sorted(
        (rank, column)
        for column, header in enumerate(headers)
        if column not in given
        and (rank := _phone_rank(words_of(header))) is not None
        and fits("phone", values[column])
    )
    free = [field for field in ("phone", "phoneSecondary") if field not in taken]
    last_rank = None
    for rank, column in ranked:
        if not free:
            return
        # Two plain phones are one name twice, not a second phone.
        if rank == last_rank and words_of(headers[column]) in {
            words_of(headers[other]) for other in given
        }:
            continue
        field = free.pop(0)
        given[column] = Guess(field, rank, EXACT if rank == 0 else QUALIFIED if rank < 3 else WEAK)
        taken[field], last_rank = column, rank


def _give_name(
    headers: Sequence[str],
    offers: Sequence[tuple[int, Guess]],
    given: dict[int, Guess],
    taken: dict[str, int],
    *,
    splits_names: bool,
) -> None:
    """Give a name in one column to be split, where the file has none in two.

    Beside a first name alone, a column “Name” is the last name.
    """
    combined = sorted(
        (guess.rank, column)
        for column, guess in offers
        if guess.field == "fullName" and column not in given
    )
    has_first, has_last = "firstName" in taken, "lastName" in taken
    if has_first and not has_last:
        for column, header in enumerate(headers):
            if column not in given and words_of(header) in ("name", "nom", "naam"):
                given[column] = Guess("lastName", 0, WEAK)
                return
    if combined and splits_names and not has_first and not has_last:
        rank, column = combined[0]
        given[column] = Guess("fullName", rank, QUALIFIED)


def _give_emails(
    headers: Sequence[str], values: Sequence[Sequence[str]], given: dict[int, Guess]
) -> None:
    """Give the one column that is full of addresses, if its name does not say they are others'."""
    found = [
        column
        for column, header in enumerate(headers)
        if column not in given
        and not set(words_of(header).split()) & vocabulary.NOT_THEIRS
        and looks_like_emails(values[column])
    ]
    if len(found) == 1:
        given[found[0]] = Guess("email", 0, BY_VALUES)


def _give_phones_by_values(values: Sequence[Sequence[str]], given: dict[int, Guess]) -> None:
    """Give the first columns of numbers, where no column has a name."""
    found = [
        column
        for column, texts in enumerate(values)
        if column not in given and looks_like_phones(texts)
    ]
    for field, column in zip(("phone", "phoneSecondary"), found, strict=False):
        given[column] = Guess(field, 0, BY_VALUES)
