"""Reads a raw record of either kind: the one call that workers make.

Pure: promises the same observation or refusal for the same bytes. Does not know where records come from.
"""

from tracker.source import Observation, RawRecord, Refusal
from tracker.sources.page_text import read_page_text
from tracker.sources.study_json import read_study


def read_record(raw: RawRecord) -> Observation | Refusal:
    """What the record says, or why it is not taken."""
    return read_study(raw) if raw.kind == "study" else read_page_text(raw)
