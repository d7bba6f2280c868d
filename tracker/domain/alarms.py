"""Which reasons are told to whoever runs trialog, and when one of them is over. Pure.

It promises that what comes and goes from look to look is told once, and that nothing is called over that could not be
looked at. Who is told, and how, it does not know.
"""

from collections.abc import Collection, Iterable, Mapping

from tracker.domain.fitness import OF_DATABASE, Code, Reason, reasons
from tracker.domain.running import OPERATOR, DatabaseFault, Facts

Key = tuple[str, str]
"""Code and subject, which name a trouble for as long as it lasts."""

_NOT_TOLD = frozenset({Code.NO_LEDGER})
_OF_VIEWS = frozenset({Code.SILENCE, Code.NO_RELEASE, Code.REGISTRY_BLOCKS, Code.SUBSCRIPTION_UNREACHABLE})
_ABSENT_LOOKS = 2
_ABSENT_LOOKS_OF = {Code.DISK_NEARLY_FULL: 10}  # a disk that is filled and emptied around the limit


def key_of(reason: Reason) -> Key:
    """What names the trouble of a reason."""
    return (str(reason.code), reason.subject)


def alarming(facts: Facts) -> list[Reason]:
    """The reasons of which the operator is told, the worst first: all but that nobody tells the operator anything."""
    return [one for one in reasons(facts) if one.code not in _NOT_TOLD and one.subject != OPERATOR]


def unclear(facts: Facts) -> frozenset[Code]:
    """The codes of which the facts do not tell whether all is well again."""
    if facts.database_fault not in (None, DatabaseFault.VIEWS_OUTDATED):
        return frozenset(Code) - OF_DATABASE - {Code.DISK_NEARLY_FULL}
    found = _OF_VIEWS if facts.database_fault else frozenset()
    is_polling = any(leg.outcome == "running" for leg in facts.legs)
    return found | {Code.REGISTRY_BLOCKS} if is_polling else found


def absent_looks(
    before: Mapping[Key, int], going_on: Iterable[Key], *, present: Collection[Key], unclear: Collection[str]
) -> dict[Key, int]:
    """In how many looks each trouble that goes on was absent since it was last met; a look that is unclear is none."""
    return {key: before.get(key, 0) + (key[0] not in unclear) for key in going_on if key not in present}


def are_over(absent: Mapping[Key, int], *, is_last_look: bool = False) -> frozenset[Key]:
    """The troubles that were absent for long enough; where nobody looks again soon, for one look."""
    return frozenset(
        key
        for key, looks in absent.items()
        if looks >= (1 if is_last_look else _ABSENT_LOOKS_OF.get(Code(key[0]), _ABSENT_LOOKS))
    )
