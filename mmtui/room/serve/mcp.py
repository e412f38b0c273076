"""A level played over the Model Context Protocol: its market waits between two calls of a tool."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

from mmtui.book import Side
from mmtui.debrief import build
from mmtui.errors import MmtuiError
from mmtui.level.level import level_ids, load_level
from mmtui.room.protocol.messages import Answer, End, SeatView
from mmtui.room.serve.solo import Solo
from mmtui.session.commands import AnyCommand, Cancel, Hedge, HedgeAll, Quote
from mmtui.session.journal_file import JournalWriter, free_path
from mmtui.session.maker import rules_of
from mmtui.session.replay import Script
from mmtui.session.session import Session
from mmtui.units import MOST_ASKED, MOST_SEED, NS_PER_S
from mmtui.version import program_version

_INSTRUCTIONS = """\
You make a market: quote a bid and an ask, earn the spread, keep the position small. You are scored on PnL, inventory,
markout and presence. Prices are whole ticks, sizes lots, times seconds. Time passes by `wait` only. Look, quote both
sides, wait a second or so, look again; at the end read the debrief."""
#: Of a view, what a player needs at each look; the rest is charts.
_SHOWN = ("best_bid", "best_ask", "mid", "phase", "orders", "hedges", "notices")
#: Of the debrief, what explains: its other parts are long series.
_EXPLAINED = (
    "result",
    "score",
    "markouts",
    "worst",
    "best",
    "queue",
    "gaps",
    "occasions",
    "mistakes",
    "advice",
    "lesson",
)
_DEPTH, _FILLS = 5, 10
_MOST_WAIT_S = 600.0

_SideName = Literal["bid", "ask"]
_SIDES = {"bid": Side.BUY, "ask": Side.SELL}
_Price = Annotated[int, Field(ge=-MOST_ASKED, le=MOST_ASKED)]
_Contracts = Annotated[int, Field(ge=-(10**6), le=10**6)]
_Lots = Annotated[int, Field(ge=1, le=10**6)]


class Game:
    """The session that is played, and the next one.

    Args:
        level, seed: what is played first.
        journals: the folder of the journals; None to write none.

    Raises:
        InputError: the level cannot be played.
    """

    def __init__(self, level: str, seed: int, journals: Path | None = None) -> None:
        self._journals = journals
        self._writer: JournalWriter | None = None
        self.begin(level, seed)

    def begin(self, level: str, seed: int) -> dict[str, Any]:
        """Begin a level, in place of what is played."""
        self.close()
        session = Session(load_level(level), seed)
        self.solo = Solo(session)
        if self._journals is not None:
            self._writer = JournalWriter(free_path(self._journals, f"{session.level.id}-{seed}"), session)
        found = session.level
        told = {"level": found.id, "title": found.title, "situation": found.situation.strip()}
        return {**told, "rules": msgspec.to_builtins(rules_of(found)), **self.look()}

    def close(self) -> None:
        """Leave what is played, and write its journal."""
        if self._writer is not None:
            self.session.leave()
            self._writer.close()
            self._writer = None

    @property
    def session(self) -> Session:
        """What is played."""
        return self.solo.session

    def look(self) -> dict[str, Any]:
        """What a player needs to see."""
        answer = self.solo.look(0)
        assert isinstance(answer, SeatView)
        view: dict[str, Any] = msgspec.to_builtins(answer.view, str_keys=True)
        shown = {key: view[key] for key in _SHOWN}
        for key, down in (("bids", True), ("asks", False)):
            prices = sorted(map(int, view[key]), reverse=down)[:_DEPTH]
            shown[key] = [(price, view[key][str(price)]) for price in prices]
        shown["desk"] = {**view["desk"], "last_fills": view["desk"]["last_fills"][:_FILLS]}
        signals = {key: value for key, value in view["signals"].items() if value is not None}
        clock = {"now_s": view["now_ns"] / NS_PER_S, "end_s": view["end_ns"] / NS_PER_S, "ended": view["ended"]}
        return {**clock, **shown, "signals": signals, "score": view["score"]}

    def do(self, command: AnyCommand) -> dict[str, Any]:
        """Carry a command out; what was said to it, and the orders there are then."""
        if self.session.over is not None:
            raise ToolError("the level is over: read the debrief, or start another")
        noticed = len(self.session.maker.notices)
        self.solo.submit(command)
        return {"told": self.session.maker.notices[noticed:], "orders": self.look()["orders"]}

    def wait(self, seconds: float) -> dict[str, Any]:
        """Go on; what there is to see then, or at the end the result."""
        answer: Answer = self.solo.step(round(seconds * NS_PER_S))
        if isinstance(answer, End):
            self.close()
            return {"ended": answer.ended, "result": msgspec.to_builtins(answer.result), "digest": answer.digest}
        return self.look()


def server(game: Game) -> MCPServer[Any]:
    """A server with tools to play a game."""
    found = MCPServer("mmtui", instructions=_INSTRUCTIONS, version=program_version(), log_level="ERROR")

    def tool(call: Callable[..., Coroutine[Any, Any, dict[str, Any]]]) -> None:
        found.add_tool(call, structured_output=True)

    @tool
    async def look() -> dict[str, Any]:
        """See the market and your desk; it is free and changes nothing.

        Best prices, five levels of the book, your orders and the queue before each, position, PnL, score, signals.
        """
        return game.look()

    @tool
    async def quote(side: _SideName, price: _Price, size: _Lots) -> dict[str, Any]:
        """Have one order on a side, at a price in ticks, in place of those you have there."""
        return _tried(lambda: game.do(Quote(_SIDES[side], price, size)))

    @tool
    async def cancel(side: _SideName | None = None, price: _Price | None = None) -> dict[str, Any]:
        """Withdraw your orders: of a side, at a price, or all of them."""
        return _tried(lambda: game.do(Cancel(None if side is None else _SIDES[side], price)))

    @tool
    async def hedge(instrument: str, contracts: _Contracts | None = None) -> dict[str, Any]:
        """Trade a hedge instrument at its quote: so many contracts, negative to sell.

        Without a number, as many as hedge the position.
        """
        if contracts is None:
            return _tried(lambda: game.do(HedgeAll(instrument)))
        if not contracts:
            raise ToolError("expected a number of contracts other than 0")
        side = Side.BUY if contracts > 0 else Side.SELL
        return _tried(lambda: game.do(Hedge(instrument, side, abs(contracts))))

    @tool
    async def wait(seconds: Annotated[float, Field(gt=0, le=_MOST_WAIT_S)]) -> dict[str, Any]:
        """Let the market go on; then look. At the level's end: the result."""
        return game.wait(seconds)

    @tool
    async def debrief() -> dict[str, Any]:
        """Read, once the level is over, why it went as it did: score by part, markouts, fills, mistakes, advice."""
        if game.session.over is None:
            raise ToolError("the level is not over yet: wait until its end")
        whole: dict[str, Any] = msgspec.to_builtins(build.debrief(Script.of(game.session)))
        return {key: whole[key] for key in _EXPLAINED}

    @tool
    async def start(level: str, seed: Annotated[int, Field(ge=0, le=MOST_SEED)] = 1) -> dict[str, Any]:
        """Begin a level, by its id, in place of the one that is played."""
        if level not in level_ids():
            raise ToolError(f"expected one of the levels {', '.join(level_ids())}")
        return _tried(lambda: game.begin(level, seed))

    return found


def _tried(do: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What is refused is an answer, not a fault of the server's."""
    try:
        return do()
    except MmtuiError as error:
        raise ToolError(str(error)) from None
