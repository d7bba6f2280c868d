"""Tells the story: moves the time and the registry, lets the daemon work, runs the commands, shows what was received.

It promises that each line behind a ``$`` is a command that it runs, and that what it says of the daemon was seen: in
the ledger, at the two receivers, and by its exit status. The time stands still but where the story moves it, and the
daemon has done with one step before the next is made: that is why the story is told alike every time, but for ports,
and what is made of chance and of the machine's time (secrets, signatures, tokens).
"""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import Any

import click

from tracker.cli.demo.daemon_process import DaemonProcess, running
from tracker.cli.demo.receivers import Post, Receivers
from tracker.cli.demo.story import CHAPTERS, Chapter, Scene, opening
from tracker.cli.demo.watch import Watch
from tracker.cli.failures import Interrupted
from tracker.cli.page import Page
from tracker.cli.session import Session
from tracker.domain.errors import Permanent
from tracker.domain.safe_text import one_line
from tracker.domain.wording import count as counted
from tracker.pipeline.status import Status
from tracker.seeing import Seeing
from tracker.services import Services, Surroundings
from tracker.settings import environment_with
from tracker.simulator.world import World
from tracker.views.standing import standing

_MORNING = time(0, 5, tzinfo=UTC)  # after which the daemon looks what the new day did
_HEADERS = ("From", "To", "Subject", "Date", "Message-ID", "List-Id", "Auto-Submitted")
_SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What the story needs: the registry's world, who is told, the settings by name, and the file of the log."""

    world: World
    receivers: Receivers
    options: Mapping[str, str]
    log: Path


class Telling:
    """Tells it once."""

    def __init__(self, stage: Stage) -> None:
        numbers = count(1)
        self._stage = stage
        self._surroundings = Surroundings(new_id=lambda: f"demo-{next(numbers):02}")
        self._page = Page()
        self._seen = (0, 0, 0)  # events, mails and posts so far
        self._remembered: tuple[Sequence[EmailMessage], Sequence[Post]] = ((), ())
        self._all_well = True

    def tell(self) -> bool:
        """The whole story; answers whether all went well."""
        self._show(opening(self._stage.receivers.addresses))
        with ExitStack() as stack:
            services = stack.enter_context(self._session().services())
            with services.database.reading() as transaction:
                self._seen = (transaction.events.head().count, 0, 0)
            self._line("$ trialog run &", fg="cyan")
            daemon = stack.enter_context(running(environment_with(self._stage.options), log=self._stage.log))
            watch = Watch(daemon=daemon, database=services.database)
            for chapter in CHAPTERS:
                self._live(chapter, watch)
            self._show_received(services)
            self._show_end(services, daemon)
        return self._all_well

    # A day

    def _live(self, chapter: Chapter, watch: Watch) -> None:
        first, *others = chapter.scenes
        self._say(first)
        self._let_pass(chapter, watch)
        self._show_work(watch.events(), is_remembered=chapter.is_remembered)
        self._run_all(first)
        for scene in others:
            self._show(scene)

    def _show_work(self, events: int, *, is_remembered: bool) -> None:
        """What the daemon did since this was shown last; ``events``: those of the whole ledger."""
        events_before, mails_before, posts_before = self._seen
        mails, posts = self._receivers.mails[mails_before:], self._receivers.posts[posts_before:]
        self._seen = events, mails_before + len(mails), posts_before + len(posts)
        if is_remembered:
            self._remembered = mails, posts
        self._page.line(f"trialog run: {counted(events - events_before, 'event')} recorded")
        for line in (
            *sorted(f"mail     {one_line(str(mail['Subject']))}" for mail in mails),
            *sorted(f"webhook  {_told(post)}" for post in posts),
        ):
            self._page.line(line, indent=2, hang=9)

    def _let_pass(self, chapter: Chapter, watch: Watch) -> None:
        """Let the day come, then its release; each time the daemon does what is due."""
        world = self._stage.world
        world.clock.move_to(datetime.combine(chapter.on, _MORNING))
        world.set_today(chapter.on)
        watch.until_done("clock", "release", since=world.clock.now())
        watch.until_sent()
        if chapter.happens is not None:
            chapter.happens(world)
            world.publish()
            watch.until_done("release", since=world.clock.now())
        world.clock.move_to(world.clock.now() + timedelta(minutes=1))
        watch.until_done("deliver", since=world.clock.now())
        watch.until_sent()

    # Commands

    def _show(self, scene: Scene) -> None:
        self._say(scene)
        self._run_all(scene)

    def _say(self, scene: Scene) -> None:
        click.echo()
        self._line(f"# {scene.said}", bold=True)

    def _run_all(self, scene: Scene) -> None:
        for arguments in scene.commands:
            self._run(*arguments)

    def _run(self, *arguments: str) -> None:
        """Run a command on the demonstration's ledger and registry, as a person would."""
        from tracker.cli.main import cli

        self._line(f"$ trialog {shlex.join(arguments)}", fg="cyan")
        session = self._session()
        try:
            cli.main(list(arguments), prog_name="trialog", standalone_mode=False, obj=session)
        except Interrupted as err:
            raise Interrupted from err  # there is nothing to go on with
        self._all_well = self._all_well and session.status == 0

    def _session(self) -> Session:
        return Session(options=self._stage.options, surroundings=self._surroundings)

    # The end

    def _show_received(self, services: Services) -> None:
        """What came on the day that is remembered. Raises Permanent where anything did not."""
        mails, posts = self._remembered
        if not posts or (not mails and self._receivers.smtp_port is not None):
            raise Permanent("the daemon sent what was due, and not all of it was received")
        for mail in mails:
            self._show_mail(mail)
        if self._receivers.smtp_port is None:
            self._title("No mail: its server, aiosmtpd, is not installed; pip install 'trialog[demo]'.")
        secrets = list(_secrets(services))
        for post in posts:
            self._show_post(post, secrets)

    def _show_mail(self, mail: EmailMessage) -> None:
        self._title(f"The mail of {mail['Date']}, as it was received:")
        self._page.fields([(name, one_line(str(mail[name]))) for name in _HEADERS if mail[name]], indent=2)
        self._page.line()
        for line in _text_of(mail).splitlines():
            self._page.line(line, indent=2 if line else 0)

    def _show_post(self, post: Post, secrets: Sequence[str]) -> None:
        self._title("The webhook of the same alert, as it was received:")
        self._page.fields([(name, one_line(post.headers.get(name, ""))) for name in _SIGNED], indent=2)
        self._page.line()
        for line in json.dumps(json.loads(post.body), indent=2, ensure_ascii=False).splitlines():
            self._page.line(line, indent=2, hang=len(line) - len(line.lstrip()) + 2)
        is_signed = any(post.is_signed_with(secret) for secret in secrets)
        self._all_well = self._all_well and is_signed
        verdict = "holds" if is_signed else "DOES NOT HOLD"
        self._page.line(f"The signature {verdict}, by the secret that subscribe showed.")

    def _show_end(self, services: Services, daemon: DaemonProcess) -> None:
        status = Seeing(database=services.database, settings=lambda: services.settings, now=services.now).status()
        self._title("How is it? trialog status, in a line; then SIGTERM.")
        self._page.line("; ".join(_in_a_line(status)), hang=2)
        ended_with = daemon.end()
        self._page.line(f"The daemon ended with {ended_with}.")
        self._all_well = self._all_well and status.ok and ended_with == 0

    # Lines

    @property
    def _receivers(self) -> Receivers:
        return self._stage.receivers

    def _title(self, text: str) -> None:
        click.echo()
        self._line(f"# {text}", bold=True)

    def _line(self, text: str, **style: Any) -> None:
        click.secho(text, **style)


def _told(post: Post) -> str:
    event = json.loads(post.body)
    return one_line(f"{event['type']} {event['subject']}")


def _text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return "" if body is None else str(body.get_content())


def _secrets(services: Services) -> Iterator[str]:
    with services.database.reading() as transaction:
        for asked in standing(transaction.connection):
            for address in transaction.addresses.of(asked.subscription_id):
                yield from (one.secret for one in address.secrets or ())


def _in_a_line(status: Status) -> Iterator[str]:
    """What ``trialog status`` says first, what it counts, and what became of the messages."""
    yield "All is well" if status.ok else "; ".join(reason.message for reason in status.reasons)
    if status.counts is not None:
        yield ", ".join(
            (
                counted(status.counts.trials, "trial"),
                counted(status.counts.revisions, "revision"),
                counted(status.survey.events or 0, "event"),
            )
        )
    yield ", ".join(f"{total} {state}" for state, total in status.survey.deliveries.items() if total)
    alive = [one for one in status.survey.facts.daemons if one.alive]
    yield f"{counted(len(alive), 'daemon')}: {', '.join(role for one in alive for role in one.roles)}"
