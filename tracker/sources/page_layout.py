"""The layout of a page text: its headings, and the sections they open.

A page text is a record as a public page shows it: a title, the NCT id, and sections of a heading, a
sentence that explains it, and values. One table lists headings and sentences. It promises that a heading
opens a section only where its own sentence follows, so that the same words inside a long text stay text,
and that neither heading nor sentence is part of a section's lines. It does not know what the values mean.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

HEADINGS: dict[str, str] = {
    "Basic Information": (
        "Get a concise snapshot of the trial, including recruitment status, study phase, "
        "enrollment targets, and key timeline milestones."
    ),
    "Brief Summary": (
        "Review the sponsor-provided synopsis that highlights what the study is about and why it is being conducted."
    ),
    "Detailed Description": (
        "Dive into the extended narrative that explains the scientific background, objectives, "
        "and procedures in greater depth."
    ),
    "Conditions": ("See the medical conditions and disease areas that this research is targeting or investigating."),
    "Study Design": (
        "Understand how the trial is structured, including allocation methods, masking "
        "strategies, primary purpose, and other design elements."
    ),
    "Study Groups": (
        "Review each arm or cohort in the study, along with the interventions and objectives associated with them."
    ),
    "Interventions": (
        "Learn about the drugs, procedures, or behavioral strategies being tested and how they "
        "are applied within this trial."
    ),
    "Eligibility Criteria": (
        "Check the participation requirements, including inclusion and exclusion rules, age "
        "limits, and whether healthy volunteers are accepted."
    ),
    "Sponsors": ("Meet the organizations funding or collaborating on the study and learn about their roles."),
    "Responsible Party": (
        "Identify the individual or organization who holds primary responsibility for the study "
        "information submitted to regulators."
    ),
    "Principal Investigators": (
        "Learn about the lead researchers overseeing the trial and their institutional affiliations."
    ),
    "Locations": (
        "Explore where the study is taking place and check the recruitment status at each participating site."
    ),
    "Countries": ("Review the countries where the study has at least one active or historical site."),
    "Central Contacts": ("Reach out to these primary contacts for questions about participation or study logistics."),
    "Facility Contacts": ("Find local site contact details for specific facilities participating in the trial."),
    "Other Identifiers": (
        "Review additional registry numbers or institutional identifiers associated with this trial."
    ),
    "More Related Trials": ("Additional clinical trials that may be relevant based on similarity analysis."),
}
RESULTS = "Study Results"  # has no sentence of its own: "Results pending" or "Results posted" follows
RESULTS_PENDING = (
    "The study team has not published outcome measurements, participant flow, or safety data for "
    "this trial yet. Check back later for updates."
)
TOP = ""  # the name of what stands before the first heading


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and the lines below it, without the explanatory sentence; blank lines are kept as ``""``."""

    heading: str
    lines: list[str] = field(default_factory=list)

    @property
    def values(self) -> list[str]:
        """The lines that say something."""
        return [line for line in self.lines if line]

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines).strip()


def split_sections(text: str) -> list[Section]:
    """The sections of a page text in their order; the first, named ``TOP``, holds title and ids."""
    lines = [line.rstrip() for line in text.splitlines()]
    sections = [Section(heading=TOP)]
    at = 0
    while at < len(lines):
        start = _section_start(lines, at)
        if start is None:
            sections[-1].lines.append(lines[at])
            at += 1
        else:
            sections.append(Section(heading=lines[at].strip()))
            at = start
    return sections


def count_headings(text: str) -> int:
    """How many sections of a page text open in ``text``; a text of another kind has none."""
    return len(split_sections(text)) - 1


def _section_start(lines: list[str], at: int) -> int | None:
    """Where the values of the section begin that opens at line ``at``; None where none opens."""
    heading = lines[at].strip()
    if heading == RESULTS:
        found = next(_filled(lines, at + 1), None)
        return found if found is not None and lines[found].strip().startswith("Results ") else None
    if heading not in HEADINGS:
        return None
    found = next(_filled(lines, at + 1), None)
    if found is None or not _same(lines[found], HEADINGS[heading]):
        return None
    return found + 1


def _filled(lines: list[str], start: int) -> Iterator[int]:
    return (index for index in range(start, len(lines)) if lines[index])


def _same(line: str, sentence: str) -> bool:
    return line.split() == sentence.split()
