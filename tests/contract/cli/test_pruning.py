"""What ``trialog prune`` deletes and says, and what is then told of the deliveries, over both databases."""

from tests.contract.cli.desk import ME, Desk
from tests.unit.simulator.worlds import ONE

ALERT = ("--when", "unknown", "--when", "lapsing:60d")


def _sent(desk: Desk) -> str:
    """A mail that was sent; the delivery's id."""
    desk.done("track", ONE)
    desk.done("subscribe", "stale", "--to", ME, *ALERT)
    assert 1 == desk.delivered()["sent"]
    (one,) = desk.objects("deliveries")
    return str(one["id"])


def test_old_attempts_are_deleted_and_nothing_is_told_twice(desk: Desk) -> None:
    """A dry run says what would go; then the delivery is listed as pruned, and cannot be sent again."""
    delivery = _sent(desk)
    assert "nothing to delete" in desk.done("prune")
    desk.later(days=181)
    assert 1 == desk.delivered()["sent"]  # UNKNOWN by now
    (told,) = desk.objects("prune", "--dry-run")
    assert ["older_than_days", "dry_run", "deliveries", "attempts", "bytes", "sessions"] == list(told)
    assert (180, True, 1, 1) == (told["older_than_days"], told["dry_run"], told["deliveries"], told["attempts"])
    assert 1 == len(desk.objects("deliveries")[0]["attempts"])
    assert "Deleted 1 attempt and" in desk.done("prune")
    one, new = desk.objects("deliveries")
    assert ([1], None) == ([each["number"] for each in new["attempts"]], new["pruned_at"])
    assert (delivery, "sent", []) == (one["id"], one["state"], one["attempts"])
    assert f"{desk.now():%Y-%m-%d}" == one["pruned_at"][:10]
    answer = desk.told("redeliver", delivery)
    assert (1, True) == (answer.status, "its message was deleted when it was old" in answer.err)
    assert 0 == desk.delivered()["enqueued"]
    assert 2 == len(desk.mailbox.mails)
    assert 0 == desk.told("verify").status


def test_what_died_long_ago_and_was_pruned_is_not_in_the_way(desk: Desk) -> None:
    """Sending again all that died goes by what is still whole."""
    desk.done("track", ONE)
    desk.done("subscribe", "stale", "--to", desk.endpoint.url, *ALERT)
    desk.options["webhook.allow_networks"] = ""
    desk.told("deliver")
    desk.done("unsubscribe", "stale")
    assert ["dead"] == desk.states()
    assert 1 == desk.told("redeliver", "--dead").status
    desk.later(days=181)
    desk.done("prune")
    assert "Nothing to send again" in desk.done("redeliver", "--dead")


def test_an_age_is_a_day_at_least(desk: Desk) -> None:
    """What was settled today may be asked for today."""
    _sent(desk)
    answer = desk.told("prune", "--older-than", "0d")
    assert (2, True) == (answer.status, "less than a day" in answer.err)
    assert 2 == desk.told("prune", "--older-than", "soon").status
