"""A level over the Model Context Protocol: a client with a script plays it to its end, and reads why it went so."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from mmtui.book import Side
from mmtui.level.level import load_level
from mmtui.room.serve.mcp import Game, server
from mmtui.session.commands import Quote
from mmtui.session.journal import read_journal
from mmtui.session.session import Session
from tests.unit.cli.conftest import shortened

S = 1_000_000_000


@pytest.fixture
def short(tmp_path: Path) -> Path:
    return shortened("skew", tmp_path)


async def ask(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    answer = await client.call_tool(tool, arguments)
    assert not answer.is_error, answer.content
    found: dict[str, Any] | None = answer.structured_content
    assert found is not None
    return found


async def refusal(client: Client, tool: str, **arguments: Any) -> str:
    answer = await client.call_tool(tool, arguments)
    assert answer.is_error
    return str(answer.content)


async def test_a_level_is_played_to_its_end_as_the_session_that_it_is(short: Path, tmp_path: Path) -> None:
    program = StdioServerParameters(
        command=sys.executable, args=["-m", "mmtui", "mcp", str(short), "--seed", "7", "--journals", str(tmp_path)]
    )
    session = Session(load_level(str(short)), 7)
    async with Client(program) as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == [
            *("look", "quote", "cancel", "hedge", "wait", "debrief", "start")
        ]
        seen = await ask(client, "look")
        while not seen.get("ended"):
            assert seen["best_bid"] == session.market.exchange.best_bid
            for name, side in (("bid", Side.BUY), ("ask", Side.SELL)):
                await ask(client, "quote", side=name, price=seen[f"best_{name}"], size=3)
                session.submit(Quote(side, seen[f"best_{name}"], 3))
            seen = await ask(client, "wait", seconds=0.5)
            session.advance(session.now_ns + S // 2)
        assert (seen["ended"], seen["digest"]) == ("time", session.digest)
        assert seen["result"]["score"] == session.score().total
        debrief = await ask(client, "debrief")
        assert debrief["result"] == seen["result"]
        assert debrief["advice"]
        assert "over" in await refusal(client, "quote", side="bid", price=1, size=1)
    journal = read_journal(tmp_path / "skew-short-7-1.jsonl")
    assert journal.end is not None
    assert journal.end.digest == session.digest


async def test_what_cannot_be_is_an_answer_that_says_why(short: Path) -> None:
    async with Client(server(Game(str(short), 7))) as client:
        before = await ask(client, "look")
        assert "not over" in await refusal(client, "debrief")
        assert "expected one of the levels" in await refusal(client, "start", level="/etc/passwd")
        assert "greater" in await refusal(client, "wait", seconds=-1)
        assert "size" in await refusal(client, "quote", side="bid", price=1, size=0)
        assert "price" in await refusal(client, "quote", side="bid", price=10**30, size=1)
        assert "other than 0" in await refusal(client, "hedge", instrument="FUT", contracts=0)
        assert await ask(client, "look") == before
        begun = await ask(client, "start", level="skew", seed=3)
        assert (begun["level"], begun["now_s"]) == ("skew", 0.0)
        told = await ask(client, "quote", side="ask", price=begun["best_ask"], size=2)
        assert [(order["side"], order["quantity"]) for order in told["orders"]] == [(-1, 2)]
        assert all(order["pending_cancel"] for order in (await ask(client, "cancel"))["orders"])


async def test_hedging_trades_the_contracts_that_are_named() -> None:
    async with Client(server(Game("hedge", 7))) as client:
        name = (await ask(client, "look"))["hedges"][0]["name"]
        await ask(client, "hedge", instrument=name, contracts=2)
        seen = await ask(client, "wait", seconds=1)
        assert seen["hedges"][0]["position"] == 2


async def test_one_who_goes_leaves_the_journal_of_what_was_played(short: Path, tmp_path: Path) -> None:
    args = ["-m", "mmtui", "mcp", str(short), "--seed", "7", "--journals", str(tmp_path)]
    async with Client(StdioServerParameters(command=sys.executable, args=args)) as client:
        await ask(client, "quote", side="bid", price=(await ask(client, "look"))["best_bid"], size=3)
        await ask(client, "wait", seconds=1)
    journal = read_journal(tmp_path / "skew-short-7-1.jsonl")
    assert journal.end is not None
    assert (len(journal.entries), journal.until_ns, journal.end.ended) == (1, S, "left")
