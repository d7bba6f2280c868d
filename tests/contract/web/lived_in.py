"""A ledger that has been lived in: a trial with a long life, others around it, queries, subscriptions, runs."""

from typing import Any

from tests.contract.pipeline.lab import Lab
from tests.contract.web.filled import filled
from tests.contract.web.site import Site
from tests.records import enrollment, record, sites
from tracker.alerts.targets import Target
from tracker.domain.subscription_json import from_json

MAIN = "NCT00000010"
TITLE = "Salbutamol against placebo in children with asthma"
LATER = "Salbutamol against placebo in children and adolescents with severe asthma"
CRITERIA = "Inclusion Criteria:\n\n* Age 6 to 12 years\n* Asthma for six months\n\nExclusion Criteria:\n\n* Smoking"


def lived_in(site: Site) -> None:
    """Fill the ledger of ``site``."""
    lab = Lab.open(site.database.url)
    lab.see(
        _main("NOT_YET_RECRUITING", posted_on="2023-01-10", start="2023-03", completion="2025-06", count=100),
        *(_other(number, status) for number, status in enumerate(("RECRUITING", "COMPLETED", "SUSPENDED"), 11)),
    )
    lab.see(_main("RECRUITING", posted_on="2023-04-20", start="2023-04-02", completion="2025-06", count=100))
    lab.see(
        _main("RECRUITING", posted_on="2024-05-02", start="2023-04-02", completion="2025-12", count=160, title=LATER)
    )
    lab.see(_main("UNKNOWN", posted_on="2024-05-02", start="2023-04-02", completion="2025-12", count=160, title=LATER))
    lab.close()
    filled(site)
    address = Target(channel="email", clear="ada@example.org", mask="a***@example.org", endpoint="e", secret=None)
    with site.database.writing() as transaction:
        acting = site.served().services().acting(transaction)
        acting.subscribe(from_json({"name": "stale", "wanted": {"when": ["unknown", "lapsing:60d"]}}), [address])
        acting.subscribe(from_json({"name": "asthma", "scope": {"conditions": ["asthma"]}}), [address])
        acting.pause("asthma")


def _main(
    status: str, *, posted_on: str, start: str, completion: str, count: int, title: str = TITLE
) -> dict[str, Any]:
    kind = "ACTUAL" if len(start) == 10 else "ESTIMATED"
    return record(
        MAIN,
        status=status,
        posted_on=posted_on,
        submitted_on=posted_on,
        identificationModule={"briefTitle": title, "orgStudyIdInfo": {"id": "KIDS-1"}, "acronym": "KIDS"},
        statusModule={
            "lastKnownStatus": "RECRUITING" if status == "UNKNOWN" else None,
            "statusVerifiedDate": posted_on[:7],
            "startDateStruct": {"date": start, "type": kind},
            "primaryCompletionDateStruct": {"date": completion, "type": "ESTIMATED"},
            "completionDateStruct": {"date": completion, "type": "ESTIMATED"},
        },
        sponsorCollaboratorsModule={"leadSponsor": {"name": "Université de Genève", "class": "OTHER"}},
        conditionsModule={"conditions": ["Asthma", "Asthma in Children"]},
        descriptionModule={"briefSummary": f"Whether salbutamol helps {count} children."},
        designModule={"studyType": "INTERVENTIONAL", "phases": ["PHASE2", "PHASE3"], **enrollment(count)},
        armsInterventionsModule={
            "armGroups": [
                {"label": "Salbutamol", "type": "EXPERIMENTAL"},
                {"label": "Placebo", "type": "PLACEBO_COMPARATOR"},
            ],
            "interventions": [{"type": "DRUG", "name": "Salbutamol"}],
        },
        outcomesModule={"primaryOutcomes": [{"measure": "FEV1", "timeFrame": "6 weeks"}]},
        eligibilityModule={"eligibilityCriteria": CRITERIA, "minimumAge": "6 Years", "sex": "ALL"},
        contactsLocationsModule=sites(12),
    )


def _other(number: int, status: str) -> dict[str, Any]:
    return record(
        f"NCT{number:08}",
        status=status,
        posted_on="2025-09-01",
        identificationModule={"briefTitle": f"Another trial, number {number}"},
        statusModule={
            "statusVerifiedDate": "2024-08",
            "completionDateStruct": {"date": "2026-01", "type": "ESTIMATED"},
        },
        conditionsModule={"conditions": ["Asthma"]},
    )
