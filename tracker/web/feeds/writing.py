"""Feeds as bytes: Atom (RFC 4287) and JSON Feed 1.1. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from tracker.web.answering import json_bytes
from tracker.web.feeds.entries import FeedEntry
from tracker.web.templating import environment

ATOM = "application/atom+xml"
JSON_FEED = "application/feed+json"
_ATOM = "http://www.w3.org/2005/Atom"
_LONG_AGO = "1970-01-01T00:00:00Z"  # of a feed that has nothing yet
_AUTHOR = "trialog"

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0 has no way to write these

ElementTree.register_namespace("", _ATOM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed. ``id`` never changes; ``self_url`` is its own address, ``page_url`` that of the page with the same, and
    ``site_url`` what paths of entries stand under.
    """

    id: str
    title: str
    self_url: str
    page_url: str
    site_url: str
    entries: Sequence[FeedEntry]

    @property
    def updated_at(self) -> str:
        """When its newest entry was."""
        return max((entry.updated_at for entry in self.entries), default=_LONG_AGO)


def atom(feed: Feed) -> bytes:
    """The feed by RFC 4287."""
    root = ElementTree.Element(f"{{{_ATOM}}}feed")
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", feed.updated_at)
    _add(_add(root, "author"), "name", _AUTHOR)
    _add(root, "generator", "trialog")
    _add(root, "link", rel="self", href=feed.self_url, type=ATOM)
    _add(root, "link", rel="alternate", href=feed.page_url, type="text/html")
    for entry in feed.entries:
        _atom_entry(_add(root, "entry"), entry, feed.site_url)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def json_feed(feed: Feed) -> bytes:
    """The feed by JSON Feed 1.1."""
    return json_bytes(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": feed.title,
            "home_page_url": feed.page_url,
            "feed_url": feed.self_url,
            "authors": [{"name": _AUTHOR}],
            "language": "en",
            "items": [_json_item(entry, feed.site_url) for entry in feed.entries],
        }
    )


def _json_item(entry: FeedEntry, site_url: str) -> dict[str, object]:
    return {
        "id": entry.id,
        "url": f"{site_url}{entry.path}",
        "title": entry.title,
        "content_html": _html(entry, site_url),
        "date_published": entry.told_at,
        "date_modified": entry.updated_at,
        "tags": [entry.trial_id, *entry.categories],
    }


def _atom_entry(element: ElementTree.Element, entry: FeedEntry, site_url: str) -> None:
    _add(element, "id", entry.id)
    _add(element, "title", entry.title)
    _add(element, "link", rel="alternate", href=f"{site_url}{entry.path}", type="text/html")
    _add(element, "published", entry.told_at)
    _add(element, "updated", entry.updated_at)
    for name in (entry.trial_id, *entry.categories):
        _add(element, "category", term=name)
    _add(element, "content", _html(entry, site_url), type="html")


def _html(entry: FeedEntry, site_url: str) -> str:
    return environment().get_template("feed_entry.html").render(entry=entry, site_url=site_url).strip()


def _add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    said = {key: _NO_XML.sub("\ufffd", value) for key, value in attributes.items()}
    made = ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}", said)
    made.text = None if text is None else _NO_XML.sub("\ufffd", text)
    return made
