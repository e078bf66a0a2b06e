"""The one writer of a team's tags: made, renamed, coloured, merged and deleted.

A tag is a thing of the team's own, as a company is: what becomes of it is in its own history and
leaves its contacts' versions and histories alone, which keep the name that was said at the time.
Everything here is a few statements, however many contacts have the tag.
"""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from contacts.models import ContactTag, Tag, TagColor
from crm import normalize
from crm.history.models import Verb
from crm.history.recording import Author, Entry, record_changes
from crm.queries.locks import read_kept


def save_tag(tag: Tag, *, by: Author) -> Tag:
    """Write a new or changed tag; raises ValidationError where its name is empty or taken."""
    tag.full_clean()
    try:
        with transaction.atomic():
            _write(tag, by)
    except IntegrityError:
        # Somebody was quicker between the check and the write: say so beside the field.
        tag.full_clean()
        raise
    return tag


def merge_tags(sources: Iterable[Tag], into: Tag, *, by: Author) -> None:
    """Give every contact that has one of `sources` the tag `into`, once; `sources` are gone then.

    Raises ValidationError where `into` is gone.
    """
    with transaction.atomic():
        held = _hold({into.pk, *(tag.pk for tag in sources)}, into.team_id)
        target = _get(held, into)
        others = [tag for tag in held.values() if tag != target]
        _record([_merge(tag, target) for tag in others], by)


def delete_tag(tag: Tag, *, by: Author) -> None:
    """Delete a tag; the contacts that had it lose it. Raises ValidationError if it is gone."""
    with transaction.atomic():
        tag = _get(_hold({tag.pk}, tag.team_id), tag)
        count = _links(tag).count()
        _remove(tag)
        _record([_entry(tag, Verb.DELETED, _last_values(tag) | {"contacts": [count, 0]})], by)


def ensure_tags(team_id: uuid.UUID, names: Iterable[str], *, by: Author) -> dict[str, uuid.UUID]:
    """Return the ids of the team's tags of these names by their keys, creating what is missing.

    They stay there until the caller's transaction ends, whoever merges or deletes them meanwhile.
    """
    by_key = {normalize.name_key(name): name for name in sorted(names)}
    ids = _find_ids(team_id, by_key) if by_key else {}
    missing = [
        Tag(team_id=team_id, name=name, name_key=key, color=_color(key))
        for key, name in by_key.items()
        if key not in ids
    ]
    if missing:
        Tag.objects.bulk_create(
            missing,
            update_conflicts=True,
            unique_fields=["team", "name_key"],
            update_fields=["name_key"],
        )
        ids = _find_ids(team_id, by_key)
        made = [tag for tag in missing if ids[tag.name_key] == tag.pk]
        _record([_entry(tag, Verb.CREATED, {}) for tag in made], by)
    return ids


def _find_ids(team_id: uuid.UUID, keys: Iterable[str]) -> dict[str, uuid.UUID]:
    tags = Tag.objects.filter(team_id=team_id, name_key__in=list(keys)).order_by("pk")
    return {row[0]: row[1] for row in read_kept(tags.values_list("name_key", "pk"))}


def _color(key: str) -> int:
    """Give the same word the same colour in every team."""
    return sum(key.encode()) % len(TagColor)


def _write(tag: Tag, by: Author) -> None:
    if tag._state.adding:
        tag.save(force_insert=True)
        _record([_entry(tag, Verb.CREATED, {})], by)
        return
    stored = _get(_hold({tag.pk}, tag.team_id), tag)
    fields = {
        name: [getattr(stored, name), getattr(tag, name)]
        for name in ("name", "color")
        if getattr(stored, name) != getattr(tag, name)
    }
    if fields:
        tag.save(force_update=True)
        _record([_entry(tag, Verb.UPDATED, fields)], by)


def _hold(ids: set[uuid.UUID], team_id: uuid.UUID) -> dict[uuid.UUID, Tag]:
    """Lock those of the tags that are still there; contacts get or lose none of them meanwhile."""
    tags = Tag.objects.filter(team_id=team_id, pk__in=ids).order_by("pk")
    return {tag.pk: tag for tag in tags.select_for_update()}


def _get(held: dict[uuid.UUID, Tag], tag: Tag) -> Tag:
    if tag.pk not in held:
        message = f"Somebody else deleted the tag “{tag.name}” meanwhile."
        raise ValidationError(message, code="gone")
    return held[tag.pk]


def _merge(source: Tag, target: Tag) -> Entry:
    links = _links(source)
    count = links.count()
    has_both = ContactTag.objects.filter(
        team=OuterRef("team"), contact=OuterRef("contact"), tag=target
    )
    links.filter(~Exists(has_both)).update(tag=target)
    _remove(source)
    merged: dict[str, list[Any]] = {
        "contacts": [count, 0],
        "merged_into": [target.name, None],
    }
    return _entry(source, Verb.DELETED, _last_values(source) | merged)


def _remove(tag: Tag) -> None:
    """Delete the tag and who has it, by the index that the team leads."""
    _links(tag).delete()
    row = Tag.objects.filter(pk=tag.pk, team_id=tag.team_id)
    row._raw_delete(row.db)


def _links(tag: Tag) -> QuerySet[ContactTag]:
    return ContactTag.objects.filter(team_id=tag.team_id, tag=tag)


def _last_values(tag: Tag) -> dict[str, list[Any]]:
    return {"name": [tag.name, None], "color": [tag.color, None]}


def _entry(tag: Tag, verb: Verb, fields: dict[str, list[Any]]) -> Entry:
    return Entry(tag.team_id, "tag", tag.pk, verb, fields)


def _record(entries: Sequence[Entry], by: Author) -> None:
    record_changes(entries, by=by, at=timezone.now())
