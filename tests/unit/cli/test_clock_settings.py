"""The setting ``clock.url``: an http address on this machine and nothing else."""

import pytest

from tracker.domain.errors import InvalidInput
from tracker.settings import read_settings


@pytest.mark.parametrize(
    "address",
    (
        *("http://127.0.0.1:8485/clock", "http://127.9.9.9", "http://[::1]:80/clock?zone=utc", "http://localhost:1/"),
        *("HTTP://LOCALHOST/now", " http://127.0.0.1/ ", ""),
    ),
)
def test_addresses_on_this_machine_are_taken(address: str) -> None:
    """127.0.0.0/8, ::1 and localhost, with any port, path and query; empty is the machine's clock."""
    assert address.strip() == read_settings(options={"clock.url": address}, environment={}).clock_url


@pytest.mark.parametrize(
    "address",
    (
        *(
            "https://127.0.0.1/clock",
            "http://128.0.0.1/",
            "http://10.0.0.1/",
            "http://time.example.org/",
            "http://0.0.0.0/",
        ),
        *(
            "http://localhost.example.org/",
            "http://[::2]/",
            "http://[::ffff:127.0.0.1]/",
            "http://127.1/",
            "http://0x7f.1/",
        ),
        *(
            "http://me@127.0.0.1/",
            "http://127.0.0.1/#now",
            "http://127.0.0.1:99999/",
            "http://127.0.0.1:x/",
            "http:///clock",
        ),
        *(
            "127.0.0.1:8485/clock",
            "http://[::1/",
            "http://127.0.0.1/a b",
            "http://127.0.0.1/\N{SNOWMAN}",
            "http://1/\x07",
        ),
    ),
)
def test_all_else_is_refused(address: str) -> None:
    """Another machine, another scheme, a name that may lead elsewhere: the message names the variable."""
    with pytest.raises(
        InvalidInput, match=r"^TRIALOG_CLOCK__URL is .*expected an http address on this machine, such as"
    ):
        read_settings(options={}, environment={"TRIALOG_CLOCK__URL": address})
