"""Log lines: through structlog, to standard error, for people or for machines.

It promises that standard output stays free of them, that a line finds today's standard error, also while a progress
bar stands in its place, and that one which cannot be written (a full disk, a reader who went away) is lost and disturbs
nobody. What is logged, and when, is the business of those who log.
"""

import logging
import sys
from contextlib import suppress

import structlog

from tracker.setting_groups import Settings

# Without the values of variables: a password or an address may be among them.
_TRACEBACKS = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))


class StandardError:
    """Standard error as it is when a line is written, whose troubles are no one's who logs."""

    def write(self, text: str) -> int:
        """Write through."""
        with suppress(OSError):
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush through."""
        with suppress(OSError):
            sys.stderr.flush()


_STANDARD_ERROR = StandardError()  # one, since lines are kept apart by a lock of the file that they go to


def configure_logs(settings: Settings, *, usual_level: str = "warning") -> None:
    """From now on log lines look as ``settings`` say; ``usual_level`` where they leave the level open."""
    level = usual_level if settings.log_level == "auto" else settings.log_level
    is_console = settings.log_format == "console" or (settings.log_format == "auto" and sys.stderr.isatty())
    last: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)]
        if is_console
        else [_TRACEBACKS, structlog.processors.JSONRenderer(default=str)]
    )
    # The time of a line is the machine's, whatever the clock: what a clock at an address fails at is logged too.
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            *([_with_clock(settings.clock_url)] if settings.clock_url else []),
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(file=_STANDARD_ERROR),  # type: ignore[arg-type]  # writes and flushes
        cache_logger_on_first_use=False,
    )


def _with_clock(url: str) -> structlog.typing.Processor:
    """Each line says that the time was told from elsewhere."""

    def add(_logger: object, _name: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
        line["clock"] = url
        return line

    return add
