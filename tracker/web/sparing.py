"""Values that are worked out anew when somebody asks, unless that takes long: then not all the time.

It promises that a value which took more than a quarter of a second is not worked out again before twenty times as long
has passed, so that asking never takes more than a twentieth of a processor.
"""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

_LONG_S = 0.25
_REST = 20

_Value = TypeVar("_Value")


class Sparing(Generic[_Value]):
    """One value; to be asked by one thread at a time."""

    def __init__(self, work_out: Callable[[], _Value], *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._work_out = work_out
        self._monotonic = monotonic
        self._kept: list[_Value] = []
        self._again_at = 0.0

    def __call__(self) -> _Value:
        """The value."""
        began = self._monotonic()
        if not self._kept or began >= self._again_at:
            self._kept = [self._work_out()]
            ended = self._monotonic()
            took = ended - began
            self._again_at = ended + took * _REST if took > _LONG_S else 0.0
        return self._kept[0]
