"""What is answered of subscriptions, for the OpenAPI: the keys of ``trialog subscriptions --json`` and its like."""

from pydantic import BaseModel


class ScopeTold(BaseModel):
    """Which trials."""

    trials: list[str]
    queries: list[str]
    conditions: list[str]
    interventions: list[str]
    sponsors: list[str]
    countries: list[str]
    statuses: list[str]
    phases: list[str]


class WhatTold(BaseModel):
    """What is told of them."""

    types: list[str]
    fields: list[str]
    categories: list[str]
    significance: str | None
    origins: list[str]
    when: list[str]
    from_now: bool
    remind_days: int | None
    include_contacts: bool
    include_backfill: bool


class DigestTold(BaseModel):
    """When digests come."""

    every: str
    at: str
    zone: str
    on: str | int | None


class WhenTold(BaseModel):
    """At once (`digest` is null), or as a digest."""

    digest: DigestTold | None
    even_empty: bool


class AddressTold(BaseModel):
    """Where messages go; the address is masked."""

    address: str
    address_number: int
    channel: str
    state: str
    disabled_at: str | None
    disabled_reason: str | None


class SubscriptionAnswer(BaseModel):
    """A subscription as it stands."""

    name: str
    state: str
    scope: ScopeTold
    what: WhatTold
    when: WhenTold
    created_at: str
    addresses: list[AddressTold]


class NewAddressTold(BaseModel):
    """Where messages go; `secret` is told this once, and null where there is none or it is not new."""

    address: str
    channel: str
    secret: str | None


class SecretsAnswer(BaseModel):
    """The addresses of a subscription, with the secrets that are new."""

    subscription: str
    addresses: list[NewAddressTold]


class MadeAnswer(SecretsAnswer):
    """... and what to know of what was asked for: what of it can never come, and where nobody may be reached."""

    notes: list[str]


class ResumedAnswer(SubscriptionAnswer):
    """A subscription that goes on; `messages_count`: how many messages that waited will be sent."""

    messages_count: int


class EndedAnswer(BaseModel):
    """A subscription that is ended. `unsent_count`: messages that waited and are not sent, null where it had ended
    before; `notes`: what keeps its addresses for a while, where something does."""

    name: str
    unsent_count: int | None
    is_forgotten: bool
    notes: list[str]
