"""The files for containers that docs/operations hands out, as far as they can be tried without building an image."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tracker.setting_layers import PREFIX, variable_of
from tracker.settings import sift_settings

TOP = Path(__file__).resolve().parents[3]
FOLDER = TOP / "docs" / "operations"
CONTAINERFILE, COMPOSE = FOLDER / "Containerfile", FOLDER / "compose.yaml"
WAIT_S = 120


def steps() -> list[tuple[str, str]]:
    """The instructions with what follows them, continued lines joined."""
    text = CONTAINERFILE.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split()[0], line.partition(" ")[2].strip()) for line in lines]


def composed() -> dict[str, Any]:
    """The compose file as it is read."""
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed, so the compose file is not read")
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    return found


@pytest.fixture
def health() -> Iterator[tuple[int, list[int]]]:
    """A server on this machine that answers each question with the next status; its port, and the statuses."""
    statuses: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(statuses.pop(0))
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server.server_port, statuses
    server.shutdown()
    server.server_close()
    thread.join()


def test_what_is_copied_is_there() -> None:
    """Every path that the build takes from the checkout exists, and all three packages are among them."""
    copied = [word for name, rest in steps() if name == "COPY" and "--from" not in rest for word in rest.split()[:-1]]
    assert [] == [path for path in copied if not (TOP / path).exists()]
    assert {"tracker/", "store/", "notifiers/", "config/", "requirements/"} <= set(copied)


def test_what_is_installed_is_pinned_by_hashes() -> None:
    """pip takes nothing whose hash is not known, and is told no index."""
    installs = re.findall(r"pip install ([^&]*)", " && ".join(rest for name, rest in steps() if name == "RUN"))
    assert 3 == len(installs)
    assert all("--require-hashes" in one or "--no-index" in one for one in installs)
    assert "index-url" not in CONTAINERFILE.read_text(encoding="utf-8")
    assert ["python:3.13-slim AS build", "python:3.13-slim"] == [rest for name, rest in steps() if name == "FROM"]


def test_it_runs_as_nobody_special_and_ends_by_the_daemons_signal() -> None:
    """A user of its own, a volume for the ledger, SIGTERM to end."""
    told = dict(steps())
    assert ("10001:10001", "/var/lib/trialog", "SIGTERM") == (told["USER"], told["VOLUME"], told["STOPSIGNAL"])
    assert (["trialog"], ["run"]) == (json.loads(told["ENTRYPOINT"]), json.loads(told["CMD"]))


@pytest.mark.parametrize(("status", "is_well"), ((200, True), (503, False)))
def test_the_health_check_asks_healthz(health: tuple[int, list[int]], status: int, is_well: bool) -> None:
    """The very command of the image, with another port: 0 where the daemon says 200, else not."""
    port, statuses = health
    (check,) = [rest for name, rest in steps() if name == "HEALTHCHECK"]
    python, *words = json.loads(check.partition("CMD ")[2])
    assert ("python", True) == (python, "/healthz" in words[-1])
    statuses.append(status)
    words[-1] = words[-1].replace(":8484/", f":{port}/")
    done = subprocess.run([sys.executable, *words], capture_output=True, check=False, timeout=WAIT_S)
    assert (is_well, []) == (done.returncode == 0, statuses)


def test_variables_are_settings() -> None:
    """Each variable of trialog's that an image or a service sets is a setting."""
    (line,) = [rest for name, rest in steps() if name == "ENV" and PREFIX in rest]
    given = dict(part.split("=", 1) for part in line.split() if part.startswith(PREFIX))
    found = sift_settings(options={}, environment=given)
    assert ((), set(given)) == (found.problems, {variable_of(name) for name in found.said})
    services = composed()["services"].values()
    named = {name for one in services for name in one["environment"] if name.startswith(PREFIX)}
    assert named
    for name in named:
        assert name in map(variable_of, found.values)


def test_two_daemons_share_one_database_which_is_migrated_when_asked() -> None:
    """Both wait for the server; migrating is a service of a profile, which is not started with the others."""
    services = composed()["services"]
    assert {"postgres", "migrate", "daemon-1", "daemon-2"} == set(services)
    assert ([["run"]] * 2, ["migrate"]) == (
        [services[name]["command"] for name in ("daemon-1", "daemon-2")],
        services["migrate"]["command"],
    )
    assert (["migrate"], {None}) == (
        services["migrate"]["profiles"],
        {services[name].get("profiles") for name in services if name != "migrate"},
    )
    urls = {one["environment"]["TRIALOG_DATABASE"] for name, one in services.items() if name != "postgres"}
    assert 1 == len(urls)
    assert all(one["depends_on"]["postgres"]["condition"] == "service_healthy" for one in list(services.values())[1:])
    build = services["daemon-1"]["build"]
    assert CONTAINERFILE == (FOLDER / build["context"]).resolve() / build["dockerfile"]


def test_an_engine_takes_the_compose_file() -> None:
    """``docker compose config`` reads it, where there is such a thing."""
    engine = next((path for name in ("docker", "podman") if (path := shutil.which(name))), None)
    if engine is None:
        pytest.skip("no container engine is here, so the compose file is not tried")
    if subprocess.run([engine, "compose", "version"], capture_output=True, check=False, timeout=WAIT_S).returncode:
        pytest.skip(f"{Path(engine).name} has no compose here, so the compose file is not tried")
    command = [engine, "compose", "--file", str(COMPOSE), "config", "--quiet"]
    environment = {"PATH": str(Path(engine).parent), "TRIALOG_DB_PASSWORD": "x"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=WAIT_S, env=environment)
    assert 0 == done.returncode, done.stderr


def test_an_engine_takes_the_containerfile() -> None:
    """``docker build --check`` finds nothing amiss, where an engine answers."""
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "info"], capture_output=True, check=False, timeout=WAIT_S).returncode:
        pytest.skip("no container engine answers here, so the Containerfile is not tried")
    command = [docker, "build", "--check", "--file", str(CONTAINERFILE), str(TOP)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=WAIT_S)
    if "unknown flag" in done.stderr:
        pytest.skip("this engine cannot check without building")
    assert 0 == done.returncode, done.stderr
