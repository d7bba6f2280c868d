"""The page of a message: what happened at a glance, then every item, why it comes and how to stop it.

Promises an answer for whatever content it gets, and one line for each of the texts at the top. Pure.
"""

from collections.abc import Sequence
from dataclasses import replace

from notifiers.mail_headers import header_text
from store.json_text import encode
from tracker.alerts.content import Kind
from tracker.alerts.rendering.conditions import plural, plural_over
from tracker.alerts.rendering.entries import Reader
from tracker.alerts.rendering.envelope import Envelope
from tracker.alerts.rendering.page import Entry, Page, Section, Told
from tracker.alerts.rendering.sections import sections_of, trials_count
from tracker.domain.record import Json
from tracker.domain.safe_text import one_line, shortened
from tracker.domain.wording import count

_ROOM_BYTES = 300_000  # for the values of a message; beyond, long texts are shortened
_WHOLE_CHARS = 20_000  # longer than any value that an event holds inline
_LEAST_CHARS = 200
_TITLE_CHARS = 60  # in a subject
_REASON_CHARS = 1_000
_KICKERS = {
    Kind.CHANGES: "Change of a trial's record",
    Kind.CONDITION: "Condition that came true",
    Kind.OVER: "Condition that is over",
    Kind.DIGEST: "Digest",
    Kind.SAMPLE: "Sample",
    Kind.NOTICE: "Notice",
}


def page_of(content: dict[str, Json], envelope: Envelope) -> Page:
    """The page of a message's content (``tracker.alerts.content``)."""
    kind = Kind(content["kind"])
    reader = Reader(
        delivery_id=envelope.delivery_id,
        today=envelope.created_at.date(),
        public_url=envelope.public_url,
        most_chars=_most_chars(content["items"]),
    )
    entries = reader.entries(content["items"])
    sections = sections_of(entries)
    is_sample = kind is Kind.SAMPLE or bool(content.get("is_sample"))
    is_alone = kind is not Kind.DIGEST and len({entry.trial for entry in entries}) == 1 and _is_told(entries)
    headline = _headline_alone(entries) if is_alone else _headline(content, sections, envelope)
    subject = _subject_alone(entries) if is_alone else f"{headline} ({envelope.subscription})"
    counts = _counts(kind, sections)
    return Page(
        subject=header_text(one_line(f"[Sample] {subject}" if is_sample else subject)),
        kicker=f"{_KICKERS[Kind.SAMPLE if is_sample else kind]} · {one_line(envelope.subscription)}",
        headline=_in_all(content, entries) if counts and not is_alone else one_line(headline),
        trial=entries[-1].trial if is_alone else None,
        only=entries[0] if is_alone and len(entries) == 1 else None,
        counts=counts,
        sections=tuple(_without_heading(sections) if len(sections) == 1 else sections),
        more=_more(content),
        more_command=one_line(content.get("more") or ""),
        created=f"{envelope.created_at:%Y-%m-%d %H:%M} UTC",
        reason=shortened(content["reason"], _REASON_CHARS),
        stop_command=envelope.stop_command,
        stop_url=envelope.unsubscribe_url,
        list_id=one_line(envelope.subscription),
        is_sample=is_sample,
    )


def one_trial(content: dict[str, Json]) -> str | None:
    """The trial that all of a message is about; None where it is about several, or none."""
    ids = {item.get("trial_id") if isinstance(item, dict) else None for item in content["items"]}
    found = ids.pop() if len(ids) == 1 else None
    is_all = content["kind"] == Kind.CHANGES or not content["more_count"]
    return found if is_all and isinstance(found, str) and found else None


def _is_told(entries: Sequence[Entry]) -> bool:
    return all(entry.told is not Told.NOTHING for entry in entries)


def _most_chars(items: Sequence[Json]) -> int:
    """About how long each value may be, so that a message stays one that can be read."""
    if not items or len(encode(items)) <= _ROOM_BYTES:
        return _WHOLE_CHARS
    return max(_LEAST_CHARS, _ROOM_BYTES // (2 * len(items)))


def _headline_alone(entries: Sequence[Entry]) -> str:
    """What happened to the one trial."""
    if len(entries) == 1:
        return entries[0].label
    if all(entry.told is Told.CHANGE for entry in entries):
        return f"{_foremost(entries).label} and {count(len(entries) - 1, 'more change')}"
    return "; ".join(dict.fromkeys(entry.label for entry in entries))


def _subject_alone(entries: Sequence[Entry]) -> str:
    entry = _foremost(entries)
    what = f"{shortened(entry.label, _TITLE_CHARS)} {entry.short}".strip() if entry.told is Told.CHANGE else entry.short
    others = len(entries) - 1
    more = f" and {others} more" if others else ""
    title = f" ({shortened(entry.trial.title, _TITLE_CHARS)})" if entry.trial.title else ""
    return f"{entry.trial.trial_id}: {what}{more}{title}"


def _foremost(entries: Sequence[Entry]) -> Entry:
    return next((entry for entry in entries if entry.is_major), entries[0])


def _headline(content: dict[str, Json], sections: Sequence[Section], envelope: Envelope) -> str:
    """How much of what; of a notice, its words."""
    if content["kind"] == Kind.NOTICE:
        return str(content.get("notice") or f"About the subscription {envelope.subscription}")
    if not sections:
        return f"Nothing new for {envelope.subscription}"
    if content["more_count"]:
        return _headline_of_more(content, sections[0]) if len(sections) == 1 else _first(content)
    head = "; ".join(section.heading for section in sections[:2])
    return f"{head}; and more" if len(sections) > 2 else head


def _counts(kind: Kind, sections: Sequence[Section]) -> tuple[str, ...]:
    """How much of what, where that is more than a headline can say; of digests always."""
    is_much = len(sections) > 2 or (kind is Kind.DIGEST and len(sections) > 1)
    return tuple(section.heading for section in sections) if is_much else ()


def _in_all(content: dict[str, Json], entries: Sequence[Entry]) -> str:
    trials = "" if content["more_count"] else f" of {count(trials_count(entries), 'trial')}"
    return f"{count(content['items_count'], 'item')}{trials}"


def _headline_of_more(content: dict[str, Json], section: Section) -> str:
    """A section alone counts what was left out too: each condition is of another trial."""
    row = section.rows[0] if section.rows else None
    if row is None or row.condition is None:
        return _first(content)
    say = plural if row.told is Told.HOLDING else plural_over
    return say(row.condition, content["items_count"])


def _first(content: dict[str, Json]) -> str:
    return f"{count(content['items_count'], 'item')}, the first {len(content['items']):,} of them here"


def _without_heading(sections: Sequence[Section]) -> list[Section]:
    """A section alone needs no heading: the headline says it, unless more was left out than it counts."""
    return [replace(section, heading="") for section in sections]


def _more(content: dict[str, Json]) -> str:
    if not content["more_count"]:
        return ""
    return f"{count(content['more_count'], 'more item')}, {content['items_count']:,} in all: this lists them"
