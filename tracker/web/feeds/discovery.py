"""How a page says where the feeds of the same are, so that readers of feeds find them."""

from dataclasses import dataclass
from urllib.parse import unquote

from tracker.web.feeds.writing import ATOM, JSON_FEED


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """An address of a feed; ``kind`` is its media type."""

    title: str
    kind: str
    path: str

    @property
    def feed(self) -> str:
        """The path of the feed without its format, as it is written where nothing is escaped."""
        return unquote(self.path.partition("?")[0].rpartition(".")[0])


def feed_links(path: str, title: str, *, query: str = "") -> tuple[FeedLink, ...]:
    """Both forms of the feed at ``path``, such as ``/feeds/changes``, narrowed by ``query``, such as ``?type=...``; to
    be handed to a page as ``feeds``.
    """
    return (
        FeedLink(title=f"{title} (Atom)", kind=ATOM, path=f"{path}.atom{query}"),
        FeedLink(title=f"{title} (JSON Feed)", kind=JSON_FEED, path=f"{path}.json{query}"),
    )
