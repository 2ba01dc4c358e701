"""What the agent refuses before it starts anything: one sentence, exit code 2."""

import socket
from pathlib import Path

import pytest

from checks.target import Asked, UsageError
from diagnose.agent import settings
from diagnose.agent.front import Agent
from diagnose.agent.settings import Settings
from diagnose.live.options import Options


def chosen(
    *targets: str,
    interval: float = 300.0,
    listen: str = "127.0.0.1:0",
    textfile: Path | None = None,
    once: bool = False,
) -> Settings:
    return Settings(
        asked=settings.by_registry([Asked(text=text) for text in targets]),
        interval=interval,
        listen=None if once else settings.place(listen),
        textfile=textfile,
        once=once,
    )


def test_each_registry_is_asked_about_its_image() -> None:
    asked = chosen("contoso", "fabrikam.azurecr.io/app:v1").asked

    assert {name: one.text for name, one in asked.items()} == {
        "contoso.azurecr.io": "contoso",
        "fabrikam.azurecr.io": "fabrikam.azurecr.io/app:v1",
    }


def test_a_registry_has_one_row_so_it_is_named_once() -> None:
    with pytest.raises(UsageError, match=r"contoso\.azurecr\.io is named twice"):
        chosen("contoso", "CONTOSO.azurecr.io/app:v1")


def test_the_number_of_rows_has_an_end() -> None:
    with pytest.raises(UsageError, match="at most 50"):
        chosen(*(f"registry{number}" for number in range(51)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1:9846", ("127.0.0.1", 9846)),
        ("0.0.0.0:80", ("0.0.0.0", 80)),
        ("[::1]:9846", ("::1", 9846)),
        ("localhost:0", ("127.0.0.1", 0)),
        ("none", None),
    ],
)
def test_a_place_is_an_address_and_a_port(text: str, expected: object) -> None:
    assert settings.place(text) == expected


@pytest.mark.parametrize(
    "text", ["", "9846", ":9846", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "node:80", "1:-1"]
)
def test_what_is_no_place_is_refused_without_a_look_up(text: str) -> None:
    with pytest.raises(UsageError, match="--listen"):
        settings.place(text)


@pytest.mark.parametrize("interval", [0.0, 29.0, 86401.0])
def test_an_interval_has_bounds(interval: float) -> None:
    with pytest.raises(UsageError, match="--interval"):
        chosen("contoso", interval=interval)


def test_somebody_has_to_be_told() -> None:
    with pytest.raises(UsageError, match="--listen none needs --textfile"):
        chosen("contoso", listen="none")
    with pytest.raises(UsageError, match="--once needs --textfile"):
        chosen("contoso", once=True)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no folder to write to"):
        chosen("contoso", textfile=tmp_path / "not-there" / settings.FILE)


def test_a_port_that_is_taken_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        made = Agent(chosen("contoso", listen=place), Options(), ask=lambda _: pytest.fail("asked"))

        with pytest.raises(UsageError, match=f"--listen {place} is not to be had: Address already"):
            made.run()
