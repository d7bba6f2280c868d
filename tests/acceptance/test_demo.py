"""The demonstration tells its story truthfully, by the real daemon, and leaves nothing behind."""

import json
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.contract.cli.command import COMMAND, TOP, Answer, ask, environment, trialog
from tests.contract.daemon.daemons import running
from tests.contract.web.site import get

SILENTLY = "by the registry itself, without a new post date"
DATABASE = "demo.db"
OF_CHANCE = re.compile(
    r"(?<=127\.0\.0\.1:)\d+|(?<=secret whsec_)\S+|(?<=--token )\S+|(?<=webhook-timestamp  )\d+"
    r"|(?<=webhook-signature  v1,)\S+"
)


@pytest.fixture(scope="module")
def told() -> Answer:
    """The demonstration, run once as a person would."""
    return trialog("demo")


def test_the_demonstration_foretells_the_lapse_and_ends_with_a_verified_ledger(told: Answer) -> None:
    """It exits with 0 after it foretold UNKNOWN, told of it on the day, saw the flip, and verified its ledger."""
    assert (0, "") == (told.status, told.err)
    places = [
        told.text.index(text)
        for text in (
            "$ trialog run &\n",
            "  mail     NCT90000001: will turn UNKNOWN on 2026-04-01, in 42 days (",
            "$ trialog stale --within 60\n",
            "NCT90000001  lapsing  2026-04-01, in 42 days",
            "  mail     NCT90000001: UNKNOWN since 2026-04-01 (",
            f"revision 2  2026-04-22 (today), {SILENTLY}\n  Last known status: added RECRUITING\n"
            "  Recruitment status: RECRUITING -> UNKNOWN  (major)",
            "$ trialog verify\nThe ledger is whole.",
        )
    ]
    assert sorted(places) == places


def test_it_shows_what_is_hard_to_see(told: Answer) -> None:
    """A silent rename, a record merged into another, and a trial that enters the tracked query are in its trail."""
    rename = f"{SILENTLY}\n  Lead sponsor: Aldgate Renal Group -> Aldgate Kidney Care  (major)"
    assert rename in told.text
    assert "Record merged: visible -> merged  (into NCT90000004, major)" in told.text
    before, after = "Tracking the query arthritis: 1 trial today.", "query arthritis  2026-01-15  2 members:"
    assert told.text.index(before) < told.text.index(after) < told.text.index("NCT90000006  Walking Groups")


def test_nobody_polls_or_delivers_but_the_daemon(told: Answer) -> None:
    """The commands of the story only track, subscribe and ask; what came of it was told by mail and webhook alike."""
    commands = set(re.findall(r"^\$ trialog (\S+)", told.text, re.MULTILINE))
    assert {"track", "subscribe", "run", "tracked", "history", "stale", "verify"} == commands
    mails, posts = (re.findall(rf"^  {kind}  +\S.*", told.text, re.MULTILINE) for kind in ("mail", "webhook"))
    assert (9, 9) == (len(mails), len([post for post in posts if "trialog." in post]))


def test_it_ends_by_showing_what_was_received(told: Answer) -> None:
    """The mail with its headers and text, the webhook with a signature that holds, the status, and the daemon's end."""
    end = told.text.partition("# The mail of Wed, 01 Apr 2026 00:05:00 +0000, as it was received:\n")[2]
    for line in (
        "  To              ada@example.org",
        "  Subject         NCT90000001: UNKNOWN since 2026-04-01 (Mesenchymal Cells in Decompensated Cirrhosis)",
        "  UNKNOWN since 2026-04-01: RECRUITING -> UNKNOWN (by the rule; the registry does not show it yet)",
        "The signature holds, by the secret that subscribe showed.",
        "All is well; 6 trials, 11 revisions, 32 events; 18 sent; 1 daemon: poller, deliverer",
        "The daemon ended with 0.",
    ):
        assert f"{line}\n" in end
    event = json.loads(end[end.index("\n  {\n") : end.index("\n  }\n") + 4])
    assert ("trialog.condition", "NCT90000001") == (event["type"], event["subject"])
    assert f"  webhook-id         {event['id']}\n" in end


def test_it_is_told_alike_every_time(told: Answer, tmp_path: Path) -> None:
    """Another run says the same but for ports, secrets, signatures and tokens, whatever a person has chosen."""
    again = trialog(
        "demo",
        TRIALOG_DATABASE=str(tmp_path / "mine.db"),
        TRIALOG_CTGOV__BASE_URL="https://registry.invalid",
        TRIALOG_CTGOV__REQUEST_INTERVAL_S="30",
        TRIALOG_CLOCK__URL="http://127.0.0.1:9/",
        TRIALOG_EMAIL__HOST="mail.invalid",
        TRIALOG_PUBLIC_URL="https://trialog.invalid",
        TRIALOG_SCHEDULE__RELEASE="off",
        TMPDIR=str(tmp_path),
    )
    assert OF_CHANCE.sub("...", told.text).splitlines() == OF_CHANCE.sub("...", again.text).splitlines()
    assert [] == list(tmp_path.iterdir())


def test_the_readme_shows_what_it_prints(told: Answer) -> None:
    """Each line of the README's excerpt is a line of the demonstration, in its order; ``...`` stands for a rest."""
    readme = (TOP / "README.md").read_text(encoding="utf-8")
    excerpt = readme.partition("prints, among the rest:\n")[2].partition("\n![")[0]
    wanted = [line.removeprefix("    ") for line in excerpt.splitlines() if line.strip()]
    assert len(wanted) > 10
    lines = iter(told.text.splitlines())
    missing = [
        want
        for want in wanted
        if not any(line.startswith(want[:-3]) if want.endswith("...") else line == want for line in lines)
    ]
    assert [] == missing


def test_it_can_be_kept_and_needs_no_mail_server(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """With --keep the ledger stays in the folder that was named; without aiosmtpd it says so and tells by webhook."""
    (tmp_path / "aiosmtpd.py").write_text("raise ModuleNotFoundError('aiosmtpd')\n", encoding="utf-8")
    folder = tmp_path / "kept"
    kept = trialog("demo", "--keep", folder, PYTHONPATH=os.pathsep.join((str(tmp_path), str(TOP))))
    database = folder / DATABASE
    assert (0, "") == (kept.status, kept.err)
    assert "\n# No mail: its server, aiosmtpd, is not installed; pip install 'trialog[demo]'.\n" in kept.text
    assert "mailto:" not in kept.text
    assert "\nThe signature holds, by the secret that subscribe showed.\n" in kept.text
    assert kept.text.endswith(
        f"\nKept in {folder}: go on with  trialog --database {database} history NCT90000001\n"
        f"Look at it in a browser:  trialog serve --database {database}\n"
    )
    left = {path.name for path in folder.iterdir()}
    assert {DATABASE, f"{DATABASE}.daemon", "daemon.log"} == left - {f"{DATABASE}-wal", f"{DATABASE}-shm"}
    assert 0 == ask(capfdbinary, "verify", "--database", database).status
    with running("--database", str(database), "--listen", "127.0.0.1:0", command="serve") as served:
        url = served.wait_for("http_listening")["url"]
        pages = [get(url, path).body.decode() for path in ("/", "/trials/NCT90000001")]
        assert all("Mesenchymal Cells in Decompensated Cirrhosis" in page for page in pages)
    again = ask(capfdbinary, "demo", "--keep", folder)
    assert (2, f"trialog: {database} is there already; name another folder, or remove it\n") == (
        again.status,
        again.err,
    )


@pytest.mark.parametrize(
    ("kind", "status", "said"),
    ((signal.SIGINT, 130, "trialog: interrupted\n"), (signal.SIGTERM, 143, "")),
)
def test_interrupted_it_leaves_nothing(
    kind: signal.Signals, status: int, said: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Ctrl-C or SIGTERM in the middle of the story ends it in a line at most; its daemon and its folder are gone."""
    started = subprocess.Popen(
        [*COMMAND, "demo"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(TMPDIR=str(tmp_path), PYTHONUNBUFFERED="1"),
        text=True,
    )
    assert started.stdout is not None
    while not started.stdout.readline().startswith("trialog run:"):
        assert started.poll() is None, "the demonstration ended too soon"
    (folder,) = tmp_path.iterdir()
    (seen,) = ask(capfdbinary, "status", "--json", "--database", folder / DATABASE).objects
    (daemon,) = seen["daemons"]
    started.send_signal(kind)
    out, err = started.communicate(timeout=30)
    assert (status, said) == (started.returncode, err)
    assert "verify" not in out
    assert [] == list(tmp_path.iterdir())
    with pytest.raises(ProcessLookupError):
        os.kill(daemon["pid"], 0)
