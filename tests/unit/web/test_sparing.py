"""Values that are worked out sparingly, and totals that do not fall."""

from collections.abc import Callable

import pytest

from tracker.web.sparing import Rising, Sparing


@pytest.mark.parametrize(("took_s", "expected"), ((0.25, [1, 2, 3]), (1.0, [1, 1, 2])))
def test_a_value_that_takes_long_is_kept_for_a_while(took_s: float, expected: list[int]) -> None:
    """Twenty times as long; a quick one is worked out whenever it is asked for."""
    times, count = [0.0], [0]

    def work() -> int:
        times[0] += took_s
        count[0] += 1
        return count[0]

    clock: Callable[[], float] = lambda: times[0]  # noqa: E731
    value = Sparing(work, monotonic=clock)
    found = [value()]
    times[0] += 19.9
    found.append(value())
    times[0] += 0.2
    found.append(value())
    assert expected == found


def test_totals_go_on_when_some_of_what_was_counted_is_deleted() -> None:
    """Also when all of it is."""
    rising: Rising[str] = Rising()
    assert {"a": 5, "b": 1} == rising.of({"a": 5, "b": 1})
    assert {"a": 5, "b": 1} == rising.of({"a": 2})
    assert {"a": 6, "b": 3} == rising.of({"a": 3, "b": 2})
