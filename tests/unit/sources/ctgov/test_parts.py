"""The small parts of the registry's client: waits, batches of ids, the set of ids that were seen."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.errors import InvalidInput
from tracker.sources.ctgov.addresses import MOST_ADDRESS_BYTES, address, id_batches
from tracker.sources.ctgov.manners import LONGEST_ASKED_S, Manners, asked_wait_s
from tracker.sources.ctgov.opening import own_user_agent, request_headers
from tracker.sources.ctgov.seen_ids import SeenIds

NOON = datetime(2026, 8, 14, 12, tzinfo=UTC)
SITE = "https://clinicaltrials.gov"


def test_retry_waits_double_up_to_the_most() -> None:
    """1, 2, 4 ... seconds, and never more than the setting."""
    manners = Manners(retry_wait_s=1.0, retry_wait_most_s=300.0)
    waits = [manners.retry_wait(failures, chance=1.0) for failures in range(1, 12)]
    assert [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 300.0, 300.0] == waits


@given(st.integers(1, 1000), st.floats(0, 1), st.floats(0, LONGEST_ASKED_S) | st.none())
def test_chance_shortens_a_wait_by_half_at_most(failures: int, chance: float, asked_s: float | None) -> None:
    """A wait is between half and all of its span, and never less than the registry asked for."""
    manners = Manners()
    most = manners.retry_wait(failures, chance=1.0)
    wait_s = manners.retry_wait(failures, chance=chance, asked_s=asked_s)
    assert max(most / 2, asked_s or 0.0) <= wait_s <= max(most, asked_s or 0.0)


def test_no_wait_is_waited_where_none_is_set() -> None:
    """Zero waits stay zero, whatever chance says."""
    manners = Manners(retry_wait_s=0.0, retry_wait_most_s=0.0, blocked_wait_s=0.0)
    assert [0.0, 0.0] == [manners.retry_wait(5, chance=1.0), manners.blocked_wait(3, chance=1.0)]


def test_a_blocked_wait_is_never_shortened() -> None:
    """Each is at least twice the one before, from the setting on."""
    waits = [Manners().blocked_wait(refusals, chance=0.0) for refusals in (1, 2, 3)]
    assert all(least <= wait_s <= 1.1 * least for least, wait_s in zip((600, 1200, 2400), waits, strict=True))


@pytest.mark.parametrize(
    ("header", "expected"),
    (
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("0", 0.0),
        (" 30 ", 30.0),
        ("99999999999999999999", 900.0),
        ("Fri, 14 Aug 2026 12:00:30 GMT", 30.0),
        ("Fri, 14 Aug 2026 14:00:30 +0200", 30.0),
        ("Fri, 14 Aug 2026 12:00:30 -0000", 30.0),
        ("Thu, 13 Aug 2026 12:00:00 GMT", 0.0),
        ("Sat, 15 Aug 2026 12:00:00 GMT", 900.0),
        ("Fri, 99 Aug 2026 12:00:00 GMT", None),
    ),
)
def test_retry_after_is_read(header: str | None, expected: float | None) -> None:
    """Seconds or a date, up to a quarter of an hour; what is neither asks for nothing."""
    assert expected == asked_wait_s(header, now=NOON)


@given(st.lists(st.integers(1, 99_999_999).map(lambda number: f"NCT{number:08d}"), max_size=3000), st.integers(1, 1000))
def test_batches_hold_every_id_once_and_fit(ids: list[str], most: int) -> None:
    """Nothing is lost or moved, no batch is too long as an address or in number."""
    batches = list(id_batches(ids, site=SITE, path="/api/v2/studies", parameters={"pageSize": "1000"}, most=most))
    assert ids == [trial_id for batch in batches for trial_id in batch]
    for batch in batches:
        assert 0 < len(batch) <= most
        made = address(SITE, "/api/v2/studies", {"pageSize": "1000", "filter.ids": ",".join(batch)})
        assert len(made) + 200 <= MOST_ADDRESS_BYTES + 1


def test_values_are_encoded() -> None:
    """What has a meaning in an address is encoded; commas of lists are not."""
    made = address(SITE, "/x", {"query.cond": "a&b=c #1 é+", "fields": "A,B"})
    assert f"{SITE}/x?query.cond=a%26b%3Dc%20%231%20%C3%A9%2B&fields=A,B" == made


@pytest.mark.parametrize("path", ("/x", "/" + "y" * 9000))
def test_a_long_address_is_refused(path: str) -> None:
    """The limit holds with and without parameters."""
    with pytest.raises(InvalidInput, match="at most 8000"):
        address(SITE, path, {"query.cond": "z" * 8000} if path == "/x" else None)


@given(st.lists(st.integers(0, 99_999_999) | st.integers(8180, 8200)))
def test_seen_ids_are_a_set(numbers: list[int]) -> None:
    """It counts and answers like a set of ids."""
    seen, model = SeenIds(), set[int]()
    for number in numbers:
        assert (number in model) is (f"NCT{number:08d}" in seen)
        assert (number not in model) is seen.add(f"NCT{number:08d}")
        model.add(number)
        assert len(model) == len(seen)


@given(st.sets(st.integers(0, 99_999_999) | st.integers(8180, 8200)), st.sets(st.integers(8180, 8200)))
def test_seen_ids_are_counted_without_others(numbers: set[int], others: set[int]) -> None:
    """Whom only one of two sets has seen is counted as sets would."""
    seen, unwanted = SeenIds(), SeenIds()
    for number in numbers:
        seen.add(f"NCT{number:08d}")
    for number in others:
        unwanted.add(f"NCT{number:08d}")
    assert len(numbers - others) == seen.count_without(unwanted)


def test_trialog_says_who_it_is() -> None:
    """Name, version and contact; a user agent of one's own stands in its place."""
    assert own_user_agent("ada@example.org").startswith("trialog/")
    assert own_user_agent("ada@example.org").endswith(" (+ada@example.org)")
    assert "(" not in own_user_agent("")
    assert "mine/1" == request_headers(contact="x", user_agent="mine/1")["User-Agent"]


def test_a_transport_that_is_not_installed_is_told() -> None:
    """Without its library, curl is refused with what to install; tried where that library cannot be imported."""
    program = (
        "import sys; sys.modules['pycurl'] = None\n"
        "from tracker.sources.ctgov.opening import make_transport\n"
        "make_transport('curl', timeout_s=1.0, through_proxy=False)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "InvalidInput: the transport curl cannot be loaded" in done.stderr
    assert "pip install 'trialog[curl]'" in done.stderr
