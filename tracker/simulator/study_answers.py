"""The registry over a world: both interfaces, route by route."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import urlencode

import orjson

from tracker.domain.record import Json, text_at
from tracker.simulator import answers, parameters
from tracker.simulator.answers import CLOCK_PATH, Answer, in_json, in_text
from tracker.simulator.field_tree import roots
from tracker.simulator.histories import Version
from tracker.simulator.listing import Listing
from tracker.simulator.markup import as_history
from tracker.simulator.parameters import Refused
from tracker.simulator.world import World

_HISTORY = re.compile(r"/api/int/studies/([^/]+)/history(?:/(\d+))?")
_LARGEST_COUNT = 10
_NONE: frozenset[str] = frozenset()

Params = Sequence[tuple[str, str]]


class StudyAnswers:
    """Answers from a `World`, each under its lock, so that no answer mixes two releases."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._listing = Listing(world.published)
        self._routes: dict[str, Callable[[Params], Answer]] = {
            "/api/v2/version": self._version,
            "/api/v2/studies": self._list,
            "/api/v2/studies/metadata": self._metadata,
            "/api/v2/stats/size": self._sizes,
        }

    def answer(self, path: str, params: Params) -> Answer:
        if path == CLOCK_PATH:  # without the lock: time goes on while a release is made
            return in_text(200, self._world.clock.now().isoformat(timespec="microseconds").replace("+00:00", "Z"))
        with self._world.lock:
            try:
                answer = self._answer(path, params)
                return replace(answer, headers=self._etag()) if answer.status == 200 else answer
            except Refused as err:
                return in_text(400, str(err))

    def _answer(self, path: str, params: Params) -> Answer:
        if path in self._routes:
            return self._routes[path](params)
        if path.startswith("/api/v2/studies/"):
            return self._study(path.removeprefix("/api/v2/studies/"), params)
        match = _HISTORY.fullmatch(path)
        if match:
            parameters.only(params, _NONE)
            return self._history(match[1], match[2])
        return in_text(404, "Not found")

    def _etag(self) -> tuple[tuple[str, str], ...]:
        """One tag for all that a release answers."""
        return (("ETag", f'"{self._world.release.data_time.timestamp():.0f}/{answers.API_VERSION}"'),)

    # API v2

    def _version(self, params: Params) -> Answer:
        parameters.only(params, _NONE)
        return answers.version(self._world.release.timestamp)

    def _list(self, params: Params) -> Answer:
        return Answer(page=self._listing.page(parameters.only(params, parameters.OF_LIST)))

    def _metadata(self, params: Params) -> Answer:
        parameters.only(params, parameters.OF_METADATA)
        return in_json([root.as_metadata() for root in roots()])

    def _sizes(self, params: Params) -> Answer:
        parameters.only(params, _NONE)
        published = self._world.published
        sizes = sorted(((len(published.body(trial_id)), trial_id) for trial_id in published.order), reverse=True)
        return in_json(
            {
                "totalStudies": len(sizes),
                "averageSizeBytes": sum(size for size, _ in sizes) // max(len(sizes), 1),
                "largestStudies": [{"id": name, "sizeBytes": size} for size, name in sizes[:_LARGEST_COUNT]],
            }
        )

    def _study(self, text: str, params: Params) -> Answer:
        trial_id = parameters.trial_id(text)
        if trial_id is None:
            return in_text(400, "Parameter `nctId` has incorrect format")
        told = parameters.only(params, parameters.OF_STUDY)
        encode = self._listing.encoder(told)
        published = self._world.published
        if trial_id in published.studies:
            return Answer(body=encode(trial_id))
        if trial_id in published.aliases:
            query = f"?{urlencode(params)}" if params else ""
            place = f"/api/v2/studies/{published.aliases[trial_id]}{query}"
            return Answer(status=301, content_type=answers.TEXT, headers=(("Location", place),))
        return _not_found(trial_id)

    # History

    def _history(self, text: str, number: str | None) -> Answer:
        trial_id = parameters.trial_id(text)
        if trial_id is None:
            return in_text(400, "Parameter `nctId` has incorrect format")
        published = self._world.published
        if trial_id not in published.studies:
            return _not_found(trial_id)
        versions = self._world.versions(trial_id)
        if number is None:
            return in_json(_changes(versions, published.studies[trial_id]))
        if int(number) >= len(versions):
            return in_text(403, "Forbidden")
        version = versions[int(number)]
        return Answer(body=orjson.dumps({"studyVersion": version.number, "study": as_history(version.study)}))


def _not_found(trial_id: str) -> Answer:
    return in_text(404, f"NCT number {trial_id} not found")


def _changes(versions: Sequence[Version], study: Json) -> Json:
    """The list of versions; the newest shows the status of today, UNKNOWN included."""
    told = [_entry(version) for version in versions]
    told[-1]["status"] = text_at(study, "protocolSection", "statusModule", "overallStatus") or told[-1]["status"]
    outcomes = [version.number for version in versions if "Outcome Measures" in version.labels]
    return {
        "changes": told,
        "lastUpdateVersions": {"outcomes": outcomes[-1]} if outcomes else {},
        "originalData": {},
        "outcomesUpdateCount": len(outcomes),
    }


def _entry(version: Version) -> dict[str, Json]:
    told = {
        "version": version.number,
        "date": version.submitted_on,
        "status": version.status,
        "studyType": version.study_type,
        "moduleLabels": list(version.labels),
        "lastUpdateSubmitQcDate": version.submitted_on,
    }
    return {key: value for key, value in told.items() if value is not None}
