"""A message as people read it, before it is text or HTML: every word is here, templates only place them.

Texts are one safe line each: no control, bidirectional or invisible character of a record is left in them.
"""

from dataclasses import dataclass
from enum import StrEnum

from tracker.diffing.word_changes import Piece
from tracker.domain.conditions import Condition


class Told(StrEnum):
    """What an entry tells."""

    CHANGE = "change"
    HOLDING = "holding"  # a condition that holds
    OVER = "over"
    NOTHING = "nothing"  # an item that could not be rendered


class Form(StrEnum):
    """How an entry's pieces stand: ``old -> new``, marked words in a text, or a value that came or went."""

    ARROW = "arrow"
    WORDS = "words"
    ADDED = "added"
    REMOVED = "removed"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A trial as it is named and linked; addresses are None where there is none that may be followed."""

    trial_id: str
    title: str = ""
    registry_url: str | None = None
    our_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What is known of a trial, under its name."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item. ``label``: which field, or what came true; ``when``: posted by the registry and seen by us."""

    told: Told
    key: str
    trial: Trial
    label: str
    form: Form = Form.NONE
    pieces: tuple[Piece, ...] = ()
    notes: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    when: str = ""
    is_major: bool = False
    condition: Condition | None = None
    short: str = ""  # for a subject

    def fact(self, name: str) -> str:
        """The value of a fact, empty where it is not told."""
        return next((fact.value for fact in self.facts if fact.name == name), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Entries of one trial with the same dates."""

    when: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A trial and what is told of it."""

    trial: Trial
    occasions: tuple[Occasion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the message: changes in ``blocks``, trial by trial, or conditions in ``rows``.

    ``rule`` says why a condition holds. ``columns`` are the facts that every row has; a long list is a table of them, a
    short one shows each trial in full.
    """

    heading: str
    rule: str = ""
    blocks: tuple[Block, ...] = ()
    rows: tuple[Entry, ...] = ()
    columns: tuple[str, ...] = ()
    is_long: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The whole message. ``kicker`` says what kind it is, ``headline`` what happened, ``counts`` how much of what.

    ``trial`` is that of a message about one; ``only`` its entry where that is the only one, else ``sections`` tell.
    """

    subject: str
    kicker: str
    headline: str
    trial: Trial | None
    only: Entry | None
    counts: tuple[str, ...]
    sections: tuple[Section, ...]
    more: str
    more_command: str
    created: str
    reason: str
    stop_command: str
    stop_url: str | None
    list_id: str
    is_sample: bool
