"""What of this machine a journal may use: nothing because it says so, its own player's files, and what is trusted."""

from __future__ import annotations

import py_compile
import stat
from pathlib import Path

import msgspec
import pytest

from mmtui.errors import InputError, JournalError, LevelError, UntrustedError
from mmtui.level.level import Level, load_level
from mmtui.market.tape.tape_spec import TapeSpec
from mmtui.session.anonymous import anonymous
from mmtui.session.commands import AnyCommand, HandOver, Ready
from mmtui.session.journal import read_journal
from mmtui.session.journal_file import JournalWriter, Try, resume, take_over
from mmtui.session.replay import Replay
from mmtui.session.session import Session
from mmtui.session.signing import KEY_FILE, SigningKey, is_good, own_key, own_or_new_key
from mmtui.session.trust import NOBODY, Trust
from mmtui.strategies.registry import make
from mmtui.strategies.sources import named_files
from mmtui.version import ENGINE
from tests.tapes import LEVEL, write
from tests.unit.session.journals import lines, rewrite
from tests.unit.session.support import S, short, strategy_file


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return own_or_new_key(tmp_path / "data")


@pytest.fixture
def strangers(tmp_path: Path) -> SigningKey:
    return own_or_new_key(tmp_path / "elsewhere")


@pytest.fixture
def ran(tmp_path: Path) -> Path:
    """A file that is there once the strategy's file was run."""
    return tmp_path / "ran"


@pytest.fixture
def spec(tmp_path: Path, ran: Path) -> str:
    return strategy_file(tmp_path, "return Quotes()", more=f"    open({str(ran)!r}, 'w').close()\n")


def played(path: Path, key: SigningKey | None, *commands: AnyCommand, ended: bool = True) -> Path:
    session = Session(short("skew"), 5)
    writer = JournalWriter(path, session, on_trouble=pytest.fail, about=Try(key=key))
    for number, command in enumerate(commands):
        session.advance(number * S)
        session.submit(command)
    session.advance(5 * S)
    if ended:
        session.leave()
    writer.close()
    return path


def trust_in(key: SigningKey) -> Trust:
    return Trust(key.public)


# The key


def test_the_key_is_made_once_and_for_the_player_alone(tmp_path: Path, key: SigningKey) -> None:
    folder = tmp_path / "data"
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600
    assert own_or_new_key(folder).public == key.public
    assert own_key(tmp_path / "nowhere") is None
    signature = key.signature(b"x", 3)
    assert is_good(signature, b"x")
    assert not is_good(signature, b"y")
    assert not is_good(msgspec.structs.replace(signature, key="ff" * 32), b"x")


def test_it_can_be_taken_along_and_replaced(tmp_path: Path, key: SigningKey, strangers: SigningKey) -> None:
    taken = (tmp_path / "data" / KEY_FILE).read_bytes()
    assert taken.startswith(b"-----BEGIN PRIVATE KEY-----\n")
    (tmp_path / "elsewhere" / KEY_FILE).write_bytes(taken)
    assert own_or_new_key(tmp_path / "elsewhere").public == key.public != strangers.public


def test_what_is_no_key_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / KEY_FILE
    path.write_bytes(b"junk")
    with pytest.raises(InputError, match="expected an Ed25519 key in PEM"):
        own_or_new_key(tmp_path)
    assert path.read_bytes() == b"junk"
    path.unlink()
    path.symlink_to("nowhere")
    with pytest.raises(InputError, match="leads nowhere"):
        own_or_new_key(tmp_path)


# Code


def test_a_journal_says_whose_it_is_and_is_signed(tmp_path: Path, key: SigningKey) -> None:
    journal = read_journal(played(tmp_path / "a.jsonl", key))
    assert journal.player == key.player
    (signature,) = journal.signatures
    assert signature.key == key.public
    assert is_good(signature, journal.statement)


def test_an_unfinished_one_is_signed_when_it_ends(tmp_path: Path, key: SigningKey, strangers: SigningKey) -> None:
    for by, signed in ((key, 1), (strangers, 0)):
        path = played(tmp_path / f"{by.public}.jsonl", by, ended=False)
        assert not read_journal(path).signatures
        session, _, writer = resume(path, pytest.fail, lambda _: None, key=key)
        session.leave()
        writer.close()
        journal = read_journal(path)
        assert journal.end is not None
        # What a stranger has begun is not signed as one's own.
        assert len(journal.signatures) == signed
        assert all(is_good(each, journal.statement) for each in journal.signatures)


@pytest.mark.parametrize("command", [HandOver, Ready])
def test_a_file_is_not_run_because_a_journal_names_it(
    tmp_path: Path, key: SigningKey, strangers: SigningKey, spec: str, ran: Path, command: type[HandOver | Ready]
) -> None:
    path = played(tmp_path / "a.jsonl", strangers, command(spec))
    ran.unlink()
    for trust in (NOBODY, trust_in(key)):
        journal = read_journal(path, trust)
        with pytest.raises(UntrustedError, match=r"it runs /.*/mine\.py \(SHA-256 [0-9a-f]{64}\).*--trust"):
            _ = journal.script
    with pytest.raises(JournalError, match="has ended"):
        resume(path, pytest.fail, lambda _: None)
    assert not ran.exists()
    read_journal(path, Trust(told=True)).script.played()
    assert ran.exists()


def test_one_s_own_file_is_run_while_it_is_the_same(tmp_path: Path, key: SigningKey, spec: str, ran: Path) -> None:
    path = played(tmp_path / "a.jsonl", key, HandOver(spec))
    journal = read_journal(path, trust_in(key))
    assert journal.end is not None
    assert journal.script.played().digest == journal.end.digest
    ran.unlink()
    file = Path(spec.rpartition(":")[0])
    file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(UntrustedError):
        _ = read_journal(path, trust_in(key)).script
    file.unlink()
    with pytest.raises(UntrustedError, match="which is not there"):
        _ = read_journal(path, trust_in(key)).script
    assert not ran.exists()


@pytest.mark.parametrize("change", ["text", "through another", "a new one", "gone"])
def test_what_one_s_own_file_imports_is_the_same_too(tmp_path: Path, key: SigningKey, ran: Path, change: str) -> None:
    """The modules beside the file, also through others, and one that it did without so far."""
    (tmp_path / "shape.py").write_text("import sizes\n")
    (tmp_path / "sizes.py").write_text("SIZE = 1\n")
    more = "    import json, shape\n    try:\n        import more_of_it\n    except ImportError:\n        pass\n"
    path = played(tmp_path / "a.jsonl", key, HandOver(strategy_file(tmp_path, "return Quotes()", more=more)))
    assert read_journal(path, trust_in(key)).script.played()
    marks = f"open({str(ran)!r}, 'w').close()\n"
    if change == "gone":
        (tmp_path / "sizes.py").unlink()
    else:
        name = {"text": "shape.py", "through another": "sizes.py", "a new one": "more_of_it.py"}[change]
        with (tmp_path / name).open("a") as file:
            file.write(marks)
    with pytest.raises(UntrustedError, match="and what it imports"):
        _ = read_journal(path, trust_in(key)).script
    assert not ran.exists()


def test_no_compiled_copy_is_run_in_the_place_of_a_module(tmp_path: Path, ran: Path) -> None:
    """One that says of itself that it is not to be compared with the text."""
    (tmp_path / "part").mkdir()
    modules = [tmp_path / "shape.py", tmp_path / "part" / "__init__.py", tmp_path / "part" / "sizes.py"]
    for module in modules:
        module.write_text(f"open({str(ran)!r}, 'w').close()\n")
        py_compile.compile(str(module), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
        module.write_text("")
    make(strategy_file(tmp_path, "return Quotes()", more="    import shape, part.sizes\n"))
    assert not ran.exists()


def test_a_signature_of_something_else_is_none(tmp_path: Path, key: SigningKey, spec: str) -> None:
    """Neither another session's, nor one whose key alone is the player's, nor a name without a signature."""
    path = played(tmp_path / "a.jsonl", key, HandOver(spec))
    whole = lines(path)
    *rest, signature = whole
    other = lines(played(tmp_path / "b.jsonl", key))[-1]
    for records in (
        rest,
        [*rest, {**other, "at_ns": signature["at_ns"]}],
        [*rest, {**signature, "signature": "ab" * 64}],
        [rest[0] | {"seed": 6}, *rest[1:], signature],
    ):
        rewrite(path, records)
        with pytest.raises(UntrustedError):
            _ = read_journal(path, trust_in(key)).script
    rewrite(path, whole)
    _ = read_journal(path, trust_in(key)).script


def test_an_unfinished_session_with_a_file_is_not_gone_on_with_unasked(
    tmp_path: Path, key: SigningKey, spec: str, ran: Path
) -> None:
    path = played(tmp_path / "a.jsonl", key, HandOver(spec), ended=False)
    ran.unlink()
    with pytest.raises(UntrustedError):
        resume(path, pytest.fail, lambda _: None, trust_in(key), key)
    assert not ran.exists()
    session, _, writer = resume(path, pytest.fail, lambda _: None, Trust(key.public, told=True), key)
    session.leave()
    writer.close()
    _ = read_journal(path, trust_in(key)).script


def test_what_was_taken_over_is_one_s_own(tmp_path: Path, key: SigningKey, strangers: SigningKey, spec: str) -> None:
    path = played(tmp_path / "a.jsonl", strangers, HandOver(spec))
    replay = Replay(read_journal(path, Trust(told=True)).script)
    replay.advance(2 * S)
    session, _, writer = take_over(tmp_path / "b.jsonl", replay, "a", None, pytest.fail, Try(key=key))
    session.leave()
    writer.close()
    _ = read_journal(tmp_path / "b.jsonl", trust_in(key)).script


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("skew", []),
        ("mine.py:Mine", ["mine.py"]),
        ("/a b/mine.py:Mine", ["/a b/mine.py", "b/mine.py"]),
        ("mine.py:not-a-word", ["mine.py"]),
        (
            "half_spread=2 base=mine.py:Mine",
            ["half_spread=2 base=mine.py", "2 base=mine.py", "base=mine.py", "mine.py"],
        ),
        ("base=settings=mine.py:Mine", ["base=settings=mine.py", "settings=mine.py", "mine.py"]),
        ("mine.py", []),
        ("c:mine.py:Mine", ["c:mine.py"]),
    ],
)
def test_every_way_to_name_a_file_is_known(text: str, names: list[str]) -> None:
    assert set(named_files(text)) >= set(names)
    assert bool(named_files(text)) == bool(names)


def test_a_file_among_the_settings_of_another_strategy_counts(
    tmp_path: Path, strangers: SigningKey, spec: str, ran: Path
) -> None:
    path = played(tmp_path / "a.jsonl", strangers, HandOver("composite", {"base": spec}))
    ran.unlink()
    with pytest.raises(UntrustedError, match=r"mine\.py"):
        _ = read_journal(path).script
    assert not ran.exists()


def test_a_level_runs_no_file_for_its_opponent_s_settings(spec: str, ran: Path) -> None:
    with pytest.raises(LevelError, match=r"opponent\.params\.base: expected no strategy's file"):
        load_level("skew", {"opponent.strategy": "composite", "opponent.params.base": spec})
    assert not ran.exists()


# Tapes


def on_tape(path: Path, file: str, digest: str = "0" * 64) -> Path:
    """A journal of nothing yet, on a level that names a tape."""
    text = LEVEL.format(
        duration=20, file="tape.csv", digest=digest, more="[market.normal]\nspread=1\nvolatility=1\nsize=1"
    )
    (path.parent / "l.toml").write_text(text)
    level = load_level(str(path.parent / "l.toml"))
    assert isinstance(level.market, TapeSpec)
    level = level.on_tape(msgspec.structs.replace(level.market, file=file))
    header = {"journal": 3, "engine": ENGINE, "mmtui": "0", "seed": 1, "level": msgspec.to_builtins(level)}
    rewrite(path, [header])
    return path


def tape_in(path: Path, trust: Trust = NOBODY) -> str:
    level = read_journal(path, trust).script.level
    assert isinstance(level, Level)
    assert isinstance(level.market, TapeSpec)
    return level.market.file


@pytest.mark.parametrize("file", ["/etc/passwd", "/dev/zero", "../tape.csv", "sub/tape.csv", "\\\\host\\share\\x", "."])
def test_a_tape_elsewhere_is_not_read_because_a_journal_names_it(tmp_path: Path, file: str) -> None:
    path = on_tape(tmp_path / "a.jsonl", file)
    with pytest.raises(UntrustedError, match="it reads "):
        tape_in(path)
    assert tape_in(path, Trust(told=True)) == file


def test_a_tape_in_the_journal_s_folder_is_found_wherever_it_was(tmp_path: Path) -> None:
    write(tmp_path / "t.csv", [(1.0, 1, 1, 1, 100, 1)])
    for file in ("t.csv", "/somewhere/else/t.csv", "C:\\tapes\\t.csv"):
        assert tape_in(on_tape(tmp_path / "a.jsonl", file)) == str(tmp_path / "t.csv")
    assert tape_in(on_tape(tmp_path / "a.jsonl", "none.csv")) == str(tmp_path / "none.csv")


def test_a_link_out_of_the_folder_is_a_file_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "t.csv").symlink_to("/etc/hostname")
    with pytest.raises(UntrustedError, match="it reads "):
        tape_in(on_tape(tmp_path / "a.jsonl", "t.csv"))


# Passing on


def test_a_copy_to_pass_on_says_neither_who_nor_where(tmp_path: Path, key: SigningKey, spec: str) -> None:
    path = played(tmp_path / "a.jsonl", key, HandOver(spec), HandOver("composite", {"base": spec}))
    rewrite(path, [lines(path)[0] | {"player": {"name": "frog", "key": key.public}}, *lines(path)[1:]])
    copied = anonymous(path.read_bytes(), str(path))
    for told in (str(tmp_path), "frog", key.public):
        assert told.encode() in path.read_bytes()
        assert told.encode() not in copied
    (tmp_path / "b.jsonl").write_bytes(copied)
    before, after = (read_journal(tmp_path / name, Trust(told=True)) for name in ("a.jsonl", "b.jsonl"))
    assert before.end == after.end
    assert before.level == after.level
    assert after.player is None
    assert [entry.files for entry in after.entries] == [
        {Path(name).name: digest for name, digest in (entry.files or {}).items()} for entry in before.entries
    ]


def test_a_copy_names_a_tape_without_its_folder(tmp_path: Path) -> None:
    path = on_tape(tmp_path / "a.jsonl", "/home/somebody/t.csv")
    copied = anonymous(path.read_bytes(), str(path))
    assert b"somebody" not in copied
    (tmp_path / "b.jsonl").write_bytes(copied)
    assert tape_in(tmp_path / "b.jsonl") == str(tmp_path / "t.csv")


def test_what_is_asked_about_cannot_be_mistaken_and_is_not_endless(tmp_path: Path, key: SigningKey) -> None:
    names = [f"{tmp_path}/x (SHA-256 0), and\n is yours{number}.py" for number in range(20)]
    path = played(tmp_path / "a.jsonl", None)
    records = lines(path)
    command = {"line": "command", "at_ns": 0, "seat": 0, "command": {"do": "ready", "strategy": "", "params": {}}}
    commands = [command | {"command": command["command"] | {"strategy": f"{name}:Mine"}} for name in names]  # type: ignore[operator]
    rewrite(path, [records[0], *commands, *records[1:]])
    with pytest.raises(UntrustedError) as refused:
        _ = read_journal(path, trust_in(key)).script
    assert f"runs {names[0]!r} (which is not there)" in str(refused.value)
    assert len(refused.value.files) == 4
    assert "more files" in refused.value.files[-1]
