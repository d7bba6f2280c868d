"""How memory is kept by commands that run for months.

The GNU C library gives threads heaps of their own, eight for each core, and what is free in one serves no other: a
daemon whose pages are looked at by forty threads in turn grows for days. Two are enough where one thread works at a
time. It promises nothing with other C libraries, which know no such choice.
"""

import ctypes

_ARENA_MAX = -8  # M_ARENA_MAX of malloc.h
_HEAPS = 2


def keep_few_heaps() -> None:
    """Have threads share two heaps from now on; to be called before there are any."""
    try:
        ctypes.CDLL(None).mallopt(_ARENA_MAX, _HEAPS)
    except (AttributeError, OSError, TypeError):  # none of GNU's
        return
