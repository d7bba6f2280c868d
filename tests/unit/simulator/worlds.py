"""Small worlds for the tests of the simulator."""

from datetime import UTC, date, datetime
from typing import Any

from tests.records import record
from tracker.simulator.made_trials import made_trials
from tracker.simulator.net_changes import NetChange
from tracker.simulator.world import World

FIRST_DAY = datetime(2026, 1, 12, 9, 0, 5, tzinfo=UTC)
ONE, TWO, THREE = (f"NCT0000000{number}" for number in range(1, 4))


def study(nct_id: str = ONE, **modules: Any) -> dict[str, Any]:
    """A study that is fresh on the first day: it does not lapse before 2028."""
    status = {
        "statusVerifiedDate": "2026-01",
        "lastUpdateSubmitDate": "2026-01-08",
        "completionDateStruct": {"date": "2027-01", "type": "ESTIMATED"},
        **modules.pop("statusModule", {}),
    }
    sponsor = {"leadSponsor": {"name": "Made College", "class": "OTHER"}}
    return record(nct_id, statusModule=status, sponsorCollaboratorsModule=sponsor, **modules)


def world(*records: Any) -> World:
    """A world of these records, or of three fresh studies."""
    return World(records or [study(nct_id) for nct_id in (ONE, TWO, THREE)], data_time=FIRST_DAY)


def made_world(count: int, *, seed: int) -> World:
    """A world of made trials."""
    return World(made_trials(count, seed=seed, on=date(2026, 1, 12)), data_time=FIRST_DAY)


def told(changes: list[NetChange]) -> list[tuple[str, str, Any, Any]]:
    """Type, last key of the path, old and new; without the dates that every version moves."""
    moved = ("/lastUpdateSubmitDate", "/lastUpdatePostDateStruct/date")
    return sorted(
        (
            (str(change.type), change.path.rsplit("/", 1)[-1], change.old, change.new)
            for change in changes
            if not change.path.endswith(moved)
        ),
        key=repr,
    )


def status(world: World, nct_id: str) -> dict[str, Any]:
    """The status module that is public now."""
    module: dict[str, Any] = world.published.studies[nct_id]["protocolSection"]["statusModule"]
    return module
