"""Values that are worked out sparingly."""

from collections.abc import Callable

import pytest

from tracker.web.sparing import Sparing


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
