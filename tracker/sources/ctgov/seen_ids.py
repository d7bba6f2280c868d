"""Which trial ids a crawl has seen, in memory that does not grow with their number.

One bit per possible NCT number, in blocks that exist from their first id on: a megabyte for today's numbers, 15 MB at
the very most, and a few blocks for the few ids of a small scope.
"""

_BLOCK_BITS = 8192
_DIGITS_AT = len("NCT")


class SeenIds:
    """A set of NCT numbers in capitals that only grows."""

    def __init__(self) -> None:
        self._blocks: dict[int, int] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, trial_id: str) -> bool:
        place, bit = divmod(int(trial_id[_DIGITS_AT:]), _BLOCK_BITS)
        return bool(self.block(place) >> bit & 1)

    def add(self, trial_id: str) -> bool:
        """Put ``trial_id`` in; answers whether it is new."""
        place, bit = divmod(int(trial_id[_DIGITS_AT:]), _BLOCK_BITS)
        block = self.block(place)
        if block >> bit & 1:
            return False
        self._blocks[place] = block | 1 << bit
        self._count += 1
        return True

    def count_without(self, others: "SeenIds") -> int:
        """How many of these are not among ``others``."""
        return sum((block & ~others.block(place)).bit_count() for place, block in self._blocks.items())

    def block(self, place: int) -> int:
        """The ids of one block as a number, whose bits they are."""
        return self._blocks.get(place, 0)
