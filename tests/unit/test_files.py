from __future__ import annotations

import gzip
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from mmtui.errors import OutputError
from mmtui.files import opened, read, replacing, unpacked, write

ZEROS = Path("/dev/zero")
FULL = Path("/dev/full")


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# Reading


def pipe(path: Path) -> None:
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.mkdir()


def leads_nowhere(path: Path) -> None:
    path.symlink_to("nowhere")


def leads_to_itself(path: Path) -> None:
    path.symlink_to(path)


def device(path: Path) -> None:
    path.symlink_to(ZEROS)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (pipe, "not a regular file"),
        (folder, "Is a directory"),
        (leads_nowhere, "No such file"),
        (leads_to_itself, "Too many levels"),
        (device, "not a regular file"),
    ],
)
def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path, make: Callable[[Path], None], why: str) -> None:
    make(tmp_path / "x")
    for reader in (opened, read):
        with pytest.raises(OSError, match=why):
            reader(tmp_path / "x")
    with pytest.raises(OSError, match=why), unpacked(tmp_path / "x"):
        pass


def test_a_name_that_cannot_be_is_an_error_like_others() -> None:
    with pytest.raises(OSError, match="null byte"):
        read(Path("a\0b"))


def test_files_have_a_largest_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x").write_bytes(b"12345")
    assert read(tmp_path / "x", 5) == b"12345"
    with pytest.raises(OSError, match="expected at most 4 bytes"):
        read(tmp_path / "x", 4)
    # Nothing of it is on the disk.
    with (tmp_path / "huge").open("wb") as huge:
        huge.truncate(2**20 + 1)
    assert len(read(tmp_path / "huge")) == 2**20 + 1
    monkeypatch.setenv("MMTUI_MOST_MIB", "1")
    with pytest.raises(OSError, match="expected at most 1,048,576 bytes"):
        read(tmp_path / "huge")


def test_a_small_file_does_not_become_a_huge_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = b"1,2\n" * 300_000
    (tmp_path / "rows").write_bytes(rows)
    (tmp_path / "rows.gz").write_bytes(gzip.compress(rows))
    for name in ("rows", "rows.gz"):
        with unpacked(tmp_path / name) as file:
            assert file.read() == rows
    monkeypatch.setenv("MMTUI_MOST_MIB", "1")
    with unpacked(tmp_path / "rows") as file:
        assert file.read() == rows
    with pytest.raises(OSError, match="far larger than it is"), unpacked(tmp_path / "rows.gz") as file:
        file.read()


def test_a_line_without_an_end_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMTUI_MOST_MIB", "1")
    with (tmp_path / "x").open("wb") as huge:
        huge.truncate(2**40)
    with pytest.raises(OSError, match="one long line"), unpacked(tmp_path / "x") as file:
        file.readline()


# Writing


def test_a_file_is_written_whole_with_usual_rights(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write(tmp_path / "x", "süß")
    finally:
        os.umask(before)
    assert (tmp_path / "x").read_bytes() == "süß".encode()
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o640
    (tmp_path / "x").chmod(0o604)
    write(tmp_path / "x", b"2")
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o604
    write(tmp_path / "key", b"3", private=True)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert left_in(tmp_path) == ["key", "x"]


def test_where_a_link_leads_is_written(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("file")
    write(tmp_path / "link", b"1")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_bytes() == b"1"


def test_what_is_no_file_is_written_to_as_it_is() -> None:
    reading, writing = os.pipe()
    write(Path(f"/dev/fd/{writing}"), b"1")
    assert os.read(reading, 10) == b"1"
    os.close(reading)
    os.close(writing)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        (FULL, "No space left on device"),
        (Path("/nowhere/x"), "No such file or directory"),
        (Path("/"), "Is a directory"),
        (Path("a\0b"), "embedded null byte"),
    ],
)
def test_what_cannot_be_written_is_said_of_the_file_that_was_meant(path: Path, why: str) -> None:
    with pytest.raises(OutputError) as refused:
        write(path, b"x")
    assert str(refused.value) == f"{path}: cannot be written: {why}"
    assert refused.value.exit_code == 1


class BrokenError(Exception):
    pass


def broken_off(path: Path, *, keep: bool) -> None:
    with replacing(path, keep=keep) as file:
        file.write(b"new")
        raise BrokenError


def overtaken(path: Path) -> None:
    with replacing(path, new=True) as file:
        path.write_bytes(b"somebody was quicker")
        file.write(b"3")


def test_what_fails_half_way_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"old")
    for keep, left in ((False, b"old"), (True, b"new")):
        with pytest.raises(BrokenError):
            broken_off(tmp_path / "x", keep=keep)
        assert (tmp_path / "x").read_bytes() == left
    assert left_in(tmp_path) == ["x"]


def test_a_new_file_takes_nobody_s_place(tmp_path: Path) -> None:
    write(tmp_path / "x", b"1", new=True)
    leads_nowhere(tmp_path / "z")
    for taken in ("x", "z"):
        with pytest.raises(FileExistsError):
            write(tmp_path / taken, b"2", new=True)
    with pytest.raises(FileExistsError):
        overtaken(tmp_path / "y")
    assert (tmp_path / "x").read_bytes() == b"1"
    assert (tmp_path / "y").read_bytes() == b"somebody was quicker"
    assert left_in(tmp_path) == ["x", "y", "z"]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="nothing says which files are open")
def test_a_file_is_closed_before_it_is_moved_into_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows moves none that is open."""
    moved: list[bool] = []
    move = Path.replace

    def is_open(path: Path) -> bool:
        return any(os.path.realpath(fd) == str(path) for fd in Path("/proc/self/fd").iterdir())

    def watched(self: Path, target: Path) -> Path:
        moved.append(is_open(self))
        return move(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    with (tmp_path / "seen").open("w"):
        assert is_open(tmp_path / "seen")
    write(tmp_path / "whole", "text")
    assert moved == [False]
    assert left_in(tmp_path) == ["seen", "whole"]
