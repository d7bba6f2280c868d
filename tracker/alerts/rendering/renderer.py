"""Renders messages: content and envelope in, what channels take out.

Promises that text and HTML come of the same page, and that templates laid over ours cannot reach the program (they run
in a sandbox) nor stop a message: where one fails, ours is used, and that is logged. The clock, the network and the
database are none of its business; templates are read from the folder that it is given.
"""

from pathlib import Path

import structlog
from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, PackageLoader, StrictUndefined, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from tracker.alerts.content import Kind
from tracker.alerts.rendering.alarm_page import alarm_page, is_alarm, thread_of
from tracker.alerts.rendering.cloud_event import CONTENT_TYPE, cloud_event
from tracker.alerts.rendering.envelope import Envelope, Rendered
from tracker.alerts.rendering.page import Page
from tracker.alerts.rendering.pages import one_trial, page_of
from tracker.domain.record import Json

_LOG = structlog.get_logger()
TEXT, HTML = "message.txt", "message.html"
"""The templates that may be laid over ours; what they include may be, too."""


class Renderer:
    """Makes a ``Rendered`` of a message. ``folder`` holds templates that take the place of ours of the same name."""

    def __init__(self, folder: Path | None = None) -> None:
        ours = PackageLoader("tracker.alerts", "templates")
        self._ours = _environment(ours)
        self._laid_over = None if folder is None else _environment(ChoiceLoader([FileSystemLoader(folder), ours]))

    def render(self, content: dict[str, Json], envelope: Envelope) -> Rendered:
        """The message of ``content``, which ``tracker.alerts.content`` made."""
        if is_alarm(content):
            page, thread_id = alarm_page(content, envelope), thread_of(content)
        else:
            page = page_of(content, envelope)
            trial_id = None if content["kind"] == Kind.DIGEST else one_trial(content)
            thread_id = trial_id or envelope.subscription
        return Rendered(
            subject=page.subject,
            text=self._filled(TEXT, page),
            html=self._filled(HTML, page),
            body=cloud_event(content, envelope),
            content_type=CONTENT_TYPE,
            thread_id=thread_id,
            list_id=envelope.subscription,
        )

    def _filled(self, name: str, page: Page) -> str:
        if self._laid_over is not None:
            try:
                return self._laid_over.get_template(name).render(page=page)
            except Exception as err:  # noqa: BLE001  # whatever somebody's template does, the message goes out
                _LOG.warning("template_failed", template=name, error=repr(err)[:200])
        return self._ours.get_template(name).render(page=page)


def _environment(loader: BaseLoader) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=loader,
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
