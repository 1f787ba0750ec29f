"""The report of a run that goes on: this machine alone, its own page alone, and news as runs land."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest

import gancheck as gc
from gancheck.cli.main import main
from gancheck.errors import BadParameter
from gancheck.report.html.server import LivePage, names_of, serving


@pytest.fixture
def live(folder: Path, registry: gc.Registry) -> Iterator[tuple[LivePage, int]]:
    page = LivePage(folder, registry)
    with serving(page, 0) as address:
        yield page, int(address.rstrip("/").rpartition(":")[2])


def get(port: int, path: str = "/", **headers: str) -> tuple[int, str]:
    """Status and text of an answer."""
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    asking.request("GET", path, headers=headers)
    answer = asking.getresponse()
    text = answer.read().decode()
    asking.close()
    return answer.status, text


def test_page_follows_the_run_and_ends_as_the_report(live: tuple[LivePage, int], tmp_path: Path) -> None:
    page, port = live
    assert "this page follows the run" in get(port)[1]
    before = get(port, "/version")
    page.land()
    assert get(port, "/version") != before
    (tmp_path / "report.html").write_text("the whole of it")
    page.end(tmp_path / "report.html")
    assert get(port) == (200, "the whole of it")


def test_other_names_and_other_origins_are_refused(live: tuple[LivePage, int]) -> None:
    _, port = live
    assert get(port, Host="evil.example")[0] == 403
    assert get(port, Origin="http://evil.example")[0] == 403
    assert get(port, Origin="null")[0] == 403
    assert get(port, "/version", Host=f"localhost:{port}")[0] == 200


def test_the_usual_port_may_go_unsaid() -> None:
    assert {"127.0.0.1", "localhost", "localhost:80"} <= names_of(80)
    assert names_of(8321) == {"127.0.0.1:8321", "localhost:8321"}


def test_nothing_but_the_page_is_served(live: tuple[LivePage, int]) -> None:
    assert get(live[1], "/suite.json")[0] == 404
    assert get(live[1], "/../../etc/passwd")[0] == 404


def test_folder_without_runs_says_so_until_one_lands(tmp_path: Path, registry: gc.Registry) -> None:
    assert "Nothing to report yet" in LivePage(tmp_path, registry).text()


def test_taken_port_and_port_without_server_are_bad_calls(
    live: tuple[LivePage, int], capsys: pytest.CaptureFixture[str]
) -> None:
    page, port = live
    with pytest.raises(BadParameter, match="take another"), serving(page, port):
        pass
    assert main(["run", "smoke", "--port", "9000"]) == 2
    assert "no effect without --serve" in capsys.readouterr().err
