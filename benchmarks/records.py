"""Records to measure with: those of ``../shared/corpus`` where it lies beside the project, else made ones.

Enlarged by renumbering, so that each record is a trial of its own. It says which it used.
"""

import json
import random
import re
from collections.abc import Iterator
from itertools import count, cycle
from pathlib import Path

_CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "studies"
_FIRST_NUMBER = 10_000_000
_STAMP = re.compile(rb'"versionHolder":\s*"[^"]*"')


def samples() -> tuple[str, list[bytes]]:
    """What the records are, and each as compact JSON with its own number in it."""
    files = sorted(_CORPUS.glob("NCT*.json"))
    if files:
        return f"{len(files)} real records", [path.read_bytes() for path in files]
    return "made records", [json.dumps(made_record(number), separators=(",", ":")).encode() for number in range(300)]


def renumbered(records_count: int) -> Iterator[bytes]:
    """``records_count`` records on one line each, no number twice."""
    _, bodies = samples()
    numbers = count(_FIRST_NUMBER)
    for _, body in zip(range(records_count), cycle(bodies), strict=False):
        yield _with_number(body, f"NCT{next(numbers)}")


def write_lines(path: Path, records_count: int, *, release: str | None = None) -> int:
    """A JSON Lines file of renumbered records, stamped with ``release`` if given; answers its size in bytes."""
    with path.open("wb") as file:
        for body in renumbered(records_count):
            stamped = _STAMP.sub(b'"versionHolder":"%s"' % release.encode(), body) if release else body
            file.write(stamped + b"\n")
    return path.stat().st_size


def made_record(number: int, *, sites: int = 12) -> dict[str, object]:
    """A made record of about the shape and size of a real one."""
    random_words = random.Random(number)
    words = [f"word{random_words.randrange(2000)}" for _ in range(900)]
    return {
        "protocolSection": {
            "identificationModule": {"nctId": f"NCT{number:08d}", "briefTitle": " ".join(words[:12])},
            "statusModule": {
                "statusVerifiedDate": "2025-10",
                "overallStatus": "RECRUITING",
                "completionDateStruct": {"date": "2027-03", "type": "ESTIMATED"},
                "lastUpdatePostDateStruct": {"date": "2025-10-28", "type": "ACTUAL"},
            },
            "descriptionModule": {
                "briefSummary": " ".join(words[12:200]),
                "detailedDescription": " ".join(words[200:600]),
            },
            "conditionsModule": {"conditions": words[600:604]},
            "eligibilityModule": {"eligibilityCriteria": "\n".join(words[604:])},
            "contactsLocationsModule": {
                "locations": [
                    {
                        "facility": f"{words[site]} Hospital {site}",
                        "city": words[site + 40],
                        "country": "Norway",
                    }
                    for site in range(sites)
                ]
            },
        },
        "derivedSection": {"miscInfoModule": {"versionHolder": "2026-02-03"}},
        "hasResults": False,
    }


def _with_number(body: bytes, trial_id: str) -> bytes:
    start = body.index(b'"nctId":"NCT') + len(b'"nctId":"')
    return body[:start] + trial_id.encode() + body[start + 11 :]
