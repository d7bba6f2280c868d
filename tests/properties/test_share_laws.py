"""Laws of recording in part: what is taken and what is left, one after the other, lead where both would together."""

from datetime import UTC, datetime

from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.properties.records import LAWFUL, pairs
from tests.records import Json
from tracker.diffing.canonical import canonical
from tracker.diffing.catalogue import default_catalogue
from tracker.domain.coverage import WHOLE
from tracker.domain.pointer import pattern_of
from tracker.pipeline.share import Share
from tracker.pipeline.stepping import Content, Step, Steps
from tracker.pipeline.transitions import Observed

_TO_OBJECT = ({"protocolSection": {"x": ["a"]}}, {"protocolSection": {"x": {"y": "b", "z": "c"}}})
_TO_LIST = tuple({"protocolSection": {"conditionsModule": {"conditions": said}}} for said in ("a", ["b", "c"]))


def step(old: Json, new: Json, share: Share) -> Step:
    """The step from one record to another."""
    observed = Observed(
        trial_id="NCT00000001",
        read=lambda: new,
        snapshot="new",
        coverage=WHOLE,
        posted_on=None,
        submitted_on=None,
        data_on=None,
        observed_at=datetime(2026, 3, 1, tzinfo=UTC),
        source="refresh",
        share=share,
    )
    steps = Steps(catalogue=default_catalogue(), record_of=lambda _: None, address_of=lambda _: "made")
    return steps.step(Content(number=1, snapshot="old", coverage=WHOLE, record=old), observed)


def patterns(told: Step) -> set[str]:
    """Where a step changes anything."""
    return {pattern_of(change.path) for change in told.changes}


@given(pair=pairs(), choice=st.integers(0, 2**16))
@example(pair=_TO_OBJECT, choice=1)
@example(pair=_TO_LIST, choice=1)
@LAWFUL
def test_what_is_taken_and_what_is_left_make_the_whole(pair: tuple[Json, Json], choice: int) -> None:
    """Whatever paths wait: none of them is recorded, and where others are, these are all that is left."""
    old, new = pair
    whole = step(old, new, Share())
    waiting = frozenset(path for at, path in enumerate(sorted(patterns(whole))) if choice >> at & 1)
    part = step(old, new, Share(without=waiting))
    assert not patterns(part) & waiting
    assume(part.changes)
    rest = step(part.record, new, Share(only=waiting))
    assert patterns(rest) <= waiting
    assert canonical(rest.record) == canonical(new)
