"""A plain model of delivery: lists and loops, no threads, no SQL. Instants are seconds since the tests' start.

A lane takes first attempts in their order and retries by when they are due, so much of each, and sends them in order.
"""

from dataclasses import dataclass, field

WAITS_S = (0, 10, 100)
FIVE_DAYS_S = 5 * 86_400


@dataclass(slots=True, kw_only=True)
class Letter:
    """A message for an address; ``is_lost`` where it died with its address."""

    key: str
    address: str
    due: float
    state: str = "pending"
    attempts: int = 0
    is_held: bool = False
    is_lost: bool = False

    def told(self) -> tuple[str, str, int, float | None, bool]:
        """What is compared with the outbox."""
        due = self.due if self.state in ("pending", "failed") else None
        return (self.key, self.state, self.attempts, due, self.is_held)


@dataclass(slots=True, kw_only=True)
class Place:
    """An address."""

    endpoint: str
    is_active: bool = True
    is_paused: bool = False
    failing_since: float | None = None


@dataclass(slots=True)
class PostalModel:
    """What outbox and endpoints should be; ``ways`` is how each endpoint answers: ok, down, refuses or gone."""

    places: dict[str, Place]
    ways: dict[str, str]
    letters: list[Letter] = field(default_factory=list)
    rests: dict[str, tuple[float, Letter]] = field(default_factory=dict)
    arrived: dict[str, list[str]] = field(default_factory=dict)

    def post(self, address: str, key: str, now: float) -> None:
        """A message more; to a disabled address it is dead at once."""
        place = self.places[address]
        state = "pending" if place.is_active else "dead"
        is_held = place.is_paused and place.is_active
        is_lost = not place.is_active
        self.letters.append(Letter(key=key, address=address, due=now, state=state, is_held=is_held, is_lost=is_lost))

    def deliver(self, now: float, *, per_lane_most: int) -> None:
        """Send what is due until nothing is, so much at a time."""
        for endpoint in self.ways:
            while self._lane(endpoint, now, per_lane_most):
                pass

    def resume(self, address: str, now: float) -> None:
        """Send again what was held or lost."""
        place = self.places[address]
        lost = [one for one in self._of(address) if one.is_lost and not place.is_active]
        held = [one for one in self._of(address) if one.is_held]
        for one in [*lost, *(one for one in held if one.state == "failed")]:
            one.state, one.attempts, one.due, one.is_lost = "pending", 0, now, False
        for one in held:
            one.is_held = False
        if not place.is_active:
            place.failing_since = None
        if lost or held:
            self.rests.pop(place.endpoint, None)
        place.is_active, place.is_paused = True, False

    def pause(self, address: str) -> None:
        """Hold what waits; where it is paused already, nothing happens."""
        if self.places[address].is_paused:
            return
        self.places[address].is_paused = True
        for one in self._of(address):
            one.is_held = one.is_held or one.state in ("pending", "failed")

    def redeliver(self, state: str, now: float) -> None:
        """Begin what is sent or dead anew."""
        for one in self.letters:
            place = self.places[one.address]
            if one.state == state and place.is_active:
                one.state, one.attempts, one.due, one.is_lost = "pending", 0, now, False
                self.rests.pop(place.endpoint, None)

    def _of(self, address: str) -> list[Letter]:
        return [one for one in self.letters if one.address == address]

    def _is_at_rest(self, endpoint: str, now: float) -> bool:
        """Whether an endpoint rests until the next attempt of a message, and that one waits for it."""
        until, one = self.rests.get(endpoint, (now, None))
        return until > now and one is not None and one.state == "failed" and not one.is_held

    def _lane(self, endpoint: str, now: float, most: int) -> bool:
        """Send what is due of an endpoint once; whether anything was tried."""
        if self._is_at_rest(endpoint, now):
            return False
        due = [one for one in self.letters if self._is_due(one, endpoint, now)]
        first = [one for one in due if one.state == "pending"][:most]
        again = sorted((one for one in due if one.state == "failed"), key=lambda one: one.due)[:most]
        for one in sorted([*first, *again], key=self.letters.index)[:most]:
            if self.places[one.address].is_active:
                self._attempt(one, now)
                if self.ways[endpoint] == "down" and one.state == "failed":
                    break  # the endpoint rests until then; one that died has no next attempt to wait for
        return bool(due)

    def _is_due(self, one: Letter, endpoint: str, now: float) -> bool:
        place = self.places[one.address]
        waits = one.state in ("pending", "failed") and one.due <= now and not one.is_held
        return waits and place.endpoint == endpoint and place.is_active

    def _attempt(self, one: Letter, now: float) -> None:
        place = self.places[one.address]
        self.arrived.setdefault(place.endpoint, []).append(one.key)
        one.attempts += 1
        way = self.ways[place.endpoint]
        if way == "ok":
            one.state, place.failing_since = "sent", None
            self.rests.pop(place.endpoint, None)
            return
        has_failed_long = place.failing_since is not None and now - place.failing_since >= FIVE_DAYS_S
        place.failing_since = now if place.failing_since is None else place.failing_since
        is_over = way == "gone" or has_failed_long
        if one.attempts == len(WAITS_S) and not is_over:
            one.state = "dead"
        else:
            one.state, one.due = "failed", now + (*WAITS_S, WAITS_S[-1])[one.attempts]
            if way == "down":
                self.rests[place.endpoint] = (one.due, one)
        if is_over:
            self._disable(one.address)

    def _disable(self, address: str) -> None:
        self.places[address].is_active = False
        for one in self._of(address):
            if one.state in ("pending", "failed"):
                one.state, one.is_held, one.is_lost = "dead", False, True
