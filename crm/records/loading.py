"""Which record a row of an imported file is about."""

from collections.abc import Mapping
from typing import Any

import tablib
from django.core.exceptions import ValidationError
from import_export.instance_loaders import BaseInstanceLoader

from crm.records.writing import field_error
from crm.teams.db import does_not_exist
from crm.teams.owned_admin import as_uuid


class TeamLoader(BaseInstanceLoader):
    """Finds the records that a file is about: two queries, however many rows it has."""

    def __init__(self, resource: Any, dataset: tablib.Dataset) -> None:
        super().__init__(resource, dataset)
        self.met: dict[Any, int] = {}
        ids = {found for text in self._column("id") if (found := as_uuid(text))}
        self.by_id = {row.pk: row for row in resource.find("pk", ids)}
        external_ids = set(self._column("external_id")) - {""}
        self.by_external_id = {
            row.external_id: self.by_id.get(row.pk, row)
            for row in resource.find("external_id", external_ids)
        }

    def _column(self, name: str) -> list[str]:
        if name not in (self.dataset.headers or ()):
            return []
        return ["" if cell is None else str(cell).strip() for cell in self.dataset[name]]

    def get_instance(self, row: Mapping[str, Any]) -> Any:
        """Return the record that the row is about, or None; raises ValidationError."""
        record = self._find(row)
        if record is None:
            return None
        if record.pk in self.met:
            raise field_error("id", f"Row {self.met[record.pk]} is about the same one.", "twice")
        self.met[record.pk] = self.resource.row_number
        return record

    def _find(self, row: Mapping[str, Any]) -> Any:
        given = str(row.get("id") or "").strip()
        if not given:
            return self.by_external_id.get(str(row.get("external_id") or "").strip())
        found = self.by_id.get(as_uuid(given))
        if found is None:
            raise ValidationError({"id": does_not_exist(self.resource.noun)})
        return found
