"""Strategies in the user's own files: loading a class, and locating errors in its file."""

from __future__ import annotations

import errno
import inspect
import linecache
import os
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import Field
from pathlib import Path
from types import ModuleType
from typing import NamedTuple
from zlib import crc32

from mmtui.errors import StrategyError, UnknownStrategyError, did_you_mean, encodable, is_plain, message_of
from mmtui.files import read
from mmtui.strategies.helpers import import_from, placed_modules
from mmtui.strategies.protocol import Strategy
from mmtui.strategies.watchdog import PASSING, limited


class SentFile(NamedTuple):
    """A strategy's file from another machine: its absolute path there, its contents, and modules, by path."""

    path: str
    text: bytes
    modules: Mapping[str, bytes] = {}


#: By the path of a strategy's file, names of the modules that were first loaded while it ran.
LOADED: dict[str, set[str]] = {}
#: Files sent from another machine, by the path as it was written there.
_SENT: dict[str, SentFile] = {}


@contextmanager
def sent_files(files: Mapping[str, SentFile]) -> Iterator[None]:
    """Use the files that were sent instead of those at the same written paths; errors name them as they are there."""
    _SENT.update(files)
    for file in files.values():
        lines = file.text.decode(errors="replace").splitlines(keepends=True)
        linecache.cache[file.path] = (len(file.text), None, lines, file.path)
    try:
        yield
    finally:
        _SENT.clear()


def from_file(path: Path, class_name: str) -> object:
    """Run a file and return a class of it.

    The file is run afresh each time, with the modules that it imports from its folder, so that no session sees
    another's globals, and no compiled copy is written.

    Raises:
        UnknownStrategyError: there is no such file or class, or running the file fails.
    """
    file = _SENT.get(str(path))
    if file is None:
        try:
            file = SentFile(os.path.realpath(path), read(path))
        except OSError as error:
            if error.errno == errno.ENOENT:
                raise UnknownStrategyError(f"there is no strategy file {path}") from None
            raise UnknownStrategyError(f"the strategy file {path} cannot be read: {error.strerror}") from None
    source = file.path
    module = ModuleType(f"mmtui_strategy_{path.stem}_{crc32(source.encode()):08x}")
    module.__file__ = source
    # Dataclasses and inspect look a class's module up here.
    sys.modules[module.__name__] = module
    import_from(placed_modules(file.modules) if str(path) in _SENT else str(Path(source).parent))
    before, writes = set(sys.modules), sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    try:
        limited(lambda: exec(compile(file.text, source, "exec", dont_inherit=True), module.__dict__), "running it")
    except PASSING:
        raise
    except BaseException as error:
        raise UnknownStrategyError(f"strategy file {path} cannot be run: {in_one_line(error, source)}") from error
    finally:
        sys.dont_write_bytecode = writes
    LOADED.setdefault(source, set()).update(set(sys.modules) - before)
    found: object = vars(module).get(class_name)
    if found is None:
        classes = [
            name
            for name, value in vars(module).items()
            if isinstance(value, type) and issubclass(value, Strategy) and value.__module__ == module.__name__
        ]
        hint = did_you_mean(class_name, classes, quoted=True)
        raise UnknownStrategyError(f"{path} has no class {class_name!r}{hint}")
    return found


def checked(found: object, spec: str) -> type[Strategy]:
    """Return ``found`` if it is a usable strategy class. Raises UnknownStrategyError otherwise."""
    if not (isinstance(found, type) and issubclass(found, Strategy)):
        raise UnknownStrategyError(
            f"{spec} is not a strategy: it must be a class that extends Strategy{_place_of(found)}"
        )
    if missing := sorted(getattr(found, "__abstractmethods__", ())):
        raise UnknownStrategyError(f"strategy {spec} lacks the method {', '.join(missing)}{_place_of(found)}")
    for attribute in ("name", "idea"):
        text = getattr(found, attribute, None)
        if not isinstance(text, str) or not is_plain(text):
            raise UnknownStrategyError(f'strategy {spec} lacks the line {attribute} = "..."{_place_of(found)}')
    if any(isinstance(value, Field) for value in vars(found).values()):
        raise UnknownStrategyError(f"strategy {spec} must be a dataclass: write @dataclass above it{_place_of(found)}")
    return found


def source_of(cls: type) -> str | None:
    """Return the path of the file that defines a class; None if it has none."""
    try:
        return inspect.getsourcefile(cls)
    except (TypeError, OSError):
        return None


def where(error: BaseException, source: str | None) -> str:
    """Return the innermost line of ``source`` that an error came through, as "my.py, line 12"; "" if there is none."""
    if source is None:
        return ""
    frames = traceback.walk_tb(error.__traceback__)
    lines: list[int | None] = [line for frame, line in frames if frame.f_code.co_filename == source]
    if isinstance(error, SyntaxError) and error.filename == source:
        lines.append(error.lineno)
    return f"{Path(source).name}, line {lines[-1]}" if lines else ""


def in_one_line(error: BaseException, source: str | None) -> str:
    """Return an error's type and message in one line, with its place in ``source``."""
    message = error.msg if isinstance(error, SyntaxError) and error.msg else message_of(error)
    kind = type(error).__name__
    text = f"{kind}: {message}" if message else kind
    place = where(error, source)
    text = f"{text} ({place})" if place else text
    if isinstance(error, ModuleNotFoundError) and error.name:
        text += f"; {_where_modules_belong(error.name.partition('.')[0])}"
    return text


def _where_modules_belong(name: str) -> str:
    """Return what to do about a module that is not found here."""
    if _SENT:
        return f"this was on a cluster's worker, where {name} must be installed too"
    return f"put {name}.py into the folder of the strategy's file, or install {name} where mmtui is"


def whole_traceback(error: BaseException) -> str:
    """Return an error's traceback as Python prints it, with those that led to it."""
    return encodable("".join(traceback.format_exception(error))).rstrip()


def failure(name: str | None, strategy: object, error: BaseException) -> str:
    """Return a strategy's failure in one sentence: what it raised and where, or what was wrong with its quotes."""
    cls = type(strategy)
    if isinstance(error, StrategyError):
        return f"strategy {name} failed: {message_of(error)}{_place_of(getattr(cls, 'quote', cls))}"
    return f"strategy {name} failed: {in_one_line(error, source_of(cls))}"


def _place_of(found: object) -> str:
    """Return where a class or function is defined, as " (my.py, line 12)"; "" if that is unknown."""
    try:
        source = inspect.getsourcefile(found)  # type: ignore[arg-type]
        _, line = inspect.getsourcelines(found)  # type: ignore[arg-type]
    except Exception:
        # The file may have been changed, or cut, since it was run.
        return ""
    return f" ({Path(source).name}, line {line})" if source else ""
