"""What the questions answer: rows with the names that people and programs see.

The fields of each answer are the keys of ``--json``, in this order; dates are ``YYYY-MM-DD``, instants RFC 3339 UTC.
"""

from dataclasses import dataclass
from typing import Literal

from tracker.domain.record import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredChange:
    """One change. What only the ledger knows is None in a comparison of two files.

    ``posted_on`` is None for a silent change; ``data_on`` says which data release showed it. ``superseded_at``: since
    when the ledger knows a finer way between the two revisions.
    """

    position: int | None
    trial_id: str | None
    revision: int | None
    stream_version: int | None
    type: str
    field: str
    label: str
    path: str
    old: Json
    new: Json
    category: str
    significance: str
    origin: str
    posted_on: str | None
    data_on: str | None
    observed_at: str | None
    recorded_at: str | None
    detail: dict[str, Json]
    predecessor: int | None
    superseded_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredRevision:
    """One revision. ``holds_from``: the first day for which the registry said so, never before its predecessor's.

    ``registry_version``: its number in the registry's history, None where it was seen elsewhere.
    """

    trial_id: str
    revision: int
    predecessor: int | None
    origin: str
    source: str
    registry_version: int | None
    posted_on: str | None
    data_on: str | None
    holds_from: str
    observed_at: str
    recorded_at: str
    changes: int
    published_status: str | None
    title: str | None
    is_whole: bool
    snapshot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredTracking:
    """One thing that is tracked: the whole registry, a query or a trial.

    ``name`` is the query's name or the trial's id; ``members`` how many trials a query found when it was last listed,
    None before that; ``alias`` the id under which the trial was asked for, or, where it ``is_in_place``, the tracked
    trial that was merged into it. ``whereabouts`` of a trial (``tracker.domain.whereabouts``), status and title are
    those last seen, None until it has been read.
    """

    kind: str
    name: str | None
    query: str | None
    members: int | None
    alias: str | None
    is_in_place: bool
    with_history: bool
    whereabouts: str | None
    merged_into: str | None
    published_status: str | None
    title: str | None
    tracked_at: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredWatching:
    """One event of watching (``tracker.domain.watching``): something was tracked or not, or a member came or went.

    ``name`` is the query's name or the tracked trial's id, None for the whole registry; ``title`` of the trial is the
    newest that the ledger has. Of members alone, ``data_on`` is the date of the release that showed it and
    ``observed_at`` when it was fetched. ``alias`` and ``query`` as in ``AnsweredTracking``.
    """

    position: int
    type: str
    name: str | None
    trial_id: str | None
    title: str | None
    data_on: str | None
    observed_at: str | None
    recorded_at: str
    alias: str | None
    query: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredMove:
    """Where a trial's record is (``tracker.domain.whereabouts``) since the data release of ``data_on``."""

    trial_id: str
    whereabouts: str
    merged_into: str | None
    data_on: str
    recorded_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleTrial:
    """A trial that is UNKNOWN by the rule on the day asked for, or will be.

    ``unknown_since`` and ``lapses_on`` are the rule's first UNKNOWN day (None where the record has no date to count
    from); ``disagrees`` says that the published status does not show what the rule says.
    """

    trial_id: str
    title: str | None
    lead_sponsor: str | None
    state: Literal["unknown", "lapsing"]
    unknown_since: str | None
    days_unknown: int | None
    lapses_on: str | None
    days_left: int | None
    last_known_status: str | None
    published_status: str | None
    verified_on: str | None
    completion_on: str | None
    disagrees: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTrial:
    """A trial that a search found, by its newest record.

    ``posted_on`` is the record's own post date; ``changed_on`` the day since when the registry says what it says now:
    the post date if that moved, else the date of the data release (or the day of observation) that showed it first.
    """

    trial_id: str
    title: str | None
    lead_sponsor: str | None
    published_status: str | None
    last_known_status: str | None
    phases: list[str]
    conditions: list[str]
    posted_on: str | None
    revision: int
    changed_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPage:
    """Some of the trials that a search found, in its order; ``next`` continues behind them, None at the end."""

    items: list[FoundTrial]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisabledAddress:
    """An address of a subscription to which nothing is sent any more; ``address`` is a mask.

    ``owner_told``: another address of the subscription took a notice of it.
    """

    subscription: str
    address_number: int
    channel: str
    address: str
    disabled_at: str | None
    disabled_reason: str | None
    owner_told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """How much the ledger holds; ``away``: of its trials, those that the registry shows no more, by whereabouts."""

    trials: int
    revisions: int
    events: int
    rejects: int
    size_bytes: int
    newest_data_on: str | None
    by_status: dict[str, int]
    away: dict[str, int]
    disabled_addresses: list[DisabledAddress]
