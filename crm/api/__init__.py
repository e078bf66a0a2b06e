"""The kit of the REST API, which knows no team: naming, strictness, errors, paging, versions."""
