"""Answers that are worked out once and kept as long as nothing is recorded, since they take long on a large ledger.

It promises the answer of the very moment that is asked for: the ledger's position is part of what it is kept under.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

_MOST = 32


class Kept:
    """The last answers; any thread may ask."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, work_out: Callable[[], Any]) -> Any:
        """The answer under ``key``, worked out where it is not kept; two who ask at once may both do so."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        answer = work_out()
        with self._lock:
            self._answers[key] = answer
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)
        return answer
