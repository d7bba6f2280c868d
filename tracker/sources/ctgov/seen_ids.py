"""Which trial ids a crawl has seen, in memory that does not grow with their number.

One bit per possible NCT number up to the highest seen: under a megabyte for today's numbers, 12.5 MB at the very most.
"""

_BITS = tuple(1 << bit for bit in range(8))
_DIGITS_AT = len("NCT")


class SeenIds:
    """A set of NCT numbers in capitals that only grows."""

    def __init__(self) -> None:
        self._bits = bytearray()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, trial_id: str) -> bool:
        place, bit = divmod(int(trial_id[_DIGITS_AT:]), 8)
        return place < len(self._bits) and bool(self._bits[place] & _BITS[bit])

    def add(self, trial_id: str) -> bool:
        """Put ``trial_id`` in; answers whether it is new."""
        place, bit = divmod(int(trial_id[_DIGITS_AT:]), 8)
        if place >= len(self._bits):
            self._bits.extend(bytes(place + 1 - len(self._bits)))
        if self._bits[place] & _BITS[bit]:
            return False
        self._bits[place] |= _BITS[bit]
        self._count += 1
        return True

    def count_without(self, others: "SeenIds") -> int:
        """How many of these are not among ``others``."""
        return (self.as_number() & ~others.as_number()).bit_count()

    def as_number(self) -> int:
        """The set as one number, whose bits are the ids."""
        return int.from_bytes(self._bits, "little")
