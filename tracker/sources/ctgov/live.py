"""ClinicalTrials.gov as a registry that can be asked: the adapter of the port ``tracker/registry.py``.

It knows the addresses of API v2 and of the site's history, and which answer means what. Manners, retries and blocks
are the courtesy's. Sources: the registry's OpenAPI; ``docs/registry.md`` for the history, which is undocumented.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from tracker.domain.errors import NotFound
from tracker.domain.query import Query
from tracker.domain.record import Json, nct_id
from tracker.domain.trial_id import parse_trial_id
from tracker.registry import Found, Gone, HistoryEntry, Merged, Release
from tracker.sources.ctgov import answers
from tracker.sources.ctgov.addresses import address, id_batches
from tracker.sources.ctgov.answers import Rows
from tracker.sources.ctgov.courtesy import Courtesy, Unusable
from tracker.sources.ctgov.crawling import CtgovCrawl
from tracker.sources.ctgov.field_names import names_of, require_known
from tracker.sources.ctgov.manners import Manners
from tracker.sources.ctgov.transport import Response

API = "/api/v2"
HISTORY_API = "/api/int"
PAGE_SIZE = 1000  # the most that the registry gives
_STUDIES = f"{API}/studies"
_OWN_ID, _ALIASES = "NCTId", "NCTIdAlias"
_REMEMBERED_HISTORIES = 64
_Answer = TypeVar("_Answer")


class CtgovRegistry:
    """The registry at ``site`` (its address without a slash at the end)."""

    def __init__(self, courtesy: Courtesy, *, site: str, manners: Manners, page_size: int = PAGE_SIZE) -> None:
        self._courtesy = courtesy
        self._site = site
        self._manners = manners
        self._page_size = page_size
        self._known_fields: frozenset[str] | None = None
        self._versions: OrderedDict[str, frozenset[int]] = OrderedDict()

    @property
    def requests(self) -> int:
        return self._courtesy.requests

    @property
    def bytes(self) -> int:
        return self._courtesy.bytes

    def release(self) -> Release:
        return self._ask(f"{API}/version", {}, answers.release_of)

    def crawl(self, query: Query, *, fields: Sequence[str] | None = None, sort: str | None = None) -> CtgovCrawl:
        parameters = dict(query.parameters) | self._selection(fields)
        if sort is not None:
            parameters["sort"] = sort
        parameters |= {"countTotal": "true", "pageSize": str(self._page_size)}

        def ask(asked: Mapping[str, str]) -> Rows:
            self.check_fields(fields or ())
            return self._ask(_STUDIES, asked, _counted if "pageToken" not in asked else answers.rows_of)

        return CtgovCrawl(ask, parameters)

    def studies_by_id(self, ids: Iterable[str], *, fields: Sequence[str] | None = None) -> Iterator[tuple[str, Json]]:
        asked = tuple(dict.fromkeys(map(parse_trial_id, ids)))
        frame = self._selection(fields, with_aliases=True) | {"pageSize": str(self._page_size)}
        if asked:
            self.check_fields(fields or ())
        for batch in id_batches(asked, site=self._site, path=_STUDIES, parameters=frame, most=self._page_size):
            yield from self._batch(batch, frame)

    def study(self, trial_id: str) -> Found | Merged | Gone:
        trial_id = parse_trial_id(trial_id)

        def read(response: Response) -> Found | Merged | Gone:
            if response.status in answers.REDIRECTS:
                return Merged(into=answers.redirected_to(response, trial_id=trial_id))
            if _says_not_found(response):
                return Gone()
            record = answers.record_of(response)
            own_id = nct_id(record)
            if own_id == trial_id:
                return Found(record=record)
            if trial_id not in answers.aliases_of(record):
                raise Unusable(f"it answered with {own_id} in place of {trial_id}")
            return Merged(into=str(own_id))

        return self._ask(f"{_STUDIES}/{trial_id}", {}, read)

    def history(self, trial_id: str) -> list[HistoryEntry]:
        trial_id = parse_trial_id(trial_id)

        def read(response: Response) -> list[HistoryEntry]:
            _refuse_absent(response, trial_id)
            return answers.history_of(response)

        entries = self._ask_history(f"{trial_id}/history", read)
        self._versions[trial_id] = frozenset(entry.version for entry in entries)
        self._versions.move_to_end(trial_id)
        if len(self._versions) > _REMEMBERED_HISTORIES:
            self._versions.popitem(last=False)
        return entries

    def history_version(self, trial_id: str, version: int) -> Json:
        trial_id = parse_trial_id(trial_id)
        if version not in self._versions.get(trial_id, ()):
            self.history(trial_id)
        known = self._versions[trial_id]
        if version not in known:  # the registry would answer 403, as if we were blocked
            raise NotFound(
                f"{trial_id} has no version {version} at the registry; its newest is {max(known, default=0)}"
            )

        def read(response: Response) -> Json:
            _refuse_absent(response, trial_id)
            return answers.version_of(response, trial_id=trial_id, version=version)

        return self._ask_history(f"{trial_id}/history/{version}", read)

    def check_fields(self, names: Iterable[str]) -> None:
        asked = tuple(names)
        if not asked:
            return
        if self._known_fields is None:
            self._known_fields = self._ask(f"{_STUDIES}/metadata", {}, names_of)
        require_known(asked, known=self._known_fields)

    def _ask(self, path: str, parameters: Mapping[str, str], read: Callable[[Response], _Answer]) -> _Answer:
        url = address(self._site, path, parameters)
        return self._courtesy.ask(url, interval_s=self._manners.request_interval_s, read=read)

    def _ask_history(self, path: str, read: Callable[[Response], _Answer]) -> _Answer:
        url = address(self._site, f"{HISTORY_API}/studies/{path}")
        return self._courtesy.ask(url, interval_s=self._manners.history_interval_s, read=read)

    def _selection(self, fields: Sequence[str] | None, *, with_aliases: bool = False) -> dict[str, str]:
        """``fields`` as a parameter, with the id, which says what a row is, and the aliases where they are needed."""
        if fields is None:
            return {}
        needed = (_OWN_ID, _ALIASES) if with_aliases else (_OWN_ID,)
        return {"fields": ",".join(dict.fromkeys((*needed, *fields)))}

    def _batch(self, batch: tuple[str, ...], frame: Mapping[str, str]) -> Iterator[tuple[str, Json]]:
        waiting = set(batch)

        def read(response: Response) -> Rows:
            found = answers.rows_of(response)
            if len(found.rows) > len(batch):
                raise Unusable(f"it answered with {len(found.rows)} trials to {len(batch)} ids")
            return found

        token: str | None = None
        for _ in batch:  # a page a trial is the worst that can be
            more = {} if token is None else {"pageToken": token}
            found = self._ask(_STUDIES, {**frame, "filter.ids": ",".join(batch), **more}, read)
            for record in found.rows:
                for trial_id in (nct_id(record), *answers.aliases_of(record)):
                    if trial_id in waiting:
                        waiting.discard(trial_id)
                        yield trial_id, record
            token = found.next_token
            if token is None:
                return


def _counted(response: Response) -> Rows:
    """A first page, which must tell the total."""
    found = answers.rows_of(response)
    if found.total is None:
        raise Unusable("its first page does not tell the total")
    return found


def _says_not_found(response: Response) -> bool:
    """Whether the registry itself says so: a web page with 404 comes from something before it."""
    if response.status != answers.NOT_FOUND:
        return False
    if answers.is_html(response):
        raise Unusable("a web page says 404, which is not the registry's own answer")
    return True


def _refuse_absent(response: Response, trial_id: str) -> None:
    if _says_not_found(response):
        raise NotFound(f"the registry has no history of {trial_id}: {answers.quote_of(response)}")
    if response.status in answers.REDIRECTS:
        into = answers.redirected_to(response, trial_id=trial_id)
        raise NotFound(f"{trial_id} has been merged into {into}; ask for that one's history")
