"""Packs: folders of levels that the user has added, or that installed packages bring, and levels added by themselves.

A pack's level is called ``PACK/LEVEL``, or by its own name where no other has it.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from mmtui.errors import InputError, LevelError
from mmtui.files import unwritable
from mmtui.paths import LEVEL_ID, levels_dir

#: The entry-point group in which an installed package names a package of its own that holds level files.
ENTRY_POINTS = "mmtui.levels"


def own_levels_dir() -> Path:
    """The folder of the user's own levels, and of the packs that were added."""
    from platformdirs import user_data_path

    return user_data_path("mmtui") / "levels"


def packs(own: Path | None = None) -> dict[str, Path]:
    """The folder of each pack: those added, then those installed.

    Args:
        own: where added ones are, unless that is the user's folder.
    """
    own = own or own_levels_dir()
    found: dict[str, Path] = {}
    with suppress(OSError):
        folders = [path for path in sorted(own.iterdir()) if path.is_dir() and re.fullmatch(LEVEL_ID, path.name)]
        found = {path.name: path for path in folders}
    for name, folder in _installed():
        found.setdefault(name, folder)
    return found


def pack_files(folder: Path) -> list[Path]:
    """The level files of a pack."""
    return sorted(folder.glob("*.toml"))


def added_files(own: Path | None = None) -> list[Path]:
    """The files of all levels that were added, by themselves or in packs."""
    own = own or own_levels_dir()
    return [*pack_files(own), *(path for folder in packs(own).values() for path in pack_files(folder))]


def added_level(name: str) -> Path | None:
    """The file of an added level, ``LEVEL`` or ``PACK/LEVEL``; None if there is none.

    Raises:
        LevelError: several packs have a level of this name.
    """
    pack, slash, level = name.rpartition("/")
    if not re.fullmatch(LEVEL_ID, level) or (slash and not re.fullmatch(LEVEL_ID, pack)):
        return None
    if slash:
        folder = packs().get(pack)
        files = [] if folder is None else [path for path in pack_files(folder) if path.stem == level]
        return files[0] if files else None
    files = [path for path in added_files() if path.stem == level]
    if len(files) > 1:
        which = ", ".join(f"{path.parent.name}/{level}" for path in files)
        raise LevelError(f"several levels are called {level}: say which, {which}")
    return files[0] if files else None


def add(source: Path, name: str | None = None, *, replace: bool = False) -> tuple[str, list[Path]]:
    """Copy a pack, or a single level, into the user's folder.

    Args:
        source: the folder of a pack, or a level's file.
        name: what the pack is to be called; the folder's name if left out.
        replace: put it in the place of what has this name already.

    Returns:
        The pack's name, empty for a single level, and its files as they are now.

    Raises:
        InputError: there is no level in it, the name cannot be used, or is taken.
        OutputError: it cannot be written.
    """
    is_pack = source.is_dir()
    files = pack_files(source) if is_pack else [source]
    if not files:
        raise InputError(f"{source}: expected a folder with level files, whose names end in .toml")
    wanted = name or (source.resolve().name if is_pack else source.stem)
    if not re.fullmatch(LEVEL_ID, wanted):
        raise InputError(
            f"{source}: expected a name of small letters, digits and hyphens, not {wanted!r}; --name sets it"
        )
    shipped = {path.stem for path in levels_dir().glob("*.toml")}
    for path in files if is_pack else [Path(f"{wanted}.toml")]:
        if path.stem in shipped:
            raise InputError(f"{path}: a level that ships is called {path.stem} too; expected another name")
    own = own_levels_dir()
    target = own / (wanted if is_pack else f"{wanted}.toml")
    if target.exists() and not replace:
        raise InputError(f"{wanted} is there already, in {target}; --replace puts this one in its place")
    try:
        own.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".adding-", dir=own) as made:
            part = Path(made) / "new"
            if is_pack:
                shutil.copytree(source, part, ignore=_left_out)
            else:
                shutil.copyfile(source, part)
            if target.exists():
                target.rename(Path(made) / "old")
            part.rename(target)
    except (OSError, shutil.Error) as error:
        raise unwritable(target, error if isinstance(error, OSError) else OSError(str(error))) from None
    return (wanted, pack_files(target)) if is_pack else ("", [target])


def _left_out(folder: str, names: list[str]) -> list[str]:
    """What is not copied: hidden files, links, and what is no file."""
    paths = [Path(folder, name) for name in names]
    return [
        path.name
        for path in paths
        if path.name.startswith((".", "__")) or path.is_symlink() or not (path.is_dir() or path.is_file())
    ]


def _installed() -> Iterator[tuple[str, Path]]:
    """The packs of installed packages, none of whose code is run to find them."""
    from importlib.metadata import entry_points

    for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda entry: entry.name):
        top, *inner = entry.value.split(".")
        with suppress(ImportError, ValueError):
            spec = find_spec(top)
            for place in (spec.submodule_search_locations or []) if spec is not None else []:
                folder = Path(place, *inner)
                if re.fullmatch(LEVEL_ID, entry.name) and folder.is_dir():
                    yield entry.name, folder
                    break
