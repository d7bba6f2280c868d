"""A condition of time as an entry: that it holds, since or from when, by which dates; or that it is over, and why.

Whether results are late is worded as the rule allows (``tracker.domain.results_duty``): it appears so.
"""

from collections.abc import Iterator
from datetime import date
from types import MappingProxyType

from tracker.alerts.items import Item
from tracker.alerts.rendering.page import Entry, Fact, Form, Told, Trial
from tracker.diffing.word_changes import Piece
from tracker.domain.conditions import ALWAYS_UNKNOWN, NEVER_VERIFIED, Condition, ConditionKind, parse_condition
from tracker.domain.results_duty import APPEARS_OVERDUE
from tracker.domain.safe_text import one_line
from tracker.domain.staleness import UNKNOWN
from tracker.domain.wording import count, minute, relative

VERIFIED, COMPLETION, SPONSOR = "Status verified", "Completion date", "Sponsor"
_NOT_GIVEN = "not given"

_RULE_OF_UNKNOWN = (
    "By the registry's rule a trial that was active shows UNKNOWN once its completion date has passed and its status "
    "has not been verified for two years"
)
_RULE_OF_RESULTS = (
    "By the public record: results are due one year after primary completion (42 CFR 11), three with a certificate of "
    "delay, and late after 30 days more; extensions are not public"
)
RULES = MappingProxyType(
    {
        ConditionKind.UNKNOWN: f"{_RULE_OF_UNKNOWN}.",
        ConditionKind.LAPSING: f"{_RULE_OF_UNKNOWN}; an update of the record before that day prevents it.",
        ConditionKind.RESULTS_DUE: f"{_RULE_OF_RESULTS}.",
        ConditionKind.RESULTS_OVERDUE: f"{_RULE_OF_RESULTS}.",
        ConditionKind.UNVERIFIED: "Sponsors are to verify a record at least once a year.",
    }
)
"""Why a condition holds, in a sentence."""


def holding_entry(item: Item, trial: Trial, *, today: date) -> Entry:
    """The entry of a condition that holds."""
    condition = parse_condition(item["condition"])
    sentence = one_line(_sentence(condition, item, today))
    form, pieces = _transition(condition, item)
    return Entry(
        told=Told.HOLDING,
        key=one_line(item["key"]),
        trial=trial,
        label=sentence[:1].upper() + sentence[1:],
        form=form,
        pieces=pieces,
        notes=tuple(_notes(condition, item)),
        facts=tuple(_facts(condition, item)),
        when=_when(item),
        condition=condition,
        is_major=True,
        short=sentence,
    )


def over_entry(item: Item, trial: Trial) -> Entry:
    """The entry of a condition that is over."""
    condition = parse_condition(item["condition"])
    sentence = f"{_ended(condition, one_line(item['cause']))}: {one_line(item['over'])}"
    status = item.get("published_status")
    return Entry(
        told=Told.OVER,
        key=one_line(item["key"]),
        trial=trial,
        label=sentence[:1].upper() + sentence[1:],
        facts=(Fact(name="Published status", value=one_line(status)),) if status else (),
        when=_when(item),
        condition=condition,
        short=sentence,
    )


def _sentence(condition: Condition, item: Item, today: date) -> str:
    cause = item["cause"]
    match condition.kind:
        case ConditionKind.UNKNOWN:
            days = item.get("days_unknown")
            span = f", for {count(days, 'day')}" if isinstance(days, int) and days else ""
            always = cause == ALWAYS_UNKNOWN
            return "UNKNOWN, without a date to count from" if always else f"UNKNOWN since {cause}{span}"
        case ConditionKind.LAPSING:
            days = item.get("days_left")
            span = f", in {count(days, 'day')}" if isinstance(days, int) else ""
            return f"will turn UNKNOWN on {cause}{span}"
        case ConditionKind.RESULTS_DUE:
            return f"results due on {cause}, {relative(date.fromisoformat(cause), today)}"
        case ConditionKind.RESULTS_OVERDUE:
            return f"results were due on {cause}: {APPEARS_OVERDUE}"
        case ConditionKind.UNVERIFIED:
            return NEVER_VERIFIED if cause == NEVER_VERIFIED else f"not verified since {cause}"


def _ended(condition: Condition, cause: str) -> str:
    """What is over; ``cause`` is what it was told for."""
    match condition.kind:
        case ConditionKind.UNKNOWN:
            return "no longer UNKNOWN" + ("" if cause == ALWAYS_UNKNOWN else f" (since {cause})")
        case ConditionKind.LAPSING:
            return f"no longer about to turn UNKNOWN on {cause}"
        case ConditionKind.RESULTS_DUE:
            return f"results no longer due on {cause}"
        case ConditionKind.RESULTS_OVERDUE:
            return f"results due on {cause} no longer appear overdue"
        case ConditionKind.UNVERIFIED:
            return "no longer unverified" + ("" if cause == NEVER_VERIFIED else f" (since {cause})")


def _transition(condition: Condition, item: Item) -> tuple[Form, tuple[Piece, ...]]:
    """From which status to UNKNOWN, where both are known."""
    was = item.get("last_known_status")
    if was is None and item.get("published_status") != UNKNOWN:
        was = item.get("published_status")
    if condition.kind not in (ConditionKind.UNKNOWN, ConditionKind.LAPSING) or was is None:
        return Form.NONE, ()
    return Form.ARROW, (Piece("gone", one_line(was)), Piece("new", UNKNOWN))


def _notes(condition: Condition, item: Item) -> Iterator[str]:
    if not item.get("disagrees"):
        return
    if condition.kind is ConditionKind.UNKNOWN:
        yield "by the rule; the registry does not show it yet"
    elif condition.kind is ConditionKind.LAPSING:
        yield "by the rule; the registry shows it already"


def _facts(condition: Condition, item: Item) -> Iterator[Fact]:
    if item.get("lead_sponsor"):
        yield _fact(SPONSOR, item["lead_sponsor"])
    if item.get("published_status"):
        yield _fact("Published status", item["published_status"])
    if item.get("last_known_status"):
        yield _fact("Last known status", item["last_known_status"])
    yield _fact(VERIFIED, item.get("verified_on") or _NOT_GIVEN)
    yield _fact(COMPLETION, item.get("completion_on") or _NOT_GIVEN)
    if item.get("results_due_on"):
        yield _fact("Results due", item["results_due_on"])
    if item.get("lapses_on") and condition.kind is not ConditionKind.LAPSING:
        yield _fact("Turns UNKNOWN", item["lapses_on"])
    if item.get("unknown_since") and condition.kind is not ConditionKind.UNKNOWN:
        yield _fact("UNKNOWN since", item["unknown_since"])


def _when(item: Item) -> str:
    """When the registry posted the record that this is judged by, and when we saw it."""
    dates = []
    if item.get("posted_on"):
        dates.append(f"posted by the registry on {item['posted_on']}")
    if item.get("observed_at"):
        dates.append(f"seen by us on {minute(item['observed_at'])}")
    return one_line(f"Record {', '.join(dates)}") if dates else ""


def _fact(name: str, value: str) -> Fact:
    return Fact(name=name, value=one_line(value))


def plural(condition: Condition, number: int) -> str:
    """So many trials of which a condition holds, in words."""
    trials = count(number, "trial")
    is_one = number == 1
    match condition.kind:
        case ConditionKind.UNKNOWN:
            span = f" for {condition.days} days or more" if condition.days else ""
            return f"{trials} {'is' if is_one else 'are'} UNKNOWN{span}"
        case ConditionKind.LAPSING:
            return f"{trials} will turn UNKNOWN within {condition.days} days"
        case ConditionKind.RESULTS_DUE:
            return f"{trials} {'has' if is_one else 'have'} results due within {condition.days} days"
        case ConditionKind.RESULTS_OVERDUE:
            return f"{trials}: results reporting {APPEARS_OVERDUE}"
        case ConditionKind.UNVERIFIED:
            return f"{trials} not verified for {condition.months} months"


def plural_over(condition: Condition, number: int) -> str:
    """So many trials of which a condition is over, in words."""
    trials = count(number, "trial")
    match condition.kind:
        case ConditionKind.UNKNOWN:
            return f"{trials} no longer UNKNOWN"
        case ConditionKind.LAPSING:
            return f"{trials} no longer about to turn UNKNOWN"
        case ConditionKind.RESULTS_DUE:
            return f"{trials} no longer with results due"
        case ConditionKind.RESULTS_OVERDUE:
            return f"{trials} no longer with results that appear overdue"
        case ConditionKind.UNVERIFIED:
            return f"{trials} no longer unverified"
