"""The versions of each record, as the registry's history has them.

A version is what a sponsor submitted: the submitted status rather than UNKNOWN, no derived section, and none of
what the registry did in between. Version 0 is the record as it came into the world.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tracker.domain.record import Json, submitted_on, text_at, value_at
from tracker.simulator.published import pack, unpack

_LABELS = {
    "identificationModule": "Study Identification",
    "statusModule": "Study Status",
    "sponsorCollaboratorsModule": "Sponsor/Collaborators",
    "oversightModule": "Oversight",
    "descriptionModule": "Study Description",
    "conditionsModule": "Conditions",
    "designModule": "Study Design",
    "armsInterventionsModule": "Arms and Interventions",
    "outcomesModule": "Outcome Measures",
    "eligibilityModule": "Eligibility",
    "contactsLocationsModule": "Contacts/Locations",
    "ipdSharingStatementModule": "IPD Sharing Statement",
    "referencesModule": "References",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version; ``submitted_on`` is verbatim, ``labels`` name the modules that changed in it."""

    number: int
    submitted_on: str
    status: str
    study_type: str | None
    labels: tuple[str, ...]
    release: int
    packed: bytes

    @property
    def study(self) -> Json:
        """The study as submitted; its text is that of API v2."""
        return unpack(self.packed)


class Histories:
    """The versions of every trial; one belongs to the release in which it became public."""

    def __init__(self) -> None:
        self._versions: dict[str, list[Version]] = {}

    def begin(self, trial_id: str, record: Json, *, release: int) -> None:
        """A trial's version 0."""
        self._versions[trial_id] = [_version(0, record, (), release)]

    def add(self, trial_id: str, record: Json, places: Iterable[str], *, release: int) -> None:
        """The next version, in which ``places`` changed."""
        versions = self._versions[trial_id]
        versions.append(_version(len(versions), record, _labels(places), release))

    def versions(self, trial_id: str, *, release: int) -> Sequence[Version]:
        """Those that are public in ``release``."""
        return [version for version in self._versions.get(trial_id, ()) if version.release <= release]


def _version(number: int, record: Json, labels: tuple[str, ...], release: int) -> Version:
    study = _as_submitted(record)
    return Version(
        number=number,
        submitted_on=submitted_on(study) or "",
        status=text_at(study, "protocolSection", "statusModule", "overallStatus") or "",
        study_type=text_at(study, "protocolSection", "designModule", "studyType"),
        labels=labels,
        release=release,
        packed=pack(study),
    )


def _as_submitted(record: Json) -> Json:
    study = {key: part for key, part in record.items() if key not in ("derivedSection", "hasResults")}
    status = value_at(record, "protocolSection", "statusModule") or {}
    if "lastKnownStatus" in status:
        submitted = {key: part for key, part in status.items() if key != "lastKnownStatus"}
        submitted["overallStatus"] = status["lastKnownStatus"]
        study["protocolSection"] = {**record["protocolSection"], "statusModule": submitted}
    return study


def _labels(places: Iterable[str]) -> tuple[str, ...]:
    found = []
    for place in places:
        section, module = [*place.split("/")[1:], ""][:2]
        found.append("Outcome Measures (Results)" if section == "resultsSection" else _LABELS.get(module, ""))
    return tuple(dict.fromkeys(label for label in found if label))
