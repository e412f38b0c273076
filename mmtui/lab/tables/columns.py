"""Tables by column, as data frames take them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib import import_module
from typing import Any, TypeVar

import msgspec

from mmtui.errors import InputError
from mmtui.lab.tables.rows import flat

_Row = TypeVar("_Row", bound=msgspec.Struct)
#: Rows that a notebook is shown.
_SHOWN = 20


class Columns(dict[str, list[Any]]):
    """A table: lists of one length by name. pandas, polars and pyarrow take it as it is."""

    def to_pandas(self) -> Any:
        """Returns a pandas DataFrame. Raises InputError if pandas is not installed."""
        return _library("pandas").DataFrame(dict(self))

    def to_polars(self) -> Any:
        """Returns a polars DataFrame. Raises InputError if polars is not installed."""
        return _library("polars").DataFrame(dict(self), strict=False)

    def to_arrow(self) -> Any:
        """Returns a pyarrow Table. Raises InputError if pyarrow is not installed."""
        return _library("pyarrow").table(dict(self))

    @property
    def height(self) -> int:
        """The number of rows."""
        return len(next(iter(self.values()), ()))

    def __repr__(self) -> str:
        return f"Columns: {self.height:,} rows of {', '.join(self)}"

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(name)}</th>" for name in self)
        rows = [[values[at] for values in self.values()] for at in range(min(_SHOWN, self.height))]
        body = "".join(f"<tr>{''.join(f'<td>{escape(_shown(value))}</td>' for value in row)}</tr>" for row in rows)
        more = f"<p>{self.height - _SHOWN:,} more rows</p>" if self.height > _SHOWN else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


class Rows(list[_Row]):
    """Records of one kind, such as results; also a table, see :meth:`columns`."""

    def columns(self) -> Columns:
        """Returns the records by column: nested keys joined by points, None where a record lacks one.

        Parameters have a column each, as in ``params.half_spread``.
        """
        return columns_from([_flat(record) for record in self])

    def to_pandas(self) -> Any:
        """Returns :meth:`columns` as a pandas DataFrame. Raises InputError if pandas is not installed."""
        return self.columns().to_pandas()

    def to_polars(self) -> Any:
        """Returns :meth:`columns` as a polars DataFrame. Raises InputError if polars is not installed."""
        return self.columns().to_polars()

    def to_arrow(self) -> Any:
        """Returns :meth:`columns` as a pyarrow Table. Raises InputError if pyarrow is not installed."""
        return self.columns().to_arrow()

    def __repr__(self) -> str:
        if not self:
            return "no rows"
        kind = type(self[0]).__name__
        first = f"{self[0]!r}, …" if len(self) > 1 else repr(self[0])
        return f"{len(self):,} × {kind}: {first}"

    def _repr_html_(self) -> str:
        table: str = columns_from([_flat(record) for record in self[: _SHOWN + 1]])._repr_html_()
        return f"<p>{len(self):,} rows</p>{table.partition('<p>')[0]}"


def columns_from(rows: Sequence[Mapping[str, Any]]) -> Columns:
    """Returns rows by column; None where a row lacks one."""
    names = dict.fromkeys(name for row in rows for name in row)
    return Columns((name, [row.get(name) for row in rows]) for name in names)


def columns_of_records(records: Iterable[msgspec.Struct]) -> Columns:
    """Returns records by column."""
    return columns_from([_flat(record) for record in records])


def _flat(record: msgspec.Struct) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, value in flat(record).items():
        if name == "params":
            params: Mapping[str, Any] = getattr(record, name)
            row |= {f"params.{key}": setting for key, setting in params.items()}
        else:
            row[name] = value
    return row


def _shown(value: object) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise InputError(f"{name} is not installed: pip install {name}") from None
