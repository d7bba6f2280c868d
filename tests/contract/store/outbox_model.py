"""A plain model of the outbox: lists and loops, no index, no SQL; slow, and easy to believe.

Instants are seconds since the tests' NOW.
"""

from dataclasses import dataclass, field

WAITING = ("pending", "failed")


@dataclass(slots=True, kw_only=True)
class Entry:
    """A delivery."""

    number: int
    address: str
    due: float | None
    state: str = "pending"
    reason: str | None = None
    attempts: int = 0
    attempts_ever: int = 0
    is_held: bool = False
    came_held: bool = False
    dies: str | None = None
    lease: tuple[str, int] | None = None
    until: float = 0
    leases: int = 0

    def die(self, reason: str) -> None:
        """Be dead now, or once the lease ends."""
        if self.state == "leased":
            self.dies = reason
        else:
            self.state, self.due, self.reason = "dead", None, reason
            self.is_held = self.came_held = False

    def give_back(self) -> None:
        """Be what it was before the lease."""
        self.state = "failed" if self.attempts else "pending"
        self.lease = None
        if self.dies is not None:
            self.die(self.dies)
            self.dies = None


@dataclass(slots=True, kw_only=True)
class Place:
    """An address."""

    subscription: str
    endpoint: str
    is_active: bool = True
    failing_since: float | None = None


@dataclass(slots=True)
class Model:
    """What the outbox should be."""

    places: dict[str, Place]
    entries: dict[str, Entry] = field(default_factory=dict)
    rests: dict[str, tuple[float, Entry]] = field(default_factory=dict)
    claimed_at: dict[str, float] = field(default_factory=dict)

    def endpoint(self, entry: Entry) -> str:
        """The endpoint of a delivery."""
        return self.places[entry.address].endpoint

    def of(self, subscription: str) -> list[Entry]:
        """What waits or is under way of a subscription."""
        found = [one for one in self.entries.values() if self.places[one.address].subscription == subscription]
        return [one for one in found if one.state in (*WAITING, "leased")]

    def at_rest(self, now: float) -> list[str]:
        """The endpoints that rest: each until the next attempt of a delivery which waits for that."""
        found = [
            endpoint
            for endpoint, (until, one) in self.rests.items()
            if until > now and one.state in (*WAITING, "leased") and not one.is_held
        ]
        return sorted(found)

    def due(self, endpoint: str, now: float) -> list[Entry]:
        """What may be claimed of an endpoint, in order."""
        its_own = [one for one in self.entries.values() if self.endpoint(one) == endpoint]
        if endpoint in self.at_rest(now) or any(one.state == "leased" for one in its_own):
            return []
        open_ = [one for one in its_own if not one.is_held and self.places[one.address].is_active]
        found = []
        first_attempts_go = True
        for one in sorted(open_, key=lambda one: one.number):
            is_due = one.due is not None and one.due <= now
            if one.state == "pending":
                first_attempts_go = first_attempts_go and is_due
            if (one.state == "pending" and first_attempts_go) or (one.state == "failed" and is_due):
                found.append(one)
        return found

    def claim(self, holder: str, now: float, endpoints_most: int, per_endpoint_most: int) -> list[Entry]:
        """Lease what is due."""
        lanes = [(name, self.due(name, now)) for name in {place.endpoint for place in self.places.values()}]
        by_turn = sorted((self.claimed_at.get(name, -1), self._since(due), name, due) for name, due in lanes if due)
        claimed = []
        for _, _, name, due in by_turn[:endpoints_most]:
            self.claimed_at[name] = now
            claimed += self._lane(due, per_endpoint_most)
        for one in claimed:
            one.state, one.leases = "leased", one.leases + 1
            one.lease, one.until = (holder, one.leases), now + 60
        return claimed

    def settle(self, entry: Entry, ending: str, at: float, again: float) -> None:
        """One settlement by who holds the lease."""
        place = self.places[entry.address]
        if ending != "returned":
            entry.attempts, entry.attempts_ever = entry.attempts + 1, entry.attempts_ever + 1
            if ending == "sent":
                place.failing_since = None
                self.rests.pop(place.endpoint, None)
            elif place.failing_since is None:
                place.failing_since = at
        entry.lease = None
        if ending in ("sent", "dead"):
            entry.state, entry.due, entry.is_held, entry.dies = ending, None, False, None
            entry.reason = None if ending == "sent" else "gone"
        elif ending == "returned":
            entry.give_back()
        else:
            entry.due, entry.reason = again, "no answer"
            entry.give_back()
            if ending == "rests" and entry.state == "failed" and not entry.is_held:
                self.rests[place.endpoint] = (again, entry)

    def intervene(self, what: str, subscription: str, name: str, *, now: float) -> None:
        """What a person does to a subscription, to an address, or to all deliveries of a state."""
        place = self.places[name]
        match what:
            case "hold":
                for one in self.of(subscription):
                    one.is_held = True
            case "let go" | "skip":
                self.let_go(subscription, now, skip=what == "skip")
            case "kill":
                for one in self.of(subscription):
                    one.die(what)
            case "disable":
                place.is_active = False
                for one in self.of(place.subscription):
                    if one.address == name:
                        one.die(what)
            case "enable":
                place.is_active, place.failing_since = True, None
            case state:
                self.redeliver(state, now)

    def redeliver(self, state: str, now: float) -> None:
        """Begin all of a state anew."""
        for one in list(self.entries.values()):
            if one.state == state and self.places[one.address].is_active:
                one.state, one.attempts, one.due, one.reason = "pending", 0, now, None
                self.rests.pop(self.endpoint(one), None)

    def let_go(self, subscription: str, now: float, *, skip: bool) -> None:
        """Let go of what is held."""
        for one in self.of(subscription):
            if not one.is_held:
                continue
            if skip and one.came_held:
                one.die("skipped")
                if one.state == "dead":
                    continue
            one.is_held = one.came_held = False
            self.rests.pop(self.endpoint(one), None)
            if one.state == "failed":
                one.state, one.attempts, one.due = "pending", 0, now

    @staticmethod
    def _lane(due: list[Entry], most: int) -> list[Entry]:
        """First attempts by number, next ones by how long they are due, together in the order of numbers."""
        first = [one for one in due if one.state == "pending"][:most]
        again = sorted((one for one in due if one.state == "failed"), key=lambda one: (one.due, one.number))[:most]
        return sorted([*first, *again], key=lambda one: one.number)[:most]

    @staticmethod
    def _since(due: list[Entry]) -> float:
        """Since when the lane waits: its first pending one, or its longest waiting retry."""
        pending = [one.due or 0 for one in due if one.state == "pending"][:1]
        return min([*pending, *(one.due or 0 for one in due if one.state == "failed")])
