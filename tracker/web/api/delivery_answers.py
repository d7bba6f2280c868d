"""What is answered of deliveries, for the OpenAPI: the keys of ``trialog deliveries --json`` and its like."""

from pydantic import BaseModel


class AttemptTold(BaseModel):
    """One attempt; `status` as the other side answered."""

    number: int
    at: str
    outcome: str
    status: int | None
    ms: int
    reason: str | None


class DeliveryAnswer(BaseModel):
    """One message to one address, and what came of it."""

    id: str
    subscription: str
    address: str
    address_number: int
    channel: str
    kind: str
    state: str
    is_held: bool
    items: list[str]
    trial_ids: list[str]
    created_at: str
    next_attempt_at: str | None
    settled_at: str | None
    reason: str | None
    pruned_at: str | None
    attempts: list[AttemptTold]


class LeftOutTold(BaseModel):
    """A delivery that is not sent again, and why."""

    id: str
    reason: str


class EnabledTold(BaseModel):
    """An address that was disabled and is tried again."""

    subscription: str
    address_number: int


class RedeliveredAnswer(BaseModel):
    """The ids of what will be sent again, and what was left out."""

    redelivered: list[str]
    left_out: list[LeftOutTold]
    enabled: list[EnabledTold] = []
