"""Comparing real version pairs, against deepdiff with the options under which it finds as much.

Both take the same pairs in the same run, one after the other on one core; seconds are those of the processor,
so that other work on the machine counts for neither. Without ``../shared/corpus`` the pairs are made.
"""

import copy
import json
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from time import process_time
from typing import Any

from deepdiff import DeepDiff

from benchmarks.records import made_record
from tracker.diffing.catalogue import default_catalogue
from tracker.diffing.compare import changes_between

Json = Any
Pair = tuple[Json, Json]

CORPUS = Path(__file__).resolve().parents[1].parent / "shared" / "corpus"
ROUNDS = 15  # of ours for one of deepdiff's, which takes seconds
MADE_PAIRS = 40


def main() -> None:
    """Print how many pairs a second either compares, and how many times as many we do."""
    changed, same = _pairs("versions"), _pairs("versions_noise")
    kind = "real" if changed else "made"
    changed = changed or [_made_pair(number) for number in range(MADE_PAIRS)]
    ours, theirs = _pairs_per_s(changed)
    line = f"compare: {len(changed)} {kind} pairs, ours {ours:,.0f}/s, DeepDiff {theirs:,.1f}/s"
    line += f", ratio {ours / theirs:.0f}"
    if same:
        all_ours, all_theirs = _pairs_per_s(changed + same)
        line += f"; with {len(same)} pairs that differ in noise only, ratio {all_ours / all_theirs:.0f}"
    print(line)


def _pairs_per_s(pairs: list[Pair]) -> tuple[float, float]:
    """Pairs a second: ours, and DeepDiff's."""
    catalogue = default_catalogue()
    ours_s = _seconds(lambda old, new: changes_between(old, new, catalogue=catalogue), pairs, rounds=ROUNDS)
    theirs_s = _seconds(_with_deepdiff, pairs, rounds=1)
    return len(pairs) / ours_s, len(pairs) / theirs_s


def _with_deepdiff(old: Json, new: Json) -> object:
    return DeepDiff(old, new, ignore_order=True, report_repetition=True, threshold_to_diff_deeper=0)


def _seconds(compare: Callable[[Json, Json], object], pairs: Iterable[Pair], *, rounds: int) -> float:
    """Processor seconds for all pairs, the mean of ``rounds``."""
    start = process_time()
    for _ in range(rounds):
        for old, new in pairs:
            compare(old, new)
    return (process_time() - start) / rounds


def _pairs(folder: str) -> list[Pair]:
    """Consecutive versions of each trial of a folder of the corpus; none where it is not there."""
    return [
        (json.loads(old.read_bytes()), json.loads(new.read_bytes()))
        for trial in sorted((CORPUS / folder).glob("*"))
        for old, new in pairwise(sorted(trial.glob("*.json")))
    ]


def _made_pair(number: int) -> Pair:
    """A made record and the version after it: new dates, a closed site, a site more, one reworded text."""
    old: Json = made_record(number)
    new = copy.deepcopy(old)
    protocol = new["protocolSection"]
    protocol["statusModule"]["statusVerifiedDate"] = "2025-11"
    protocol["statusModule"]["lastUpdatePostDateStruct"]["date"] = "2025-11-20"
    protocol["eligibilityModule"]["eligibilityCriteria"] += "\n* consent"
    locations = protocol["contactsLocationsModule"]["locations"]
    locations.append({"facility": "Another Hospital", "city": "Bergen", "country": "Norway"})
    locations[0]["status"] = "COMPLETED"
    return old, new


if __name__ == "__main__":
    main()
