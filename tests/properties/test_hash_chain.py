"""The hash chain finds any single change, and names the first wrong position."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from store.events import Head
from store.hash_chain import GENESIS, ChainLink, check_chain, link_hash

FIELDS = ("stream", "event_id", "type", "data", "metadata", "recorded_at")


def chain(streams: list[str]) -> tuple[list[ChainLink], Head]:
    """A whole ledger with one event for each stream named, and its head."""
    links: list[ChainLink] = []
    for position, stream in enumerate(streams, 1):
        fields: dict[str, Any] = {
            "previous_hash": links[-1].hash if links else GENESIS,
            "position": position,
            "stream": stream,
            "stream_version": streams[: position - 1].count(stream),
            "event_id": f"id-{position}",
            "type": "happened",
            "schema_version": 1,
            "data": f'{{"n":{position}}}',
            "metadata": "{}",
            "recorded_at": "2026-05-01T09:00:00.000000Z",
        }
        links.append(ChainLink(hash=link_hash(**fields), **fields))
    last_hash = links[-1].hash if links else GENESIS
    return links, Head(position=len(links), hash=last_hash, count=len(links))


LEDGERS = st.lists(st.sampled_from("abc"), min_size=1, max_size=12).map(chain)
Ledger = tuple[list[ChainLink], Head]


def fault_position(links: list[ChainLink], head: Head) -> int | None:
    """Where check_chain sees the first fault."""
    fault = check_chain(links, head)
    return None if fault is None else fault.position


@given(st.lists(st.sampled_from("abc"), max_size=12).map(chain))
def test_a_whole_ledger_has_no_fault(ledger: Ledger) -> None:
    """What was recorded by the rules is never suspected."""
    assert fault_position(*ledger) is None


@given(LEDGERS, st.data())
def test_an_edit_of_any_field_is_found(ledger: Ledger, data: st.DataObject) -> None:
    """Any text of any event changed: the fault is at that event."""
    links, head = ledger
    index = data.draw(st.integers(0, len(links) - 1))
    field = data.draw(st.sampled_from((*FIELDS, "previous_hash", "hash")))
    text = data.draw(st.text(max_size=5).filter(lambda new: new != getattr(links[index], field)))
    changed: dict[str, Any] = {field: text}
    links[index] = replace(links[index], **changed)
    assert fault_position(links, head) == index + 1


@given(LEDGERS, st.data())
def test_an_edit_with_its_hash_made_right_is_found(ledger: Ledger, data: st.DataObject) -> None:
    """Who edits an event and its own hash is found at the event after it, or at the head."""
    links, head = ledger
    index = data.draw(st.integers(0, len(links) - 1))
    fields = {name: getattr(links[index], name) for name in ChainLink.__slots__ if name != "hash"}
    fields["data"] = '{"forged":true}'
    links[index] = ChainLink(hash=link_hash(**fields), **fields)
    assert fault_position(links, head) == min(index + 2, len(links))


@given(LEDGERS, st.data())
def test_a_text_moved_from_one_field_to_the_next_is_found(ledger: Ledger, data: st.DataObject) -> None:
    """Fields are hashed apart: the end of one is not the beginning of the next."""
    links, head = ledger
    index = data.draw(st.integers(0, len(links) - 1))
    link = links[index]
    links[index] = replace(link, event_id=link.event_id + link.type[0], type=link.type[1:])
    assert fault_position(links, head) == index + 1


@given(LEDGERS, st.data())
def test_a_deletion_is_found(ledger: Ledger, data: st.DataObject) -> None:
    """The fault is at the first event missing, also when the whole end is missing."""
    links, head = ledger
    first = data.draw(st.integers(0, len(links) - 1))
    last = data.draw(st.integers(first, len(links) - 1))
    assert fault_position(links[:first] + links[last + 1 :], head) == first + 1


@given(LEDGERS.filter(lambda ledger: len(ledger[0]) > 1), st.data())
def test_a_swap_is_found(ledger: Ledger, data: st.DataObject) -> None:
    """Two events that changed places, with or without their positions: the fault is at the earlier place."""
    links, head = ledger
    low = data.draw(st.integers(0, len(links) - 2))
    high = data.draw(st.integers(low + 1, len(links) - 1))
    links[low], links[high] = links[high], links[low]
    assert fault_position(links, head) == low + 1
    links[low] = replace(links[low], position=low + 1)
    links[high] = replace(links[high], position=high + 1)
    assert fault_position(links, head) == low + 1


@given(LEDGERS, st.data())
def test_a_wrong_head_is_found(ledger: Ledger, data: st.DataObject) -> None:
    """The head's position, hash and count must each be the ledger's own."""
    links, head = ledger
    size = len(links)
    position = data.draw(st.integers(0, 20).filter(lambda new: new != size))
    assert fault_position(links, replace(head, position=position)) == min(position, size) + 1
    assert fault_position(links, replace(head, hash=GENESIS)) == size
    assert fault_position(links, replace(head, count=size + 1)) == size


@given(LEDGERS, st.data())
def test_a_gap_in_a_stream_is_found(ledger: Ledger, data: st.DataObject) -> None:
    """A writer that hashes rightly but skips a version is found where it skipped."""
    links, _ = ledger
    index = data.draw(st.integers(0, len(links) - 1))
    fields = {name: getattr(links[index], name) for name in ChainLink.__slots__ if name != "hash"}
    fields["stream_version"] += 1
    skipped = ChainLink(hash=link_hash(**fields), **fields)
    ends_here = Head(position=index + 1, hash=skipped.hash, count=index + 1)
    assert fault_position([*links[:index], skipped], ends_here) == index + 1
