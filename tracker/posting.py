"""The wiring of messages: from settings to what takes addresses, and to what sends and signs.

It promises that an error of the notifiers leaves here as one of the tracker's, and that no text of one holds an address
or a secret. It decides nothing: what is due, and to whom, is for ``tracker.alerts`` and ``tracker.delivery`` to say.
"""

import random
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from notifiers import unsubscribe_token
from notifiers.addresses import parse_networks
from notifiers.apprise import AppriseNotifier
from notifiers.email import EmailNotifier
from notifiers.errors import NotifierError, Unresolved
from notifiers.guard import Guard, system_resolver
from notifiers.masks import mask
from notifiers.notifier import Message, Outcome
from notifiers.parsing import Channel, parse_address
from notifiers.signing import new_secret, require_secret
from notifiers.webhook import Clocks, WebhookNotifier, WebhookSettings, system_tls
from store.deliveries import Delivery
from store.unit_of_work import Database
from tracker.alerts.rendering import envelope as rendering
from tracker.alerts.rendering.renderer import Renderer
from tracker.alerts.targets import Addressed, Target, require_targets
from tracker.delivery.connections import Channels
from tracker.delivery.deliverer import Deliverer, Pace
from tracker.delivery.holding import is_holder_gone, new_holder_name
from tracker.delivery.mail_settings import mail_settings
from tracker.delivery.rendering import Envelope, Render, Rendered
from tracker.delivery.unsubscribing import WayOut, unsubscribe_key
from tracker.delivery.verdicts import Schedule
from tracker.domain.clock import SystemClock
from tracker.domain.errors import InvalidInput
from tracker.domain.parts import about
from tracker.domain.record import Json
from tracker.domain.running import OPERATOR
from tracker.setting_groups import Settings
from tracker.sources.ctgov.opening import own_user_agent

_SETTLING_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One telling past the outbox: its id, which all attempts share, and when it was made and is sent; aware, UTC."""

    delivery_id: str
    created_at: datetime
    sent_at: datetime


def addressed(texts: Sequence[str], settings: Settings) -> Addressed:
    """The addresses that ``texts`` are, each with a secret of its own where its channel signs.

    Raises InvalidInput for what could never be delivered, without repeating it: it names the address by its place.
    """
    found = _found(texts, _guard(settings))
    notes = [note for one in found for note in one.notes]
    if any(target.channel == Channel.EMAIL for one in found for target in one.targets) and not settings.email.is_set:
        notes.append("no mail can be sent until TRIALOG_EMAIL__HOST and TRIALOG_EMAIL__SENDER are set")
    return Addressed(targets=[target for one in found for target in one.targets], notes=notes)


def addressed_to(texts: Sequence[str], settings: Settings) -> Addressed:
    """The addresses that a subscription is to have: at least one, none twice, refused as its part ``to``."""
    with about("to"):
        found = addressed(texts, settings)
        require_targets(found.targets)
    return found


def imagined(texts: Sequence[str], settings: Settings) -> list[Target]:
    """The addresses that ``texts`` are, of which nobody asks where they are. Raises InvalidInput, as ``addressed``."""
    guard = Guard(resolve=_asks_nobody, allow_networks=parse_networks(settings.webhook.allow_networks))
    return [target for one in _found(texts, guard) for target in one.targets]


def _asks_nobody(host: str, timeout_s: float) -> tuple[str, ...]:
    raise Unresolved("the host is not asked for")


def _found(texts: Sequence[str], guard: Guard) -> list[Addressed]:
    return [_address(number, text, guard) for number, text in enumerate(texts, 1)]


def _address(number: int, text: str, guard: Guard) -> Addressed:
    try:
        one = parse_address(text, guard)
    except NotifierError as err:
        raise InvalidInput(f"address {number}: {err}") from err
    target = Target(
        channel=one.channel.value,
        clear=one.clear,
        mask=mask(one.clear),
        endpoint=one.endpoint,
        secret=fresh_secret() if one.channel is Channel.WEBHOOK else None,
    )
    return Addressed(targets=[target], notes=[f"address {number}: {one.note}"] if one.note else [])


def fresh_secret() -> str:
    """A secret to sign with, which was never used before."""
    return new_secret(secrets.token_bytes)


def operator_target(settings: Settings) -> Target | None:
    """Where whoever runs trialog is told; None where nowhere. Nobody is asked where that is.

    A webhook is signed with the secret of the settings, or else with one that nobody knows. Raises InvalidInput, naming
    the setting, for an address or a secret that cannot be one.
    """
    operator = settings.operator
    if not operator.to:
        return None
    try:
        (target,) = imagined([operator.to], settings)
        if operator.secret:
            require_secret(operator.secret)
    except InvalidInput as err:
        raise InvalidInput(f"operator.to: {str(err).removeprefix('address 1: ')}") from err
    except NotifierError as err:
        raise InvalidInput(f"operator.secret: {err}") from err
    return replace(target, secret=operator.secret) if target.secret and operator.secret else target


def tell_operator(settings: Settings, target: Target, content: dict[str, Json], *, told: Telling) -> Outcome:
    """Send a notice past the outbox, once; what hinders it is told by the outcome."""
    rendered = _renderer(settings).render(
        content,
        rendering.Envelope(
            delivery_id=told.delivery_id,
            created_at=told.created_at,
            subscription=OPERATOR,
            instance=settings.public_url or "trialog",
        ),
    )
    message = Message(
        delivery_id=told.delivery_id,
        address=target.clear,
        sent_at=told.sent_at,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        body=rendered.body,
        content_type=rendered.content_type,
        secrets=() if target.secret is None else (target.secret,),
        list_id=rendered.list_id,
        thread_id=rendered.thread_id,
    )
    notifier = _channels(settings)[target.channel]()
    try:
        return notifier.send(message)
    finally:
        notifier.close()


def subscription_id_of(token: str, database: Database) -> str:
    """The subscription that a token from a message ends. Raises InvalidInput."""
    try:
        return unsubscribe_token.read(token.strip(), key=unsubscribe_key(database, secrets.token_bytes))
    except NotifierError as err:
        raise InvalidInput(str(err)) from err


def deliverer(database: Database, settings: Settings, *, now: Callable[[], datetime]) -> Deliverer:
    """What sends everything that is due."""
    return Deliverer(
        database=database,
        channels=_channels(settings),
        render=_render(settings),
        way_out=WayOut(public_url=settings.public_url, key=unsubscribe_key(database, secrets.token_bytes)),
        schedule=Schedule(waits_s=settings.delivery.retry_waits_s, jitter=random.random),
        now=now,
        holder=new_holder_name(),
        is_gone=is_holder_gone,
        pace=Pace(lease_s=settings.delivery.lease_s, lanes_most=settings.delivery.lanes),
    )


def longest_attempt_s(settings: Settings) -> float:
    """How long to wait for an attempt: as long as one may take, and a moment for another process to settle it."""
    return max(settings.webhook.timeout_s, settings.email.timeout_s) + _SETTLING_S


def _guard(settings: Settings) -> Guard:

    return Guard(resolve=system_resolver, allow_networks=parse_networks(settings.webhook.allow_networks))


def _channels(settings: Settings) -> Channels:

    guard, tls = _guard(settings), system_tls()
    clocks = Clocks(now=SystemClock().now)  # receivers have clocks of their own, whatever ours is
    webhooks = WebhookSettings(user_agent=own_user_agent(""), timeout_s=settings.webhook.timeout_s)
    mail = mail_settings(settings.email)
    return {
        Channel.WEBHOOK: lambda: WebhookNotifier(webhooks, guard, tls=tls, clocks=clocks),
        Channel.EMAIL: lambda: EmailNotifier(mail),
        Channel.APPRISE: lambda: AppriseNotifier(guard, timeout_s=settings.webhook.timeout_s),
    }


def _renderer(settings: Settings) -> Renderer:
    folder = Path(settings.delivery.templates).expanduser() if settings.delivery.templates else None
    if folder is not None and not folder.is_dir():
        raise InvalidInput(f"TRIALOG_DELIVERY__TEMPLATES is {folder}; expected a folder with templates")
    return Renderer(folder)


def _render(settings: Settings) -> Render:
    """What renders for delivery, which knows contents and envelopes of its own."""
    renderer = _renderer(settings)

    def render(delivery: Delivery, content: Any, envelope: Envelope) -> Rendered:
        made = renderer.render(
            content,
            rendering.Envelope(
                delivery_id=envelope.delivery_id,
                created_at=envelope.created_at,
                subscription=delivery.subscription,
                instance=envelope.public_url or "trialog",
                public_url=envelope.public_url,
                unsubscribe_url=envelope.unsubscribe_url,
                unsubscribe_token=envelope.unsubscribe_token or None,
            ),
        )
        return Rendered(
            subject=made.subject,
            text=made.text,
            html=made.html,
            body=made.body,
            content_type=made.content_type,
            thread_id=made.thread_id,
            list_id=made.list_id,
        )

    return render
