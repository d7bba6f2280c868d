"""Numbers, sizes, days and names of the ledger as people say them."""

from datetime import date

_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def count(number: int, one: str, many: str | None = None) -> str:
    """``1 trial``, ``2,000 trials``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def size(size_bytes: int) -> str:
    """Bytes in the unit that keeps the number short: ``182 kB``."""
    number, unit = float(size_bytes), 0
    while number >= 999.5 and unit < len(_UNITS) - 1:
        number, unit = number / 1000, unit + 1
    return f"{number:,.0f} {_UNITS[unit]}" if unit < 2 or number >= 10 else f"{number:.1f} {_UNITS[unit]}"


def relative(day: date, today: date) -> str:
    """How far a day is from today: ``in 12 days``, ``3 weeks ago``."""
    days = (day - today).days
    if abs(days) <= 1:
        return ("yesterday", "today", "tomorrow")[days + 1]
    span = duration(abs(days))
    return f"in {span}" if days > 0 else f"{span} ago"


def duration(days: int) -> str:
    """A span of days in the unit that people would use."""
    if days < 14:
        return count(days, "day")
    if days < 61:
        return count(days // 7, "week")
    if days < 730:
        return count(round(days / 30.44), "month")
    return count(round(days / 365.25), "year")


def dated(text: str | None, today: date) -> str:
    """A day and how far it is from today; a month or what is no date stays as it is."""
    try:
        return f"{text} ({relative(date.fromisoformat(text), today)})" if text and len(text) == 10 else text or "-"
    except ValueError:
        return text or "-"


def minute(instant: str) -> str:
    """An RFC 3339 instant in UTC to the minute: ``2026-02-15 09:30 UTC``."""
    return f"{instant[:10]} {instant[11:16]} UTC"


def words(name: str) -> str:
    """A name of the registry or the ledger as words: ``ACTIVE_NOT_RECRUITING`` as ``active, not recruiting``."""
    return _PHRASES.get(name, name.replace("_", " ").lower())


_PHRASES = {
    "ACTIVE_NOT_RECRUITING": "active, not recruiting",
    "NA": "not applicable",
    "EARLY_PHASE1": "early phase 1",
    **{f"PHASE{number}": f"phase {number}" for number in range(1, 5)},
}

ORIGINS = {
    "sponsor": "by the sponsor",
    "registry": "by the registry itself",
    "clock": "as time passed",
    "backfill": "from the registry's history",
    "baseline": "first seen",
}
