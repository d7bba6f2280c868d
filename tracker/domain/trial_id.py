"""Trial identifiers: what an NCT number looks like, and which stream of the ledger belongs to it.

Rule: ClinicalTrials.gov numbers are ``NCT`` and eight digits (registry's OpenAPI, parameter ``nctId``).
"""

import re

from tracker.domain.errors import InvalidInput

_NCT = re.compile(r"NCT\d{8}", re.ASCII)
_STREAM_PREFIX = "trial-ctgov:"
_HISTORY_PREFIX = "history-ctgov:"


def parse_trial_id(text: str) -> str:
    """``text`` as an NCT number in capitals; raises InvalidInput that says what was expected.

    >>> parse_trial_id(" nct03460795 ")
    'NCT03460795'
    """
    candidate = text.strip().upper()
    if _NCT.fullmatch(candidate):
        return candidate
    raise InvalidInput(
        f"{text!r} is not a trial id: expected NCT and eight digits, such as NCT03460795{_near(candidate)}"
    )


def is_trial_id(text: object) -> bool:
    """Whether ``text`` is exactly an NCT number in capitals."""
    return isinstance(text, str) and _NCT.fullmatch(text) is not None


def number_of(trial_id: str) -> int:
    """The eight digits of an NCT number."""
    return int(trial_id[3:])


def numbered(number: int) -> str:
    """The NCT number with these eight digits."""
    return f"NCT{number:08d}"


def find_trial_id(text: str) -> str | None:
    """The NCT number that a file's or folder's name is, with or without an ending; else None."""
    stem = text.split(".", 1)[0].upper()
    return stem if _NCT.fullmatch(stem) else None


def stream_of(trial_id: str) -> str:
    """The ledger's stream that holds a trial's events."""
    return _STREAM_PREFIX + trial_id


def history_of(trial_id: str) -> str:
    """Under which name sightings of the versions of the registry's history are kept: a version is a revision there."""
    return _HISTORY_PREFIX + trial_id


def trial_of(stream: str) -> str | None:
    """The trial that a stream belongs to; None for streams of another kind."""
    return stream[len(_STREAM_PREFIX) :] if stream.startswith(_STREAM_PREFIX) else None


def _near(candidate: str) -> str:
    digits = "".join(re.findall(r"[0-9]", candidate))
    if not digits or len(digits) > 8 or (len(digits) < 8 and not candidate.startswith("NCT")):
        return ""
    return f"; did you mean NCT{digits.zfill(8)}?"
