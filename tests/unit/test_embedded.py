"""The embedded server: made, started, found again, stopped and removed."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from seeder import embedded
from seeder.errors import SeederError
from tests.helpers.servers import query, run_sql, short_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    with short_folder("seeder-t-") as path:
        yield path
        embedded.remove(path)


def test_start_stop_and_start_again_keep_the_data(folder: Path) -> None:
    url = embedded.start(folder)
    run_sql(url, "CREATE TABLE t AS SELECT 1 AS a")
    assert embedded.running(folder)
    assert embedded.start(folder) == url

    embedded.stop(folder)
    assert not embedded.running(folder)
    embedded.stop(folder)

    assert query(embedded.start(folder), "SELECT a FROM t") == [(1,)]


def test_a_killed_server_recovers(folder: Path) -> None:
    url = embedded.start(folder)
    run_sql(url, "CREATE TABLE t AS SELECT generate_series(1, 1000) AS a")
    os.kill(int((folder / "data/postmaster.pid").read_text().split()[0]), 9)
    while embedded.running(folder):
        time.sleep(0.05)
    assert query(embedded.start(folder), "SELECT count(*) FROM t") == [(1000,)]


def test_it_listens_on_a_private_socket_only(folder: Path) -> None:
    url = embedded.start(folder)
    assert query(url, "SHOW listen_addresses") == [("",)]
    assert query(url, "SHOW fsync") == [("on",)]
    assert (folder / "data").stat().st_mode & 0o077 == 0


def test_bytewise_order_with_unicode_case(embedded_url: str) -> None:
    assert query(embedded_url, "SELECT lower('ÄÖ'), 'B' < 'a'") == [("äö", True)]


def test_a_long_or_odd_path_gets_a_short_socket(folder: Path) -> None:
    deep = folder / ("x" * 60) / "with a space"
    url = embedded.start(deep)
    try:
        with psycopg.connect(url) as connection:
            socket = Path(connection.info.host)
        assert len(str(socket)) < 90
        assert " " not in str(socket)
        assert socket.stat().st_mode & 0o077 == 0
    finally:
        embedded.remove(deep)
    assert not deep.exists()
    assert not socket.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts a server as another user")
def test_root_leaves_closed_folders_closed(folder: Path) -> None:
    closed = folder / "home"
    closed.mkdir(mode=0o700)
    url = embedded.start(closed / "data")
    try:
        assert query(url, "SELECT 1") == [(1,)]
        assert closed.stat().st_mode & 0o077 == 0
    finally:
        embedded.remove(closed / "data")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root copies the programs for another user")
def test_root_copies_programs_that_the_server_cannot_reach(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "_programs_usable", lambda programs: False)
    assert query(embedded.start(folder), "SELECT 1") == [(1,)]
    assert (folder / "programs").exists()
    embedded.remove(folder)
    assert not folder.exists()


def test_remove_spares_what_is_not_ours(folder: Path) -> None:
    (folder / "note").write_text("mine")
    embedded.start(folder)
    embedded.remove(folder)
    assert [p.name for p in folder.iterdir()] == ["note"]
    embedded.remove(folder / "missing")


def test_a_missing_wheel_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "find_spec", lambda name: None)
    with pytest.raises(SeederError, match=r"hospital-seeder\[embedded\]"):
        embedded.binaries()


def test_a_folder_that_cannot_be_made(folder: Path) -> None:
    (folder / "file").write_text("")
    with pytest.raises(SeederError, match="cannot make the folder"):
        embedded.start(folder / "file" / "data")


def test_a_failing_program_shows_its_words(folder: Path) -> None:
    embedded.start(folder)
    embedded.stop(folder)
    (folder / "data/postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(SeederError, match="no_such_setting"):
        embedded.start(folder)


def test_a_link_in_place_of_the_data_is_refused(folder: Path) -> None:
    (folder / "data").symlink_to("/etc")
    with pytest.raises(SeederError, match="not a folder of user"):
        embedded.start(folder)
