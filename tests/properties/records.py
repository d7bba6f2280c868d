"""Generated records, shaped like the registry's and full of what makes comparing hard."""

import copy
import random
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.laws import tries

Json = Any

# Deterministic: the same examples on every machine; and no timed tests.
LAWFUL = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=tries(120),
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
)

BRIEF = settings(LAWFUL, max_examples=tries(40))

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=12)  # NUL and lone surrogates included
WORDS = st.sampled_from(
    (
        *("", " ", "Overall survival", "overall  survival", "Overall survival at day 28", "Berlin", "Munich"),
        *("Age &gt; 18", "Age &amp;gt; 18", "Age \\> 18", "Age > 18", "<p>Age > 18</p>", "* one\n* two"),
        *("<ul><li>one</li><li>two</li></ul>", "2024-05", "2024-05-31", "RECRUITING", "COMPLETED", "a\r\nb"),
        *("\x00", "\ud800", "placebo", "Placebo", "n <p 5", "\u200b"),
    )
)
TEXT = WORDS | ANY_TEXT
NUMBERS = st.integers(-2, 2) | st.sampled_from((0.0, 1.0, -0.0, 51.5, 2**64, 10**25))
LEAVES = st.none() | st.booleans() | NUMBERS | TEXT
ARBITRARY = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(("a", "b", "0", "1", "~/", "", "__private", "-")) | ANY_TEXT, inner, max_size=4
        )
    ),
    max_leaves=12,
)
DATES = st.fixed_dictionaries({}, optional={"date": TEXT, "type": st.sampled_from(("ACTUAL", "ESTIMATED"))})
CONTACTS = st.fixed_dictionaries({}, optional={"name": WORDS, "role": WORDS, "phone": TEXT})
LOCATIONS = st.fixed_dictionaries(
    {},
    optional={
        "facility": st.sampled_from(("Charite", "CHARITE", "Clinic 1", "Clinic 2", "")),
        "city": st.sampled_from(("Berlin", "Munich")),
        "zip": st.sampled_from(("10117", "80331")),
        "status": st.sampled_from(("RECRUITING", "COMPLETED")),
        "contacts": st.lists(CONTACTS, max_size=2),
        "geoPoint": st.fixed_dictionaries({"lat": NUMBERS, "lon": NUMBERS}),
        "unheardOf": ARBITRARY,
    },
)
OUTCOMES = st.fixed_dictionaries({}, optional={"measure": TEXT, "timeFrame": TEXT, "description": TEXT})
ARMS = st.fixed_dictionaries(
    {}, optional={"label": TEXT, "type": WORDS, "interventionNames": st.lists(WORDS, max_size=3)}
)
MEASURES = st.fixed_dictionaries(
    {},
    optional={
        "title": TEXT,
        "type": WORDS,
        "groups": st.lists(st.fixed_dictionaries({"id": WORDS}, optional={"title": TEXT}), max_size=3),
        "values": st.lists(LEAVES, max_size=3),
    },
)


def _several(items: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """A list, as likely as not with duplicates."""
    return st.lists(items, max_size=4).flatmap(lambda found: st.sampled_from((found, found + found[:1], found[:1] * 3)))


def _one_or_several(items: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """A list, or as old captures have it, a single value."""
    return items | _several(items)


PROTOCOL = st.fixed_dictionaries(
    {},
    optional={
        "statusModule": st.fixed_dictionaries(
            {},
            optional={
                "overallStatus": WORDS,
                "lastKnownStatus": WORDS,
                "statusVerifiedDate": TEXT,
                "startDateStruct": DATES,
                "completionDateStruct": DATES,
            },
        ),
        "conditionsModule": st.fixed_dictionaries({}, optional={"conditions": _one_or_several(TEXT)}),
        "outcomesModule": st.fixed_dictionaries(
            {}, optional={"primaryOutcomes": _several(OUTCOMES), "otherOutcomes": _several(OUTCOMES)}
        ),
        "armsInterventionsModule": st.fixed_dictionaries({}, optional={"armGroups": _several(ARMS)}),
        "contactsLocationsModule": st.fixed_dictionaries({}, optional={"locations": _several(LOCATIONS)}),
        "eligibilityModule": st.fixed_dictionaries(
            {},
            optional={"eligibilityCriteria": TEXT, "healthyVolunteers": LEAVES, "stdAges": _several(WORDS)},
        ),
        "unheardOfModule": ARBITRARY,
    },
)
RESULTS = st.fixed_dictionaries(
    {},
    optional={
        "outcomeMeasuresModule": st.fixed_dictionaries({}, optional={"outcomeMeasures": _several(MEASURES)}),
        "unheardOfModule": ARBITRARY,
    },
)
SUBMISSIONS = st.fixed_dictionaries(
    {"miscInfoModule": st.fixed_dictionaries({}, optional={"submissionTracking": ARBITRARY, "versionHolder": TEXT})}
)
RECORDS = st.fixed_dictionaries(
    {"protocolSection": PROTOCOL},
    optional={
        "resultsSection": RESULTS,
        "hasResults": st.booleans(),
        "derivedSection": SUBMISSIONS,
        "annotationSection": ARBITRARY,
    },
)
ANYTHING = st.dictionaries(st.sampled_from(("protocolSection", "resultsSection", "x", "~/")), ARBITRARY, max_size=4)


@st.composite
def pairs(draw: st.DrawFn, records: st.SearchStrategy[Json] = RECORDS) -> tuple[Json, Json]:
    """Two records: unlike, or the one an edited copy of the other."""
    old = draw(records)
    if draw(st.booleans()):
        return old, draw(records)
    new = copy.deepcopy(old)
    for _ in range(draw(st.integers(1, 4))):
        _edit(draw, new)
    return (old, new) if draw(st.booleans()) else (new, old)


def _edit(draw: st.DrawFn, record: Json) -> None:
    """Change one object or list of ``record`` in one of the ways in which registries do."""
    node = draw(st.sampled_from(list(containers(record))))
    if isinstance(node, list):
        _edit_list(draw, node)
    elif node:
        key = draw(st.sampled_from(sorted(node)))
        if node is not record and draw(st.booleans()):
            del node[key]
        elif not isinstance(node[key], (dict, list)):
            node[key] = draw(LEAVES)


def _edit_list(draw: st.DrawFn, items: list[Json]) -> None:
    way = draw(st.sampled_from(("shuffle", "repeat", "drop", "put")))
    at = draw(st.integers(0, len(items)))
    if way == "shuffle":
        draw(st.randoms(use_true_random=False)).shuffle(items)
    elif way == "put":
        items.insert(at, draw(LEAVES))
    elif items and way == "repeat":
        items.insert(at, copy.deepcopy(items[at - 1]))
    elif items:
        del items[at - 1]


def containers(node: Json) -> list[Json]:
    """Every object and list of ``node``, itself included."""
    below = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    here = [node] if isinstance(node, (dict, list)) else []
    return here + [found for item in below for found in containers(item)]


def shuffled(node: Json, order: random.Random) -> Json:
    """A copy of ``node`` with every list in another order."""
    if isinstance(node, dict):
        return {key: shuffled(item, order) for key, item in node.items()}
    if isinstance(node, list):
        items = [shuffled(item, order) for item in node]
        order.shuffle(items)
        return items
    return node
