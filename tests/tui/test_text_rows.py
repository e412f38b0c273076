"""Rows of text are laid out once, for the width that they have."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.geometry import Size

from mmtui.tui.widgets.line_view import TextRows


class _Seen(TextRows):
    """Rows that note each size that they get."""

    def on_mount(self) -> None:
        self.sizes: list[Size] = []

    def on_resize(self) -> None:
        self.sizes.append(self.size)


class _OneApp(App[None]):
    def compose(self) -> ComposeResult:
        yield _Seen(lambda width: [(("row", "foreground"),)] * (2 if width == 80 else 20))


async def test_rows_are_laid_out_for_their_width_from_the_first_frame_on() -> None:
    async with _OneApp().run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        rows = pilot.app.query_one(_Seen)
        assert rows.sizes == [Size(80, 2)]
        assert str(rows.render()) == "row\nrow"
        rows.change(lambda width: [((f"{width} cells", "foreground"),)])
        await pilot.pause()
        assert (str(rows.render()), rows.size) == ("80 cells", Size(80, 1))
        await pilot.resize_terminal(60, 24)
        await pilot.pause()
        assert str(rows.render()) == "60 cells"
