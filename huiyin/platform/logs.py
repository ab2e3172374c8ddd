"""Logs: one JSON object a line, each with the reference number a person can read out to us."""

import logging
from typing import Any

import structlog


class JsonLines(structlog.stdlib.ProcessorFormatter):
    """The formatter for stdlib loggers: time, level, logger, event, reference, and the exception if any."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        shared: list[Any] = [
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
        ]
        super().__init__(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
            foreign_pre_chain=shared,
        )


def bind(**values: Any) -> None:
    """Attach values to every log line of this request or job."""
    structlog.contextvars.bind_contextvars(**values)


def clear() -> None:
    """Forget what `bind` attached."""
    structlog.contextvars.clear_contextvars()


def logger(name: str) -> logging.Logger:
    """Return the logger of a room: `logger("huiyin.needs")`."""
    return logging.getLogger(name)
