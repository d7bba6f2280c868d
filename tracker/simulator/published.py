"""What the registry shows: the present release's records, ready to be sent, and what earlier releases showed.

It promises that a record handed to ``publish`` is never changed here, that a body is encoded once while its record
stays, and that the data date is stamped on when a body is sent: the bodies hold ``VERSION_HOLDER`` in its place.
Earlier releases are kept compressed, and only the records that changed in them.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import orjson

from tracker.domain.record import Json, nct_id, posted_on, value_at

VERSION_HOLDER = "0000-00-00"
_PLACEHOLDER = b'"versionHolder":"0000-00-00"'
_FAST = 1


def pack(value: Json) -> bytes:
    """A record as it is kept: compressed JSON."""
    return zlib.compress(orjson.dumps(value), _FAST)


def unpack(packed: bytes) -> Json:
    """What was packed."""
    return orjson.loads(zlib.decompress(packed))


def copied(record: Json) -> Json:
    """A copy of a record; through JSON, which is ten times as fast as a deep copy."""
    return orjson.loads(orjson.dumps(record))


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A data release. ``data_time`` is aware, UTC; ``posted_until`` the latest post date in it."""

    number: int
    data_time: datetime
    posted_until: date | None

    @property
    def data_on(self) -> date:
        """The data date."""
        return self.data_time.date()

    @property
    def timestamp(self) -> str:
        """As ``/version`` has it: without a zone."""
        return self.data_time.strftime("%Y-%m-%dT%H:%M:%S")

    def stamped(self, body: bytes) -> bytes:
        """``body`` (one study or many) as this release sends it."""
        return body.replace(_PLACEHOLDER, b'"versionHolder":"%s"' % self.data_on.isoformat().encode())


class Published:
    """The present release. ``order``: the trials that are listed, the newest number first."""

    def __init__(self) -> None:
        self.studies: dict[str, Json] = {}
        self.aliases: dict[str, str] = {}
        self.order: tuple[str, ...] = ()
        self._bodies: dict[str, bytes] = {}
        self._archive: dict[str, list[tuple[int, bytes | None]]] = {}
        self._releases: list[Release] = []

    @property
    def next_number(self) -> int:
        """The number that the next release will have; the first is 0."""
        return len(self._releases)

    @property
    def release(self) -> Release:
        """The present release."""
        return self._releases[-1]

    def release_of(self, number: int) -> Release:
        """An earlier release, or the present one."""
        return self._releases[number]

    def publish(
        self, changed: Mapping[str, Json], aliases: Mapping[str, str | None], *, data_time: datetime
    ) -> Release:
        """Show ``changed`` from now on, None for what is gone; ``aliases`` lead from a dead number to another."""
        latest = max([day for study in changed.values() if (day := posted_on(study)) is not None], default=None)
        before = self._releases[-1].posted_until if self._releases else None
        release = Release(
            number=self.next_number,
            data_time=data_time,
            posted_until=max([day for day in (latest, before) if day is not None], default=None),
        )
        for trial_id, study in changed.items():
            self._show(trial_id, study, release.number)
        for dead, survivor in aliases.items():
            self.aliases.pop(dead, None)
            if survivor is not None:
                self.aliases[dead] = survivor
        if len(self.studies) != len(self.order) or any(trial_id not in self.studies for trial_id in self.order):
            self.order = tuple(sorted(self.studies, reverse=True))
        self._releases.append(release)
        return release

    def body(self, trial_id: str) -> bytes:
        """The whole study as JSON, not stamped."""
        found = self._bodies.get(trial_id)
        if found is None:
            found = self._bodies[trial_id] = orjson.dumps(self.studies[trial_id])
        return found

    def record_at(self, trial_id: str, release: int) -> Json:
        """The study that a release showed, not stamped; None where it showed none."""
        found = None
        for number, body in self._archive.get(trial_id, ()):
            if number <= release:
                found = body
        return None if found is None else unpack(found)

    def _show(self, trial_id: str, study: Json, number: int) -> None:
        self._bodies.pop(trial_id, None)
        if study is None:
            self.studies.pop(trial_id, None)
            body = None
        else:
            self.studies[trial_id] = study
            body = pack(study)
        self._archive.setdefault(trial_id, []).append((number, body))


def withheld_stub(record: Json) -> Json:
    """What is left to see of a record that the registry withholds: the number, the dates, nothing told."""
    status = value_at(record, "protocolSection", "statusModule") or {}
    kept = ("studyFirstSubmitDate", "studyFirstPostDateStruct", "lastUpdateSubmitDate", "lastUpdatePostDateStruct")
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": nct_id(record),
                "organization": {"fullName": "[Redacted]"},
                "briefTitle": "[Trial of device that is not approved or cleared by the U.S. FDA]",
            },
            "statusModule": {"overallStatus": "WITHHELD", **{key: status[key] for key in kept if key in status}},
            "sponsorCollaboratorsModule": {"leadSponsor": {"name": "[Redacted]"}},
        },
        "derivedSection": {"miscInfoModule": {"versionHolder": VERSION_HOLDER}},
        "hasResults": False,
    }
