"""Structured logs that carry no personal data.

A request is logged by its route, never by its address or query (a search is a person's name). An
exception is logged by its class and the places it passed, not by its words: a database's message
quotes the row. With DEBUG the words are shown, on the developer's own machine.
"""

import logging
import logging.config
import time
import traceback
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse

log = structlog.get_logger("callbook.request")


def _exception_without_words(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    info = event.pop("exc_info", None)
    if info is True:
        info = structlog.processors._figure_out_exc_info(info)
    if not info or info == (None, None, None):
        return event
    error = info[1] if isinstance(info, tuple) else info
    event["exception"] = type(error).__name__
    event["trace"] = [
        f"{frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    return event


def _without_arguments(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    """Keep a foreign log line's pattern and drop what was put into it (paths, names, rows)."""
    record = event.get("_record")
    if record is not None and not record.name.startswith("callbook"):
        event["event"] = str(record.msg)
    return event


def logging_config(*, debug: bool, level: str) -> None:
    """Set up the standard library's logging and structlog, once, when settings are read."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    final: list[Any] = (
        [structlog.dev.ConsoleRenderer(colors=False)]
        if debug
        else [
            _without_arguments,
            _exception_without_words,
            structlog.processors.JSONRenderer(),
        ]
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "structured": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [
                        *([] if debug else [_without_arguments]),
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        *[step for step in final if step is not _without_arguments],
                    ],
                }
            },
            "handlers": {
                "stderr": {"class": "logging.StreamHandler", "formatter": "structured"},
            },
            "root": {"handlers": ["stderr"], "level": "WARNING"},
            "loggers": {
                "callbook": {"level": level},
                # runserver's own line quotes the whole address with its query.
                "django.server": {"level": "ERROR"},
                # Its warnings are 4xx, which the request's own line tells.
                "django.request": {"level": "ERROR"},
                # axes names the person and the address in every line it writes.
                "axes": {"level": "CRITICAL"},
            },
        }
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


class RequestLogMiddleware:
    """One line a request: method, route, status and milliseconds."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        log.info(
            "request",
            method=request.method,
            route=match.route if match else None,
            status=response.status_code,
            ms=round((time.perf_counter() - started) * 1000, 1),
        )
        return response
