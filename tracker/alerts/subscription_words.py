"""When messages of a subscription come and what they hold besides, in words. Pure."""

from tracker.domain.digest_times import Every
from tracker.domain.subscription import Subscription
from tracker.domain.wording import count


def when_in_words(request: Subscription) -> str:
    """``at once``, or when the digests come."""
    times = request.when.digest
    if times is None:
        return "at once"
    days = {Every.DAILY: "daily", Every.WEEKLY: f"weekly on {times.on}", Every.MONTHLY: f"monthly on day {times.on}"}
    empty = ", even empty" if request.when.even_empty else ""
    return f"{days[times.every]} at {times.at:%H:%M} {times.zone}{empty}"


def besides(request: Subscription) -> list[str]:
    """What is told more, or less, than is usual; a sentence's part for each."""
    wanted = request.wanted
    told = {
        "only what comes true from now on": wanted.from_now,
        f"reminded every {count(wanted.remind_days or 0, 'day')}": wanted.remind_days is not None,
        "with what names people": wanted.include_contacts,
        "with first sights and the registry's history": wanted.include_backfill,
    }
    return [words for words, is_so in told.items() if is_so]
