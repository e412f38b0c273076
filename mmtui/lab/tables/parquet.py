"""Records as Parquet, written as they come: one file, or a data set with a folder for each level and strategy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from mmtui.errors import InputError
from mmtui.files import replacing, unwritable
from mmtui.lab.tables.rows import columns_of, flat

#: Rows of a level and strategy that are written together: a row group of a file, or a file of a data set.
_AT_ONCE = 2_000
#: What the folders of a data set say; a file in them leaves it out.
_FOLDERS = ("level", "strategy")


def pyarrow() -> tuple[Any, Any]:
    """Returns the libraries that write Parquet. Raises InputError when they are not installed."""
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError:
        raise InputError("parquet needs pyarrow, which is not installed: pip install 'mmtui[parquet]'") from None


def write_parquet(records: Iterable[msgspec.Struct], kind: type[msgspec.Struct], path: Path) -> None:
    """Write records of one kind to a Parquet file; what came before an interruption is kept.

    Raises OutputError when it cannot be written.
    """
    arrow, parquet = pyarrow()
    groups = _groups(records)
    # Nothing is written before there is something to write.
    _, first = next(groups, ((), []))
    schema = _schema(arrow, kind, first)
    with replacing(path, keep=True) as file, parquet.ParquetWriter(file, schema) as writer:
        writer.write_table(arrow.Table.from_pylist(first, schema=schema))
        for _, rows in groups:
            writer.write_table(arrow.Table.from_pylist(rows, schema=schema))


def write_dataset(records: Iterable[msgspec.Struct], kind: type[msgspec.Struct], folder: Path) -> int:
    """Write records as a data set: ``level=…/strategy=…/part-00000.parquet`` and so on, as pyarrow and others read it.

    A file is moved into place once it is whole, so that those of a run that was killed can be read. The same records
    again make the same files.

    Returns:
        How many records were written.

    Raises:
        OutputError: a file cannot be written.
    """
    arrow, parquet = pyarrow()
    parts: dict[Path, int] = {}
    count = 0
    for names, rows in _groups(records):
        schema = _schema(arrow, kind, rows)
        keep = [name for name in schema.names if name not in _FOLDERS]
        place = folder
        for key, name in zip(_FOLDERS, names, strict=True):
            place /= f"{key}={quote(str(name), safe='')}"
        part = parts[place] = parts.get(place, -1) + 1
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(place, error) from None
        with replacing(_part(place, part)) as file:
            parquet.write_table(arrow.Table.from_pylist(rows, schema=schema).select(keep), file)
        count += len(rows)
    for place, last in parts.items():
        # An earlier, longer run may have left more.
        for path in place.glob("part-*.parquet"):
            if path.name > _part(place, last).name:
                path.unlink()
    return count


def _part(place: Path, number: int) -> Path:
    return place / f"part-{number:05}.parquet"


def _groups(records: Iterable[msgspec.Struct]) -> Iterator[tuple[tuple[object, ...], list[dict[str, Any]]]]:
    """Yields rows of one level and strategy together, some at a time, also those there were when interrupted."""
    held: dict[tuple[object, ...], list[dict[str, Any]]] = {}
    try:
        for record in records:
            row = flat(record)
            names = tuple(row.get(name) for name in _FOLDERS)
            if any(level != names[0] for level, *_ in held):
                # Results come level by level.
                yield from held.items()
                held = {}
            rows = held.setdefault(names, [])
            rows.append(row)
            if len(rows) == _AT_ONCE:
                yield names, held.pop(names)
    except GeneratorExit:
        raise
    except BaseException:
        yield from held.items()
        raise
    yield from held.items()


def _schema(arrow: Any, kind: type[msgspec.Struct], rows: Sequence[Mapping[str, Any]]) -> Any:
    types = {str: arrow.string(), int: arrow.int64(), float: arrow.float64(), bool: arrow.bool_()}
    return arrow.schema([(name, types[of]) for name, of in columns_of(kind, rows).items()])
