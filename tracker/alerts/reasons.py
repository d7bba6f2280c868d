"""Why somebody gets a message: what a subscription asks for, in a sentence. Pure."""

from tracker.domain.conditions import Condition, ConditionKind
from tracker.domain.subscription import Scope, Subscription, Wanted

_PARTS = (
    ("trials", "trial"),
    ("queries", "tracked query"),
    ("conditions", "condition"),
    ("interventions", "intervention"),
    ("sponsors", "sponsor"),
    ("countries", "country"),
    ("statuses", "status"),
    ("phases", "phase"),
)
_OPTIONS = (("types", "type"), ("fields", "field"), ("categories", "category"), ("origins", "origin"))


def reason_of(subscription: Subscription) -> str:
    """Why a message comes: ``the subscription stale asks for trials that are UNKNOWN by the rule, of all trials``."""
    return f"the subscription {subscription.name} asks for {asked_for(subscription, joined=' and for ')}"


def asked_for(subscription: Subscription, *, joined: str = " and ") -> str:
    """What is asked for: ``trials that are UNKNOWN and major changes; of all trials``."""
    wanted = [*_conditions(subscription.wanted), *_changes(subscription.wanted)]
    return f"{joined.join(wanted)}; {_scope(subscription.scope)}"


def in_words(condition: Condition) -> str:
    """A condition of time as people say it."""
    match condition.kind:
        case ConditionKind.UNKNOWN:
            return "trials that are UNKNOWN" + (f" for {condition.days} days or more" if condition.days else "")
        case ConditionKind.LAPSING:
            return f"trials that will turn UNKNOWN within {condition.days} days"
        case ConditionKind.RESULTS_DUE:
            return f"trials whose results are due within {condition.days} days"
        case ConditionKind.RESULTS_OVERDUE:
            return "trials whose results appear overdue, absent an unpublished extension"
        case ConditionKind.UNVERIFIED:
            return f"trials whose records were not verified for {condition.months} months"


def _conditions(wanted: Wanted) -> list[str]:
    return [in_words(condition) for condition in wanted.when]


def _changes(wanted: Wanted) -> list[str]:
    if not wanted.has_event_options:
        return [] if wanted.when else ["major changes"]
    told = [f"{word} {_alternatives(getattr(wanted, part))}" for part, word in _OPTIONS if getattr(wanted, part)]
    if wanted.significance:
        told.append(f"significance {wanted.significance} and above")
    return [f"changes of {' and '.join(told)}"]


def _scope(scope: Scope) -> str:
    told = [f"{word} {_alternatives(getattr(scope, part))}" for part, word in _PARTS if getattr(scope, part)]
    return f"only of {' and '.join(told)}" if told else "of all trials"


def _alternatives(values: tuple[str, ...]) -> str:
    return " or ".join(values)
