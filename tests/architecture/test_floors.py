"""The house stands: each rule of `floors` holds for our packages, and is seen to catch what breaks it."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.architecture import floors
from tests.architecture.imports import Module, parse_module, read_modules

TOP = Path(__file__).resolve().parents[2]

Rule = Callable[[Iterable[Module]], list[str]]

RULES: tuple[Rule, ...] = (
    floors.unplaced_modules,
    floors.forbidden_imports,
    floors.impure_domain,
    floors.misplaced_libraries,
    floors.environment_reads,
    floors.import_cycles,
    floors.busy_packages,
)

# (rule, made-up module, its source, the sentences that the rule must say)
BROKEN: tuple[tuple[Rule, str, str, list[str]], ...] = (
    (
        floors.unplaced_modules,
        "tracker.utils",
        "",
        ["tracker.utils stands on no floor: give its room one in FLOORS and in docs/architecture.md"],
    ),
    (
        floors.forbidden_imports,
        "tracker.ledger",
        "import tracker.services",
        ["tracker.ledger:1 imports tracker.services, up from floor 1 to 4"],
    ),
    (
        floors.forbidden_imports,
        "tracker.views.trials",
        "from tracker.diffing import differ",
        ["tracker.views.trials:1 imports tracker.diffing, a stranger on its own floor 2"],
    ),
    (
        floors.forbidden_imports,
        "tracker.web.pages",
        "from tracker import daemon, domain",
        ["tracker.web.pages:1 imports tracker.daemon, a stranger on its own floor 5"],
    ),
    (
        floors.forbidden_imports,
        "tracker.alerts.digests",
        "from .. import delivery",
        ["tracker.alerts.digests:1 imports tracker.delivery, a stranger on its own floor 3"],
    ),
    (
        floors.forbidden_imports,
        "tracker.pipeline",
        "def poll():\n    from .alerts.matching import match\n",
        ["tracker.pipeline:2 imports tracker.alerts.matching, a stranger on its own floor 3"],
    ),
    (
        floors.forbidden_imports,
        "tracker.source",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from tracker.cli.main import main\n",
        ["tracker.source:3 imports tracker.cli.main, up from floor 1 to 6"],
    ),
    (
        floors.forbidden_imports,
        "tracker.sources.api",
        "import importlib\nimportlib.import_module('tracker.pipeline')",
        ["tracker.sources.api:2 imports tracker.pipeline, up from floor 2 to 3"],
    ),
    (
        floors.forbidden_imports,
        "store.outbox",
        "from tracker.domain.clock import Clock",
        ["store.outbox:1 imports tracker.domain.clock, a stranger on its own floor 0"],
    ),
    (
        floors.forbidden_imports,
        "notifiers.email",
        "import tracker",
        ["notifiers.email:1 imports tracker, which knows trials"],
    ),
    (
        floors.forbidden_imports,
        "notifiers.webhook",
        "from store.outbox import Delivery",
        ["notifiers.webhook:1 imports store.outbox, a stranger on its own floor 0"],
    ),
    (
        floors.forbidden_imports,
        "tracker.domain.staleness",
        "from tracker.settings import Settings",
        ["tracker.domain.staleness:1 imports tracker.settings, a leaf for floors from 2 up"],
    ),
    (
        floors.forbidden_imports,
        "tracker.settings",
        "import click\nfrom tracker.domain import errors, record",
        [
            f"tracker.settings:{line} imports {target}, but a leaf has only the standard library"
            ", tracker.setting_groups, tracker.setting_layers, tracker.setting_values"
            ", tracker.domain.errors, platformdirs"
            for line, target in ((1, "click"), (2, "tracker.domain"))
        ],
    ),
    (
        floors.forbidden_imports,
        "tracker.cli.main",
        "from tracker.helpers import chunks",
        ["tracker.cli.main:1 imports tracker.helpers, and one of the two stands on no floor"],
    ),
    (
        floors.impure_domain,
        "tracker.domain.record",
        "import json, orjson",
        ["tracker.domain.record:1 imports orjson, which is not in the standard library"],
    ),
    (
        floors.misplaced_libraries,
        "tracker.diffing.matching",
        "from deepdiff import DeepDiff",
        ["tracker.diffing.matching:1 imports deepdiff, whose home is tracker.diffing.differ"],
    ),
    (
        floors.misplaced_libraries,
        "tracker.ledger",
        "import sqlalchemy.orm",
        ["tracker.ledger:1 imports sqlalchemy.orm, whose home is store and tracker.views"],
    ),
    (
        floors.misplaced_libraries,
        "notifiers.webhook",
        "import smtplib",
        ["notifiers.webhook:1 imports smtplib, whose home is notifiers.email"],
    ),
    (
        floors.misplaced_libraries,
        "notifiers.parsing",
        "import apprise, httpcore2",
        [
            "notifiers.parsing:1 imports apprise, whose home is notifiers.apprise",
            "notifiers.parsing:1 imports httpcore2, whose home is notifiers.guarded_connections and notifiers.webhook",
        ],
    ),
    (
        floors.misplaced_libraries,
        "tracker.sources.ctgov.live",
        "import httpx2",
        ["tracker.sources.ctgov.live:1 imports httpx2, whose home is tracker.sources.ctgov.transports.over_httpx"],
    ),
    (
        floors.forbidden_imports,
        "tracker.registry",
        "from tracker.sources.ctgov import live",
        ["tracker.registry:1 imports tracker.sources.ctgov, up from floor 1 to 2"],
    ),
    (
        floors.environment_reads,
        "store.engine",
        "import os\nurl = os.environ['DATABASE_URL']",
        ["store.engine:2 reads os.environ, which is for tracker.settings"],
    ),
    (
        floors.environment_reads,
        "tracker.cli.main",
        "import os.path\nimport os as system\nsystem.getenv('HOME')\nos.putenv('A', 'b')",
        [
            "tracker.cli.main:3 reads os.getenv, which is for tracker.settings",
            "tracker.cli.main:4 reads os.putenv, which is for tracker.settings",
        ],
    ),
    (
        floors.environment_reads,
        "notifiers.email",
        "from os import environ as settings",
        ["notifiers.email:1 reads os.environ, which is for tracker.settings"],
    ),
    (
        floors.import_cycles,
        "store.engine",
        "from store import engine",
        ["import cycle: store.engine -> store.engine"],
    ),
)

# Made-up modules that keep every rule, so that no rule is kept by forbidding too much.
SOUND = (
    ("tracker.services", "import store.engine, tracker.settings\nfrom tracker.sources.api import Api"),
    (
        "tracker.settings",
        "import os\nfrom tracker.setting_layers import Said\nhome = os.environ['HOME']",
    ),
    ("tracker.diffing.differ", "from deepdiff import DeepDiff\nfrom . import canonical"),
    ("tracker.views.trials", "from sqlalchemy import select\nfrom store.errors import Conflict"),
    ("notifiers.email", "import smtplib\nfrom email.message import EmailMessage"),
    ("notifiers.apprise", "import apprise\nfrom notifiers import masks"),
    ("tracker.domain.record", "from ..domain.errors import InvalidInput\nimport re"),
    ("tracker.cli.main", "import os\nfrom tracker import domain, services\nhere = os.getcwd()"),
)


@pytest.fixture(scope="module")
def our_modules() -> tuple[Module, ...]:
    """Every module of the three packages."""
    return read_modules(TOP, floors.PACKAGES)


def test_modules_of_every_package_are_read(our_modules: tuple[Module, ...]) -> None:
    """The rules below judge something: an empty list of modules would keep them all."""
    assert set(floors.PACKAGES) <= {module.name for module in our_modules}


@pytest.mark.parametrize("rule", RULES)
def test_our_packages_keep_the_rule(rule: Rule, our_modules: tuple[Module, ...]) -> None:
    """Each rule holds for tracker, store and notifiers."""
    assert [] == rule(our_modules)


@pytest.mark.parametrize(("rule", "name", "source", "sentences"), BROKEN)
def test_rule_catches_what_breaks_it(rule: Rule, name: str, source: str, sentences: list[str]) -> None:
    """A made-up module that breaks a rule is found, and the sentence names module, line and reason."""
    assert sentences == rule([parse_module(name, source)])


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("name", "source"), SOUND)
def test_rule_lets_sound_code_pass(rule: Rule, name: str, source: str) -> None:
    """A made-up module that keeps the house's rules breaks none."""
    assert [] == rule([parse_module(name, source)])


def test_import_cycle_over_several_modules_is_caught() -> None:
    """A cycle is found over a detour, through a package's names, and named in the order of its imports."""
    modules = [
        parse_module("store", "from store.outbox import Outbox", is_package=True),
        parse_module("store.outbox", "def lease():\n    from .engine import Engine\n"),
        parse_module("store.engine", "from store import Outbox"),
    ]

    (sentence,) = floors.import_cycles(modules)

    # Where the walk enters the cycle is of no matter: the first name stands at the end again.
    names = sentence.removeprefix("import cycle: ").split(" -> ")
    cycle = ["store", "store.outbox", "store.engine"]
    start = cycle.index(names[0])
    assert [*cycle[start:], *cycle[:start], names[0]] == names


@pytest.mark.parametrize(
    ("source", "sentences"),
    (
        ("", ["store/__init__.py has no docstring"]),
        (
            '"""Doc."""\nimport logging\nlogging.basicConfig()',
            ["store/__init__.py:3 does work: logging.basicConfig()"],
        ),
        ('"""Doc."""\nLIMIT = 3', ["store/__init__.py:2 does work: LIMIT = 3"]),
        ('"""Doc."""\nfrom store.engine import open_engine\n\n__all__ = ["open_engine"]', []),
    ),
)
def test_busy_package_is_caught(source: str, sentences: list[str]) -> None:
    """An `__init__.py` with anything but a docstring, imports and `__all__` is found."""
    assert sentences == floors.busy_packages([parse_module("store", source, is_package=True)])


def test_every_rule_has_been_seen_to_fail() -> None:
    """No rule stands here that a made-up source was not seen to break."""
    seen = {rule for rule, *_ in BROKEN} | {floors.busy_packages}
    assert set(RULES) == seen
