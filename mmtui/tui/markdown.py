"""Pages of Markdown as lines of a terminal, for the help and for ``mmtui docs``.

Rich draws them: Textual's own Markdown makes a widget of every cell of a table, and would hold up the screen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from rich.console import Console, ConsoleOptions, JustifyMethod, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown, MarkdownElement, TableElement
from rich.padding import Padding
from rich.segment import Segment
from rich.style import Style
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

#: A table with less room than this for each column is written as a list of its rows.
_LEAST_COLUMN = 9


class _Heading(Heading):
    """A heading at the left."""

    LEVEL_ALIGN: ClassVar[dict[str, JustifyMethod]] = {}


class _Code(CodeBlock):
    """Code in one style, which has the contrast of the theme; lines that are too long are cut."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        code = Text(
            str(self.text).rstrip(), console.get_style("markdown.code_block"), no_wrap=True, overflow="ellipsis"
        )
        yield Padding(code, (0, 0, 0, 2))


class _Table(TableElement):
    """A table, or where its columns would be too narrow to read, its rows as lists of what each column says."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        headings = self.header.row.cells if self.header is not None and self.header.row is not None else []
        if self.body is None or len(headings) * _LEAST_COLUMN <= options.max_width:
            for table in super().__rich_console__(console, options):
                cast("Table", table).show_edge = False
                yield table
            return
        for row in self.body.rows:
            for heading, cell in zip(headings, row.cells, strict=True):
                said = Text.assemble((f"{heading.content.plain}  ", "markdown.table.header"), cell.content)
                yield Padding(said, (0, 0, 0, 0 if heading is headings[0] else 3))
            yield ""


class Document(Markdown):
    """A page: headings on the left, plain code, tables that fit."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "heading_open": _Heading,
        "fence": _Code,
        "table_open": _Table,
    }


#: The style of each part of a page: h1 to h3, code, code_block, link_url, table.header and so on.
PartStyles = Mapping[str, str | Style]


def theme(styles: PartStyles) -> Theme:
    """Rich's theme for pages."""
    return Theme({f"markdown.{part}": style for part, style in styles.items()})


def page_lines(text: str, width: int, styles: PartStyles, base: Style, follow: str) -> list[list[Segment]]:
    """A page as lines of exactly ``width`` cells.

    Args:
        text: Markdown.
        width: cells.
        styles: of the parts.
        base: style of plain text, with the ground.
        follow: Textual action that a click on a link to another page calls with the link's target.
    """
    console = Console(width=width, color_system="truecolor", force_terminal=True, theme=theme(styles))
    lines = console.render_lines(Document(text), style=base)
    return [[_linked(segment, follow) for segment in line] for line in lines]


def _linked(segment: Segment, follow: str) -> Segment:
    """The segment with a link to another page as an action of the app; others stay links of the terminal's."""
    style = segment.style
    if style is None or style.link is None or "://" in style.link:
        return segment
    meta: dict[str, Any] = {"@click": f"{follow}({style.link!r})"}
    return Segment(segment.text, style.update_link(None) + Style.from_meta(meta))
