"""Ledgers with subscribers, over both databases."""

import pytest

from tests.contract.alerts.alert_lab import AlertLab
from tests.contract.pipeline.lab import Lab


@pytest.fixture
def alerts(own_lab: Lab) -> AlertLab:
    """An empty ledger for this test alone."""
    return AlertLab(own_lab)
