"""A crawl: every page of a query, and whether they were all there.

Rules (registry's OpenAPI, ``docs/registry.md``): every later page repeats all other parameters; no token means the
end; a token comes with every full page, so that the last page may be empty; the total comes with the first page.
"""

from collections.abc import Callable, Iterator, Mapping

from tracker.domain.record import nct_id
from tracker.registry import Page
from tracker.sources.ctgov.answers import Rows
from tracker.sources.ctgov.seen_ids import SeenIds

_MOST_EMPTY_PAGES = 3  # in a row, with a token each: the registry goes round in circles


class CtgovCrawl:
    """The pages that ``ask`` gives for ``parameters``; its laws are those of the port ``Crawl``."""

    def __init__(self, ask: Callable[[Mapping[str, str]], Rows], parameters: Mapping[str, str]) -> None:
        self._ask = ask
        self._parameters = dict(parameters)
        self._total: int | None = None
        self._rows = 0
        self._seen = SeenIds()
        self._trouble: str | None = "the crawl has not reached its end"

    @property
    def total(self) -> int | None:
        return self._total

    @property
    def rows(self) -> int:
        return self._rows

    @property
    def distinct_ids(self) -> int:
        return len(self._seen)

    @property
    def incomplete(self) -> str | None:
        if self._trouble is not None:
            return self._trouble
        if self.distinct_ids != self._rows:
            return f"{self._rows - self.distinct_ids} of {self._rows} rows came twice; total {self._total}"
        if self._rows != self._total:
            return f"{self._rows} rows came, but the registry counted {self._total}"
        return None

    def __iter__(self) -> Iterator[Page]:
        self._start_anew()
        token: str | None = None
        number = empty_pages = 0
        while True:
            found = self._ask(self._parameters if token is None else {**self._parameters, "pageToken": token})
            number += 1
            self._count(found, is_first=number == 1)
            empty_pages = 0 if found.rows else empty_pages + 1
            if found.rows:
                yield Page(number=number, rows=found.rows)
            if found.next_token is None:
                self._trouble = None
                return
            if found.next_token == token or empty_pages > _MOST_EMPTY_PAGES or self._rows > 2 * (self._total or 0):
                self._trouble = f"the registry's pages do not end; broken off after page {number}"
                return
            token = found.next_token

    def _start_anew(self) -> None:
        self._total = None
        self._rows = 0
        self._seen = SeenIds()
        self._trouble = "the crawl has not reached its end"

    def _count(self, found: Rows, *, is_first: bool) -> None:
        if is_first:
            self._total = found.total
        self._rows += len(found.rows)
        for row in found.rows:
            self._seen.add(nct_id(row) or "")
