"""Where a file waits between its preview and the import: in the storage, for a day at most."""

import re
import uuid
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

FOLDER = "imports"
KEPT_FOR = timedelta(days=1)
_NAME = re.compile(r"[0-9a-f]{32}")


class WaitingFile:
    """One uploaded file, in the interface of django-import-export's temporary storages.

    It is other people's data: it is removed once it was imported or refused, and by the next upload
    where nobody came back for it.
    """

    def __init__(self, name: str | None = None, **kwargs: Any) -> None:
        self.name = name

    @property
    def _path(self) -> str:
        return f"{FOLDER}/{self.name}"

    def exists(self) -> bool:
        """Return whether the file is still there."""
        return bool(_NAME.fullmatch(self.name or "")) and default_storage.exists(self._path)

    def save(self, data: bytes) -> None:
        """Keep the file, under a name that nobody guesses."""
        _remove_forgotten()
        self.name = uuid.uuid4().hex
        default_storage.save(self._path, ContentFile(data))

    def read(self) -> bytes:
        """Return the file's bytes."""
        with default_storage.open(self._path, "rb") as file:
            return file.read()

    def remove(self) -> None:
        """Remove the file."""
        default_storage.delete(self._path)


def _remove_forgotten() -> None:
    if not default_storage.exists(FOLDER):
        return
    for name in default_storage.listdir(FOLDER)[1]:
        path = f"{FOLDER}/{name}"
        if default_storage.get_modified_time(path) < timezone.now() - KEPT_FOR:
            default_storage.delete(path)
