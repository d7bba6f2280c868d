"""What is amiss and needs somebody: since when, whether it was told, and when it was over.

It promises one row for each code and subject, which is raised once however often it is said to be so, and told once.
It does not know what the codes mean, nor who is told.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, and_, delete, insert, or_, select, update

from store.daemon_tables import ALARMS
from store.instants import instant_of, instant_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One thing that is, or was, amiss; ``subject`` tells several of one code apart, and may be empty."""

    code: str
    subject: str
    message: str
    raised_at: datetime
    told_at: datetime | None
    over_at: datetime | None


class Alarms:
    """The alarms as one transaction sees and changes them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def raised(self, code: str, subject: str, *, message: str, at: datetime) -> None:
        """It is so: kept from the first time, with the message of the last."""
        here = and_(ALARMS.c.code == code, ALARMS.c.subject == subject)
        going_on = update(ALARMS).where(here, ALARMS.c.over_at.is_(None)).values(message=message)
        if self._connection.execute(going_on).rowcount == 0:
            self._connection.execute(delete(ALARMS).where(here))
            fresh = {"code": code, "subject": subject, "message": message, "raised_at": instant_text(at)}
            self._connection.execute(insert(ALARMS).values(**fresh))

    def over(self, code: str, subject: str, *, at: datetime) -> None:
        """It is not so, or not any more."""
        here = and_(ALARMS.c.code == code, ALARMS.c.subject == subject, ALARMS.c.over_at.is_(None))
        self._connection.execute(update(ALARMS).where(here).values(over_at=instant_text(at)))

    def going_on(self) -> list[Alarm]:
        """All that is amiss, the oldest first."""
        return self._list(ALARMS.c.over_at.is_(None))

    def untold(self) -> list[Alarm]:
        """What was not told yet: that it is so, or, of what was told, that it is over."""
        over = and_(ALARMS.c.over_at.is_not(None), ALARMS.c.told_at.is_not(None), ALARMS.c.over_told_at.is_(None))
        return self._list(or_(and_(ALARMS.c.over_at.is_(None), ALARMS.c.told_at.is_(None)), over))

    def told(self, alarm: Alarm, *, at: datetime) -> None:
        """Whoever was to be told of the alarm as it stands has been."""
        column = "told_at" if alarm.over_at is None else "over_told_at"
        here = and_(ALARMS.c.code == alarm.code, ALARMS.c.subject == alarm.subject)
        self._connection.execute(update(ALARMS).where(here).values(**{column: instant_text(at)}))

    def _list(self, wanted: object) -> list[Alarm]:
        rows = select(ALARMS).where(wanted).order_by(ALARMS.c.raised_at, ALARMS.c.code, ALARMS.c.subject)  # type: ignore[arg-type]
        return [_alarm(row) for row in self._connection.execute(rows).mappings()]


def _alarm(row: RowMapping) -> Alarm:
    return Alarm(
        code=row["code"],
        subject=row["subject"],
        message=row["message"],
        raised_at=instant_of(row["raised_at"]),
        told_at=None if row["told_at"] is None else instant_of(row["told_at"]),
        over_at=None if row["over_at"] is None else instant_of(row["over_at"]),
    )
