"""Which holders of leases are gone."""

import subprocess
import sys

from tracker.delivery.holding import is_holder_gone, new_holder_name

SAY_NAME = "from tracker.delivery.holding import new_holder_name; print(new_holder_name())"


def test_this_process_is_there_under_each_of_its_names() -> None:
    """Two runs of one process have two names, and neither is gone."""
    names = [new_holder_name(), new_holder_name()]
    assert 2 == len(set(names))
    assert [False, False] == list(map(is_holder_gone, names))


def test_a_process_that_ended_is_gone() -> None:
    """A name that another process made is gone once that process has ended."""
    said = subprocess.run([sys.executable, "-c", SAY_NAME], check=True, capture_output=True, text=True).stdout
    assert is_holder_gone(said.strip())


def test_of_other_names_nothing_is_said() -> None:
    """What is no name of ours is left to the lease's end."""
    assert [False, False, False] == list(map(is_holder_gone, ("h", "{}", '["a"]')))
