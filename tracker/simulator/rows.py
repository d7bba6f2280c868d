"""A registry of many rows that exist only while they are sent: for measuring a sweep of 605,000 trials.

It promises the same paging and the same parameters checks as the registry for ``/version`` and ``/studies``, with
memory for one page. Every row has the same short record but for its number, its dates and its status; there are
no queries, and nothing ever changes.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from tracker.simulator import answers, parameters
from tracker.simulator.answers import Answer, Page, in_text
from tracker.simulator.listing import offset_of, token_of
from tracker.simulator.parameters import Refused

_ROW = (
    b'{"protocolSection":{"identificationModule":{"nctId":"NCT%08d"},"statusModule":{"statusVerifiedDate":"2026-%02d",'
    b'"overallStatus":"%s","primaryCompletionDateStruct":{"date":"2027-%02d"},"completionDateStruct":{"date":"2028-%02d"},'
    b'"lastUpdateSubmitDate":"2026-%02d-11","lastUpdatePostDateStruct":{"date":"2026-%02d-17"}},'
    b'"sponsorCollaboratorsModule":{"leadSponsor":{"name":"Made Sponsor %d"}}},"hasResults":false}'
)
_STATUSES = (b"RECRUITING", b"COMPLETED", b"NOT_YET_RECRUITING", b"TERMINATED", b"ACTIVE_NOT_RECRUITING")


def usual_row(number: int) -> bytes:
    """The row of the trial with this number, as a sweep's short field list gives it."""
    month = number % 9 + 1
    status = _STATUSES[number % len(_STATUSES)]
    return _ROW % (number, month, status, month, month, month, month, number % 9973)


class RowAnswers:
    """Answers with ``count`` made rows; ``row`` gives the encoded row of a number from 1 to ``count``."""

    def __init__(self, count: int, *, data_time: datetime, row: Callable[[int], bytes] = usual_row) -> None:
        self._count = count
        self._timestamp = data_time.strftime("%Y-%m-%dT%H:%M:%S")
        self._row = row

    def answer(self, path: str, params: Sequence[tuple[str, str]]) -> Answer:
        try:
            if path == "/api/v2/version":
                parameters.only(params, frozenset())
                return answers.version(self._timestamp)
            if path == "/api/v2/studies":
                return Answer(page=self._page(parameters.only(params, parameters.OF_LIST)))
        except Refused as err:
            return in_text(400, str(err))
        return in_text(404, "Not found")

    def rows(self) -> Iterable[bytes]:
        """Every row, one after the other."""
        return map(self._row, range(1, self._count + 1))

    def _page(self, params: dict[str, str]) -> Page:
        parameters.fields(params.get("fields"))
        size, start = parameters.page_size(params), offset_of(params.get("pageToken"))
        here = range(start + 1, min(start + size, self._count) + 1)
        return Page(
            rows=list(map(self._row, here)),
            total=self._count if parameters.flag(params, "countTotal") and start == 0 else None,
            token=token_of(start + size) if len(here) == size else None,
        )
