"""Reads one API v2 study from its bytes.

It promises an observation whose record is exactly what the bytes say, or a refusal with a reason a person
can act on; it is pure, and costs little more than one parse and one sorted dump, since every record passes
here. It knows the registry's shape only where a mistake would be taken for a change later: ids, dates,
objects that are read, duplicate keys. It does not know files, nor what the ledger holds.
"""

from store import json_text
from tracker.domain.coverage import WHOLE, Coverage
from tracker.domain.errors import InvalidInput
from tracker.domain.pointer import Token, join
from tracker.domain.record import Json, is_whole
from tracker.domain.trial_id import is_trial_id, parse_trial_id
from tracker.source import Observation, RawRecord, Refusal, observe
from tracker.sources.date_places import impossible_date
from tracker.sources.duplicate_keys import duplicate_key, may_have_duplicates
from tracker.sources.json_faults import UTF8_BOM, json_fault
from tracker.sources.refusals import MAX_RECORD_BYTES, TOO_LARGE, refuse

SOURCE = "study"
MAX_DEPTH = 100  # the deepest real record has 11 levels; what reads records later recurses
_TOO_DEEP = f"nested more than {MAX_DEPTH} levels deep: no study record is"

# A chain of containers shows as a run of closing brackets; only texts with such a run are measured.
_DEEP_RUNS = (b"}" * 32, b"]" * 32, b"]}" * 16)

_SECTIONS = (
    "protocolSection",
    "derivedSection",
    "resultsSection",
    "annotationSection",
    "documentSection",
)
_OBJECTS = (  # objects below a module that later readers step into
    ("identificationModule", "orgStudyIdInfo"),
    ("identificationModule", "organization"),
    ("statusModule", "expandedAccessInfo"),
    ("sponsorCollaboratorsModule", "responsibleParty"),
    ("sponsorCollaboratorsModule", "leadSponsor"),
    ("designModule", "designInfo"),
    ("designModule", "enrollmentInfo"),
    ("designModule", "bioSpec"),
)
_STRUCTS = (  # a bare date stands here in records of old captures; a list never does
    "startDateStruct",
    "primaryCompletionDateStruct",
    "completionDateStruct",
    "lastUpdatePostDateStruct",
)
_OBJECT_OR_NULL = frozenset((dict, type(None)))
_KINDS = {list: "a list", str: "a text", bool: "true or false", int: "a number", float: "a number"}


def read_study(raw: RawRecord) -> Observation | Refusal:
    """The study in ``raw``, or why it is not taken."""
    text = raw.raw.removeprefix(UTF8_BOM)
    if len(text) > MAX_RECORD_BYTES:
        return refuse(raw, TOO_LARGE)
    try:
        record, is_as_dumped = json_text.decode_and_compare(text)
    except ValueError:
        return refuse(raw, _parse_fault(text))
    fault = _identity_fault(record, raw.expected_id) or _shape_fault(record) or impossible_date(record)
    if fault:
        return refuse(raw, fault)
    try:
        observation = observe(
            record,
            trial_id=record["protocolSection"]["identificationModule"]["nctId"],
            coverage=WHOLE if is_whole(record) else Coverage(patterns=leaf_patterns(record)),
            source=SOURCE,
        )
    except (ValueError, RecursionError):
        return refuse(raw, _TOO_DEEP)
    fault = _depth_fault(observation.body, record) or (None if is_as_dumped else _key_fault(text, observation.body))
    return refuse(raw, fault) if fault else observation


def leaf_patterns(record: Json) -> frozenset[str]:
    """The patterns of the leaves that ``record`` has, list places as ``*``; an empty container is a leaf."""
    found: set[tuple[Token, ...]] = set()
    waiting: list[tuple[tuple[Token, ...], Json]] = [((), record)]
    while waiting:
        tokens, value = waiting.pop()
        if isinstance(value, dict) and value:
            waiting.extend(((*tokens, key), below) for key, below in value.items())
        elif isinstance(value, list) and value:
            waiting.extend(((*tokens, "*"), below) for below in value)
        else:
            found.add(tokens)
    return frozenset(join(tokens) for tokens in found)


def _parse_fault(text: bytes) -> str:
    if not text.strip():
        return "empty: there is no record here; fetch it again"
    return json_fault(text)


def _identity_fault(record: Json, expected_id: str | None) -> str | None:
    if type(record) is not dict:
        return f"{_kind(record)} stands where a study's object belongs"
    section = record.get("protocolSection")
    if section is None:
        return "no protocolSection: this is no study of API v2; its keys are " + _listed(record)
    if type(section) is not dict:
        return f"{_kind(section)} stands at /protocolSection where an object belongs"
    module = section.get("identificationModule")
    if module is not None and type(module) is not dict:
        return f"{_kind(module)} stands at /protocolSection/identificationModule where an object belongs"
    return _id_fault(module.get("nctId") if module else None, expected_id)


def _id_fault(nct_id: Json, expected_id: str | None) -> str | None:
    if nct_id is None:
        return "no NCT id: /protocolSection/identificationModule/nctId is missing"
    if not is_trial_id(nct_id):
        return f"malformed NCT id at /protocolSection/identificationModule/nctId: {id_advice(nct_id)}"
    return mismatch(nct_id, expected_id)


def id_advice(nct_id: Json) -> str:
    """What is wrong with an id that is not one, and what it may have been meant to be."""
    try:
        return f"{nct_id!r} should be written {parse_trial_id(str(nct_id))}"
    except InvalidInput as err:
        return str(err)


def mismatch(nct_id: str, expected_id: str | None) -> str | None:
    """The reason to refuse a record whose id differs from the one that its file or folder is named after."""
    if expected_id is None or nct_id == expected_id:
        return None
    return f"the record is {nct_id} but its file or folder is named {expected_id}; rename it or fetch it again"


def _shape_fault(record: Json) -> str | None:
    for name in _SECTIONS:
        section = record.get(name)
        if section is None:
            continue
        if type(section) is not dict:
            return f"{_kind(section)} stands at /{name} where an object belongs"
        if not _OBJECT_OR_NULL.issuperset(map(type, section.values())):
            for key, module in section.items():  # what the registry adds beside its modules may have any shape
                if key.endswith("Module") and type(module) not in _OBJECT_OR_NULL:
                    return f"{_kind(module)} stands at {join((name, key))} where an object belongs"
    return _inner_shape_fault(record["protocolSection"])


def _inner_shape_fault(section: Json) -> str | None:
    for module_name, key in _OBJECTS:
        module = section.get(module_name)
        if module and key in module and type(module[key]) is not dict and module[key] is not None:
            return f"{_kind(module[key])} stands at /protocolSection/{module_name}/{key} where an object belongs"
    status = section.get("statusModule") or {}
    for key in _STRUCTS:
        if type(status.get(key)) is list:
            return f"a list stands at /protocolSection/statusModule/{key} where an object belongs"
    return None


def _depth_fault(body: bytes, record: Json) -> str | None:
    return _TOO_DEEP if any(run in body for run in _DEEP_RUNS) and _is_deeper(record, MAX_DEPTH) else None


def _key_fault(text: bytes, body: bytes) -> str | None:
    """A fault of a text that its value no longer shows; a text that is as its value is dumped has none."""
    pointer = duplicate_key(text) if may_have_duplicates(text, body) else None
    if pointer is None:
        return None
    return f"duplicate key: {pointer} occurs twice in one object, so one value would be lost; keep one"


def _is_deeper(record: Json, levels: int) -> bool:
    level = [record]
    for _ in range(levels):
        level = [
            below
            for item in level
            for below in (item.values() if isinstance(item, dict) else item)
            if isinstance(below, (dict, list))
        ]
    return bool(level)


def _kind(value: Json) -> str:
    return _KINDS.get(type(value), "null")


def _listed(record: Json) -> str:
    names = [str(key) for key in list(record)[:5]]
    return ", ".join(names) + (" ..." if len(record) > len(names) else "") if names else "none"
