"""Trials with histories: several revisions, a merger, members of a query, large values and odd text."""

from datetime import date

from tests.contract.pipeline.lab import Lab
from tests.records import enrollment, record, sites
from tracker.domain.query import parse_query
from tracker.domain.whereabouts import Whereabouts
from tracker.pipeline.tracking import record_members, track_query, track_trials

MERGED, SURVIVOR, OTHER = "NCT00000005", "NCT03460795", "NCT00000002"  # the survivor is the OpenAPI's example
WITHHELD = "NCT00000006"
ODD = "<script>alert(1)</script> \u202e ü =SUM(A1)"


def with_histories(lab: Lab) -> None:
    """Fill a ledger."""
    first = record(
        SURVIVOR,
        posted_on="2023-01-10",
        identificationModule={"briefTitle": ODD},
        statusModule={"statusVerifiedDate": "2023-01", "completionDateStruct": {"date": "2023-12"}},
        conditionsModule={"conditions": ["Asthma", "Influenza"]},
        sponsorCollaboratorsModule={"leadSponsor": {"name": "Universität"}},
    )
    lab.see(first)
    second = {**first, "protocolSection": {**first["protocolSection"], "designModule": enrollment(10**30)}}
    second["protocolSection"]["statusModule"] = {
        **first["protocolSection"]["statusModule"],
        "lastUpdatePostDateStruct": {"date": "2023-06-01"},
    }
    lab.see(second)
    lab.see(record(OTHER, posted_on="2026-01-02", contactsLocationsModule=sites(5)))
    lab.see(record(OTHER, posted_on="2026-02-02", contactsLocationsModule=sites(1)))
    lab.see(record(MERGED))
    lab.move(Whereabouts.MERGED, on="2026-04-01", trial_id=MERGED, into=SURVIVOR)
    lab.see(record(WITHHELD))
    lab.move(Whereabouts.WITHHELD, on="2026-04-01", trial_id=WITHHELD)
    with lab.database.writing() as transaction:
        track_query(transaction, name="asthma/of all", query=parse_query("query.cond=asthma"), run_id="made")
        track_trials(transaction, [(SURVIVOR, None)], run_id="made")
        record_members(
            transaction,
            name="asthma/of all",
            present=[SURVIVOR, OTHER],
            data_on=date(2026, 4, 1),
            observed_at=lab.observed_at,
            run_id="made",
        )
