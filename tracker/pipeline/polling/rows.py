"""Compares short rows with what is held: which trials have to be read in full.

It promises that a row which says anything else than the newest content that is held leads to a reading, and that
memory and time are those of a page: one look-up in the views for all of its rows, one fingerprint for each.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from tracker.domain.record import Json, is_withheld, nct_id
from tracker.domain.short_row import FIELDS, short_row
from tracker.domain.whereabouts import Whereabouts
from tracker.pipeline.polling.work import ASK_ROWS, Work, batches
from tracker.views.polled import known_trials

_LOOK_UP = 1000


class RowReader:
    """Takes short rows for one reading of a leg; what differs is asked for, some hundreds of trials at a time."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._wanted: dict[str, None] = {}
        self.absent: set[str] = set()

    def take(self, rows: Sequence[Json]) -> None:
        """Compare rows, each of which is of the trial that it names."""
        for at in range(0, len(rows), _LOOK_UP):
            self._compare(rows[at : at + _LOOK_UP])
        while len(self._wanted) >= ASK_ROWS:
            self._read(ASK_ROWS)

    def listed(self, ids: Iterable[str], *, whole: Callable[[Json], bool] = lambda _: False) -> Iterator[str]:
        """Ask for the rows of ``ids`` and compare them; hands on each that came under its own id.

        Those of which ``whole`` says so are read in full, whatever their rows say.
        """
        for batch in batches(ids, ASK_ROWS):
            rows = [row for trial_id, row in self._work.listed(batch, FIELDS) if nct_id(row) == trial_id]
            for row in filter(whole, rows):
                self.want(str(nct_id(row)))
            self.take([row for row in rows if not whole(row)])
            yield from (str(nct_id(row)) for row in rows)

    def want(self, trial_id: str) -> None:
        """Read a trial in full, whatever its row says."""
        self._wanted[trial_id] = None

    def finish(self) -> None:
        """Read what is left; ``absent`` are then those that were wanted and did not come."""
        self._read(len(self._wanted))

    def _compare(self, rows: Sequence[Json]) -> None:
        ids = [nct_id(row) or "" for row in rows]
        with self._work.database.reading() as transaction:
            known = known_trials(transaction.connection, ids)
        same: list[str] = []
        for trial_id, row in zip(ids, rows, strict=True):
            held = known.get(trial_id)
            if held is not None and held.short_row == short_row(row) and held.whereabouts is Whereabouts.VISIBLE:
                same.append(trial_id)
            elif is_withheld(row):
                if held is not None and held.whereabouts is not Whereabouts.WITHHELD:
                    self._wanted[trial_id] = None  # the stub says which release it is of
            else:
                self._wanted[trial_id] = None
        self._work.intake.saw_rows(same)

    def _read(self, count: int) -> None:
        wanted = list(self._wanted)[:count]
        for trial_id in wanted:
            del self._wanted[trial_id]
        self.absent |= self._work.take_whole(wanted, singly=True)
