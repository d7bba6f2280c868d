"""The dashboard and the alert rules of docs/operations, against what /metrics really tells."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.contract.web.filled import filled
from tests.contract.web.site import Site

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "operations"
RULES, DASHBOARD = FOLDER / "alerts.yml", FOLDER / "grafana.json"
_NAME = re.compile(r"\btrialog_[a-z_]+")
_MATCHED = re.compile(r'(trialog_[a-z_]+)\{(\w+)(?:=|!=)"([^"]*)"\}')
_GROUPED = re.compile(r"(?:by|without) \(([\w, ]+)\)")
_OF_PROMETHEUS = {"instance"}


def panels() -> list[dict[str, Any]]:
    """The panels of the dashboard."""
    found: list[dict[str, Any]] = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    return found


def expressions() -> Iterator[str]:
    """Everything that is asked of Prometheus, and for the rules what stands around it."""
    yield RULES.read_text(encoding="utf-8")
    for panel in panels():
        yield from (target["expr"] for target in panel["targets"])


def test_every_metric_that_is_named_is_told(site: Site) -> None:
    """By its full name, with the labels and the values by which it is chosen."""
    filled(site)
    families = text_string_to_metric_families(site.get("/metrics").body.decode())
    samples = [sample for family in families for sample in family.samples]
    told = {sample.name for sample in samples}
    labels = {label for sample in samples for label in sample.labels} | _OF_PROMETHEUS
    chosen = {(sample.name, *pair) for sample in samples for pair in sample.labels.items()}
    asked = "\n".join(expressions())
    assert [] == [name for name in _NAME.findall(asked) if name not in told]
    assert [] == [found for found in _MATCHED.findall(asked) if found not in chosen]
    grouped = [name.strip() for group in _GROUPED.findall(asked) for name in group.split(",")]
    assert [] == [name for name in grouped if name not in labels]


def test_absence_has_its_alert() -> None:
    """Of the program, of its database, and of what was never there."""
    absent = re.findall(r"absent\((\w+)\)", RULES.read_text(encoding="utf-8"))
    assert ["trialog_build_info", "trialog_outbox_size", "trialog_last_complete_run_timestamp_seconds"] == absent


def test_every_metric_is_on_the_dashboard(site: Site) -> None:
    """Nothing is told that nobody sees."""
    filled(site)
    families = [one.name for one in text_string_to_metric_families(site.get("/metrics").body.decode())]
    asked = "\n".join(target["expr"] for panel in panels() for target in panel["targets"])
    assert [] == [name for name in families if name not in asked]


def test_panels_lie_beside_each_other() -> None:
    """Each has a title and an id of its own, and none covers another."""
    found = panels()
    assert len(found) == len({panel["id"] for panel in found}) == len({panel["title"] for panel in found})
    assert [] == [
        (one["title"], other["title"])
        for one, other in combinations(found, 2)
        if _overlap(one["gridPos"], other["gridPos"])
    ]


def test_every_alert_is_explained() -> None:
    """In the page about operations, by its name."""
    page = (FOLDER.parent / "operations.md").read_text(encoding="utf-8")
    alerts = re.findall(r"- alert: (\w+)", RULES.read_text(encoding="utf-8"))
    assert len(alerts) == len(set(alerts))
    assert [] == [name for name in alerts if f"`{name}`" not in page]


def test_prometheus_takes_the_rules() -> None:
    """By its own tool."""
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("promtool, which comes with Prometheus, is not installed")
    done = subprocess.run([tool, "check", "rules", str(RULES)], check=False, capture_output=True, text=True)
    assert 0 == done.returncode, done.stdout + done.stderr


def _overlap(one: dict[str, int], other: dict[str, int]) -> bool:
    beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
    above = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
    return not beside and not above
