"""Bodies of requests: what holds for all of them, and texts in them with their schemas for the OpenAPI.

It promises that a key which a body does not have is refused with what is near, and that no value is bent into another
type. What a text may be is decided by the same functions as on the command line, behind the body.
"""

import difflib
import re
import sys
from functools import cache
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from tracker.domain.closed_sets import PHASES, STATUSES
from tracker.domain.events import Category, Origin, Significance
from tracker.domain.subscription import MOST_CHARACTERS, TYPES
from tracker.web.parameters import Text

MOST_VALUES = 1000
MOST_NAME_CHARS = 80
MOST_ADDRESS_CHARS = 4000
MOST_QUERY_CHARS = 4000

_SCHEMES = ("mailto", "https", "http", "apprise")
_DAYS = "([1-9][0-9]{0,3}|[12][0-9]{4}|3[0-5][0-9]{3})"
_MONTHS = "([1-9][0-9]{0,2}|1[01][0-9]{2})"
_CONDITION = f"unknown(:{_DAYS}d)?|lapsing:{_DAYS}d|results-due:{_DAYS}d|results-overdue|unverified:{_MONTHS}mo"


class Body(BaseModel):
    """An object whose keys are known."""

    model_config = ConfigDict(strict=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown(cls, told: Any) -> Any:
        unknown = [str(key) for key in told if key not in cls.model_fields] if isinstance(told, dict) else []
        if unknown:
            near = difflib.get_close_matches(unknown[0][:80].lower(), cls.model_fields, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(cls.model_fields)}"
            raise PydanticCustomError("unknown_key", "{told}", {"told": f"no key {unknown[0][:80]!r}; {hint}"})
        return told


def _whole(pattern: str) -> dict[str, Any]:
    return {"pattern": f"^({pattern})$"}


@cache
def _printable() -> tuple[str, str]:
    """Classes for a regular expression: characters that can be printed and are no blank, and blanks."""
    runs: list[list[int]] = []
    for code in range(sys.maxunicode + 1):
        if chr(code).isprintable() and not chr(code).isspace():
            if runs and runs[-1][1] == code - 1:
                runs[-1][1] = code
            else:
                runs.append([code, code])
    blanks = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
    return "".join(f"{re.escape(chr(first))}-{re.escape(chr(last))}" for first, last in runs), blanks


def _printed(most: int) -> dict[str, Any]:
    seen, blanks = _printable()
    return {"pattern": f"^[{blanks}]*[{seen}][{seen}{blanks}]*$", "maxLength": most}


def _query_name() -> dict[str, Any]:
    """Any blanks around it, and only spaces in it."""
    seen, blanks = _printable()
    return {"pattern": f"^[{blanks}]*[{seen}][{seen} ]*[{blanks}]*$", "maxLength": MOST_NAME_CHARS}


def _address() -> dict[str, Any]:
    seen, _ = _printable()
    return {"pattern": f"^({'|'.join(_SCHEMES)}):[{seen}]+$", "maxLength": MOST_ADDRESS_CHARS}


def is_address(text: str) -> bool:
    """Whether a text is of a scheme that is known, without blanks: whether it can be reached is another matter."""
    rest = text.partition(":")[2]
    is_known = text.startswith(tuple(f"{scheme}:" for scheme in _SCHEMES)) and len(text) <= MOST_ADDRESS_CHARS
    return is_known and bool(rest) and " " not in rest and rest.isprintable()


def is_query(text: str) -> bool:
    """Whether a text can be a query at all."""
    return 0 < len(text) <= MOST_QUERY_CHARS


def _whole_number(value: Any) -> Any:
    """A number without a fraction is whole, however JSON writes it."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _names(known: Any) -> dict[str, Any]:
    return {"enum": [str(one) for one in known]}


NameText = Annotated[str, Text(str, lambda: _whole("[a-z0-9][a-z0-9._-]{0,63}"))]
SearchText = Annotated[str, Text(str, lambda: _printed(MOST_CHARACTERS))]
QueryNameText = Annotated[str, Text(str, _query_name)]
QueryText = Annotated[str, Field(min_length=1, max_length=MOST_QUERY_CHARS, examples=["query.cond=liver cirrhosis"])]
NctText = Annotated[str, Text(str, lambda: _whole("[Nn][Cc][Tt][0-9]{8}"))]
StatusText = Annotated[str, Text(str, lambda: _names(STATUSES))]
PhaseText = Annotated[str, Text(str, lambda: _names(PHASES))]
TypeText = Annotated[str, Text(str, lambda: _names(TYPES))]
CategoryText = Annotated[str, Text(str, lambda: _names(Category))]
OriginText = Annotated[str, Text(str, lambda: _names(Origin))]
LevelText = Annotated[str, Text(str, lambda: _names(Significance))]
ConditionText = Annotated[str, Text(str, lambda: _whole(_CONDITION))]
AddressText = Annotated[str, Text(str, _address)]
WHOLE = BeforeValidator(_whole_number)
"""Behind the bounds of a whole number, which the OpenAPI then tells."""
EveryText = Annotated[str, Text(str, lambda: {"enum": ["daily", "weekly", "monthly"]})]
TimeText = Annotated[str, Text(str, lambda: _whole("([01][0-9]|2[0-3]):[0-5][0-9]"))]
ZoneText = Annotated[str, Text(str, lambda: _names(sorted(available_timezones())))]
WeekdayText = Annotated[str, Text(str, lambda: _names(("mon", "tue", "wed", "thu", "fri", "sat", "sun")))]
OverlapText = Annotated[str, Text(str, lambda: _whole("[0-9]{1,5}[sm]|[0-9]{1,3}h|([0-9]|[1-8][0-9]|90)d"))]
