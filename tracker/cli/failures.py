"""What went wrong, as one line for a person and an exit status.

It promises that every exception has both. Errors that trialog raises on purpose carry their own advice;
anything else is a fault of trialog's own and is called one, with its traceback in the log at level debug.
"""

import signal
import threading
from dataclasses import dataclass
from types import FrameType

import click

from store.errors import InvalidInput as NotStorable
from store.errors import StoreError
from tracker.domain.errors import InvalidInput, TrackerError

BAD_ANSWER = 1
WRONG_USAGE = 2
INTERRUPTED = 130  # 128 and the number of SIGINT, as shells say it


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One line, and the exit status."""

    message: str
    status: int


class Interrupted(Exception):
    """A person pressed Ctrl-C; the text says what that means for what was under way."""

    def __init__(self, message: str = "interrupted") -> None:
        super().__init__(message)


def note_interruption() -> threading.Event:
    """Set once Ctrl-C was pressed, also where a database driver makes an error of its own of the interruption."""
    pressed = threading.Event()

    def note(signum: int, frame: FrameType | None) -> None:
        pressed.set()
        signal.default_int_handler(signum, frame)

    if callable(signal.getsignal(signal.SIGINT)):  # not where the interruption is ignored, as under nohup
        signal.signal(signal.SIGINT, note)
    return pressed


def told(error: Exception) -> Failure:
    """The failure that ``error`` is."""
    match error:
        case Interrupted() | click.Abort():
            return Failure(message=str(error) or "interrupted", status=INTERRUPTED)
        case click.UsageError():
            return Failure(message=_usage(error), status=WRONG_USAGE)
        case click.ClickException():
            return Failure(message=error.format_message(), status=error.exit_code)
        case InvalidInput() | NotStorable():
            return Failure(message=str(error), status=WRONG_USAGE)
        case TrackerError() | StoreError():
            return Failure(message=str(error), status=BAD_ANSWER)
        case OSError():
            return Failure(message=_of_system(error), status=BAD_ANSWER)
    return Failure(message=_own_fault(error), status=BAD_ANSWER)


def _usage(error: click.UsageError) -> str:
    message = error.format_message().strip().rstrip(".")
    path = error.ctx.command_path if error.ctx else "trialog"
    mark = "" if message.endswith("?") else ";"
    return f"{message}{mark} see {path} --help"


def _of_system(error: OSError) -> str:
    what = error.strerror or str(error)
    return f"{error.filename}: {what}" if error.filename else f"the system refused: {what}"


def _own_fault(error: Exception) -> str:
    import structlog  # a fault may be met before anything was configured

    structlog.get_logger().debug("fault", exc_info=error)
    return (
        f"a fault of trialog itself: {type(error).__name__}: {error}; nothing stored is harmed. "
        "Run it again with TRIALOG_LOG__LEVEL=debug for the details, and report them"
    )
