"""Small made trials, about 3 kB each, of many statuses, some near the day on which they turn UNKNOWN.

Nothing in them is real. The same seed gives the same trials. The names of outcomes are so unlike each other, and
the wordings of one outcome so like each other, that no reader of two versions can mistake one for another.
"""

from collections.abc import Iterator
from datetime import date
from random import Random

from tracker.domain.partial_date import add_months
from tracker.domain.record import Json

MEASURES = (
    "Overall survival",
    "Change in HbA1c",
    "Six-minute walk distance",
    "Readmissions to hospital",
    "Plasma AUC of the compound",
    "Best-corrected visual acuity",
    "Freedom from seizures",
    "Bone density: hip & spine",
    "Wound closure, judged blind",
    "Sputum culture conversion",
    "Quality of life (EQ-5D)",
    "Viral load < 50 copies/mL",
    "Graft loss or death",
    "Adverse events of grade 3",
    "Serum potassium",
    "Tumour shrinkage by RECIST",
    "Cough frequency",
    "Unplanned dialysis",
    "Weeks off work",
    "Opioid consumption",
    "Systolic blood pressure",
)
WORDINGS = ("", " (b)", ", final", " (4w)", " [%]")
TIME_FRAMES = ("12 weeks", "6 months", "1 year", "Baseline and month 3", "5 years")
SITES = (
    ("Alder University Hospital", "Bergen", "Norway"),
    ("Birchfield Clinic", "Leeds", "United Kingdom"),
    ("Cedar Institute", "Lyon", "France"),
    ("Dune Medical Centre", "Utrecht", "Netherlands"),
    ("Elm Street Hospital", "Boston", "United States"),
    ("Fir Hill Research", "Toronto", "Canada"),
    ("Ginkgo Hospital", "Osaka", "Japan"),
    ("Hazel Polyclinic", "Brno", "Czechia"),
    ("Ivy Heart Centre", "Madrid", "Spain"),
    ("Juniper Children's Hospital", "Graz", "Austria"),
    ("Kauri District Hospital", "Auckland", "New Zealand"),
    ("Larch Oncology", "Turin", "Italy"),
)
CONDITIONS = ("Liver Cirrhosis", "Hypertension", "Psoriasis", "Insomnia", "Asthma", "Kidney Failure", "Breast Cancer")
COMPANIONS = ("Aldgate Foundation", "Brightwater Bio", "Marlowe Therapeutics", "National Sleep Council", "Tarn College")
_SPONSORS = ("Fjordby University Hospital", "Helm Pharma", "Tarn Valley College", "Otter & Sons", "Sund Institute")
_STATUSES = (
    ("RECRUITING", 30),
    ("NOT_YET_RECRUITING", 10),
    ("ACTIVE_NOT_RECRUITING", 12),
    ("ENROLLING_BY_INVITATION", 4),
    ("COMPLETED", 30),
    ("TERMINATED", 6),
    ("SUSPENDED", 2),
    ("WITHDRAWN", 6),
)
_CRITERIA = (
    "Inclusion Criteria:\n\n* Age \\>= {age} years. Written consent is given.\n* Weight \\> 40 kg & \\< 150 kg\n\n"
    "Exclusion Criteria:\n\n1. Pregnancy. Breast feeding.\n2. Another trial within {months} months"
)
FIRST_NUMBER = 10_000_001


def made_trials(count: int, *, seed: int, on: date, first_number: int = FIRST_NUMBER) -> Iterator[Json]:
    """``count`` trials as they stand on a day, with numbers that count up."""
    for number in range(first_number, first_number + count):
        yield made_trial(f"NCT{number:08d}", random=Random(f"{seed} {number}"), on=on)


def made_trial(trial_id: str, *, random: Random, on: date) -> Json:
    """One trial as it stands on a day."""
    (status,) = random.choices(*zip(*_STATUSES, strict=True))
    posted = date.fromordinal(on.toordinal() - random.randrange(3, 900))
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": trial_id,
                "orgStudyIdInfo": {"id": f"MADE-{trial_id[-5:]}"},
                "organization": {"fullName": random.choice(_SPONSORS), "class": "OTHER"},
                "briefTitle": f"A Made Study of {random.choice(CONDITIONS)}, No. {trial_id[-4:]}",
                "officialTitle": f"A Randomised Trial No. {trial_id[-6:]}/{random.randrange(99)}",
            },
            "statusModule": _status_module(status, posted, random),
            "sponsorCollaboratorsModule": {
                "leadSponsor": {"name": f"{random.choice(_SPONSORS)} {random.randrange(40)}", "class": "OTHER"}
            },
            "oversightModule": {"oversightHasDmc": random.random() < 0.5, "isFdaRegulatedDrug": random.random() < 0.5},
            "descriptionModule": {
                "briefSummary": f"This trial asks a question. It is made, no. {trial_id[-5:]}; doses are in mg/kg."
            },
            "conditionsModule": {"conditions": random.sample(CONDITIONS, random.randrange(1, 3))},
            "designModule": {
                "studyType": "INTERVENTIONAL",
                "phases": [random.choice(("PHASE1", "PHASE2", "PHASE3", "PHASE4"))],
                "designInfo": {"allocation": "RANDOMIZED", "primaryPurpose": "TREATMENT"},
                "enrollmentInfo": {"count": random.randrange(10, 2000), "type": "ESTIMATED"},
            },
            "outcomesModule": {
                "primaryOutcomes": _outcomes(random, 2),
                "secondaryOutcomes": _outcomes(random, random.randrange(1, 5)),
            },
            "eligibilityModule": {
                "eligibilityCriteria": _CRITERIA.format(age=random.randrange(18, 60), months=random.randrange(1, 12)),
                "sex": "ALL",
                "minimumAge": "18 Years",
            },
            "contactsLocationsModule": {"locations": _sites(random, random.randrange(1, 6))},
        },
        "derivedSection": {"conditionBrowseModule": {"meshes": [{"id": "D000001", "term": "Made"}]}},
        "hasResults": False,
    }


def outcome(measure: str, random: Random) -> Json:
    """An outcome of that name."""
    return {"measure": measure, "timeFrame": random.choice(TIME_FRAMES)}


def site(number: int, random: Random) -> Json:
    """The site of that number in ``SITES``."""
    facility, city, country = SITES[number]
    return {
        "facility": facility,
        "status": "RECRUITING",
        "city": city,
        "zip": str(random.randrange(1000, 9999)),
        "country": country,
        "geoPoint": {"lat": round(random.uniform(-60, 60), 5), "lon": round(random.uniform(-170, 170), 5)},
    }


def _outcomes(random: Random, count: int) -> list[Json]:
    return [outcome(measure, random) for measure in random.sample(MEASURES, count)]


def _sites(random: Random, count: int) -> list[Json]:
    return [site(number, random) for number in random.sample(range(len(SITES)), count)]


def _status_module(status: str, posted: date, random: Random) -> Json:
    """A quarter of the completion dates are months; most verifications are about two years before they lapse."""
    ends = add_months(posted, random.randrange(6, 30))
    end = ends.isoformat()[:7] if random.random() < 0.25 else ends.isoformat()
    first = add_months(posted, -random.randrange(6, 24)).isoformat()
    submitted = date.fromordinal(posted.toordinal() - random.randrange(1, 4)).isoformat()
    told = {
        "statusVerifiedDate": add_months(posted, -random.randrange(0, 3)).isoformat()[:7],
        "overallStatus": status,
        "expandedAccessInfo": {"hasExpandedAccess": False},
        "startDateStruct": {"date": first[:7], "type": "ACTUAL"},
        "primaryCompletionDateStruct": {"date": end, "type": "ESTIMATED"},
        "completionDateStruct": {"date": end, "type": "ESTIMATED"},
        "studyFirstSubmitDate": first,
        "studyFirstPostDateStruct": {"date": first, "type": "ACTUAL"},
        "lastUpdateSubmitDate": submitted,
        "lastUpdatePostDateStruct": {"date": posted.isoformat(), "type": "ACTUAL"},
    }
    if status in ("TERMINATED", "WITHDRAWN"):
        told["whyStopped"] = "Slow recruitment"
    return told
