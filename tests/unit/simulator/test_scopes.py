"""What a tracker of queries and ids must have seen, and must say of members."""

from tests.unit.simulator.worlds import ONE, THREE, TWO, study, world
from tracker.simulator import edits
from tracker.simulator.draft import CONDITIONS
from tracker.simulator.net_changes import Leg
from tracker.simulator.scopes import Tracked
from tracker.simulator.sightings import seen_changes
from tracker.simulator.world import World

LEGS = (Leg.DELTA, Leg.SWEEP, Leg.DUE, Leg.MISSING)
RECRUITING = {"recruiting": {"filter.overallStatus": "RECRUITING"}}


def publish(registry: World, days: int = 10) -> None:
    """Publish, some days later: what was posted before is not read again."""
    registry.advance(days)
    registry.publish()


def members(scope: Tracked) -> list[tuple[int, str, str]]:
    """What is said of members, but for the first listing."""
    return [(one.release, one.trial_id, one.type.value) for one in scope.member_changes if one.release]


def seen(registry: World, scope: Tracked) -> list[tuple[int, str, str]]:
    """What was seen, but for the dates that every version moves."""
    moved = ("/lastUpdateSubmitDate", "/lastUpdatePostDateStruct/date", "/statusVerifiedDate")
    numbers = range(registry.release.number + 1)
    return [
        (release, change.trial_id, str(change.type))
        for release, change in seen_changes(registry, numbers, LEGS, scope=scope)
        if not change.path.endswith(moved)
    ]


def test_who_leaves_is_read_once_more_and_who_comes_back_with_all_that_happened() -> None:
    """What happened outside is told at the return, as one net change; others are not followed at all."""
    registry = world()
    for status, count in (("SUSPENDED", 501), ("SUSPENDED", 502), ("RECRUITING", 503)):
        registry.edit(ONE, edits.status(status), edits.enrollment(count))
        publish(registry)
    scope = Tracked(registry, ids=(), queries=RECRUITING)
    assert [
        (1, ONE, "enrollment_changed"),
        (1, ONE, "recruitment_status_changed"),
        (3, ONE, "enrollment_changed"),
        (3, ONE, "recruitment_status_changed"),
    ] == sorted(set(seen(registry, scope)))
    assert [(1, ONE, "member_left"), (3, ONE, "member_reentered")] == members(scope)


def test_who_leaves_silently_is_read_all_the_same() -> None:
    """No row of it shows why; a tracker that asks once more sees it."""
    registry = world(study(ONE, conditionsModule={"conditions": ["Psoriasis", "Asthma"]}))
    publish(registry)
    registry.edit(ONE, edits.item_removed(CONDITIONS, "Psoriasis"), silent=True)
    publish(registry)
    scope = Tracked(registry, ids=(), queries={"psoriasis": {"query.cond": "psoriasis"}})
    assert [(2, ONE, "condition_removed")] == seen(registry, scope)
    assert [(2, ONE, "member_left")] == members(scope)


def test_who_is_hidden_has_not_left_unless_it_comes_back_as_another() -> None:
    """Hidden, it stays a member; back without answering the query, it has left."""
    registry = world()
    registry.withhold(ONE)
    registry.remove(TWO)
    publish(registry)
    registry.restore(ONE)
    registry.restore(TWO)
    registry.edit(TWO, edits.status("TERMINATED"))
    publish(registry)
    scope = Tracked(registry, ids=(), queries=RECRUITING)
    assert {
        (2, ONE, "record_reappeared"),
        (2, TWO, "record_reappeared"),
        (2, TWO, "recruitment_status_changed"),
    } <= set(seen(registry, scope))
    assert [(2, TWO, "member_left")] == members(scope)


def test_a_trial_that_enters_is_seen_for_the_first_time() -> None:
    """What it was before, nobody watched; one that is tracked by its id was seen from the beginning."""
    registry = World([study(one) for one in (ONE, TWO, THREE)], data_time=world().release.data_time)
    registry.edit(ONE, edits.status("SUSPENDED"))
    registry.edit(TWO, edits.status("SUSPENDED"))
    publish(registry)
    scope = Tracked(registry, ids=(TWO,), queries={"suspended": {"filter.overallStatus": "SUSPENDED"}})
    assert [(1, ONE, "trial_first_observed"), (1, TWO, "recruitment_status_changed")] == seen(registry, scope)
    assert [(1, ONE, "member_entered"), (1, TWO, "member_entered")] == members(scope)


def test_what_an_id_is_merged_into_is_followed_from_then_on() -> None:
    """It is seen for the first time, and what happens to it later is told."""
    registry = world()
    registry.merge(ONE, into=TWO)
    publish(registry)
    registry.edit(TWO, edits.status("SUSPENDED"))
    publish(registry)
    scope = Tracked(registry, ids=(ONE,), queries={})
    assert [
        (1, ONE, "record_merged"),
        (1, TWO, "trial_first_observed"),
        (2, TWO, "recruitment_status_changed"),
    ] == seen(registry, scope)
