"""``mmtui report``."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from mmtui.debrief.build import debrief
from mmtui.debrief.tables import products
from mmtui.report.charts import attribution
from mmtui.report.model import Report
from mmtui.report.text import as_text
from mmtui.session.journal import read_journal
from mmtui.session.journal_file import take_over
from mmtui.session.replay import Replay
from mmtui.session.result import Opposition, Result
from mmtui.version import ENGINE
from mmtui.wording import money, stamp
from tests.unit.cli.conftest import Mmtui, shortened
from tests.unit.debrief.test_debrief import played
from tests.unit.session.journals import lines, rewrite, unsigned
from tests.unit.test_earlier_files import FILES

_VOID = {"meta", "br"}


@pytest.fixture
def journal(mmtui: Mmtui, tmp_path: Path) -> Path:
    level = shortened("skew", tmp_path)
    level.write_text(level.read_text().replace("duration_s = 5", "duration_s = 90"))
    mmtui("run", level, "-s", "skew", "--seeds", "7", "--journals", tmp_path / "j", "--format", "json")
    return unsigned(tmp_path / "j" / "skew-short-skew-7.jsonl")


class Page(HTMLParser):
    """A page's tags, which must be closed in order, its texts, and everything it refers to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_json_is_the_debrief_and_the_ranking(mmtui: Mmtui, journal: Path) -> None:
    ended = mmtui("report", journal, "--format", "json")
    assert (ended.code, ended.err) == (0, "")
    found = msgspec.json.decode(ended.out, type=Report)
    assert found.debrief == debrief(read_journal(journal).script)
    assert (found.journal, found.same, found.parent) == (journal.name, True, None)
    assert found.ranking is not None
    assert {rank.strategy for rank in found.ranking.ranks} >= {None, "fixed", "skew", "touch"}


def test_the_text_has_the_score_s_arithmetic_and_what_to_try(mmtui: Mmtui, journal: Path) -> None:
    found = json.loads(mmtui("report", journal, "--format", "json", "--no-field").out)["debrief"]
    result = found["result"]
    ended = mmtui("report", journal)
    assert (ended.code, ended.err) == (0, "")
    tenths = products(msgspec.convert(result, Result), {part["name"]: part["weight"] for part in found["score"]})
    for part in found["score"]:
        name, points, weight = part["name"], part["points"], part["weight"]
        product = rf"^  {name} +{points:.1f} +× {weight:.2f} +{re.escape(f'= {tenths[name]:.1f}')} "
        assert tenths[name] == pytest.approx(points * weight, abs=0.1)
        assert re.search(product, ended.out, re.MULTILINE)
    assert f"{result['score']:.1f} of 100" in ended.out
    assert f"digest {result['digest']}" in ended.out
    for title in ("SCORE", "PNL, USD", "MARKOUT", "QUEUE", "WORST FILLS", "THE SAME TAPE", "WHAT TO TRY NEXT"):
        assert re.search(rf"^{title}", ended.out, re.MULTILINE)
    assert "THE SAME TAPE" not in mmtui("report", journal, "--no-field").out


def test_the_html_is_whole_and_needs_nothing_else(mmtui: Mmtui, journal: Path, tmp_path: Path) -> None:
    ended = mmtui("report", journal, "--format", "html", "--out", tmp_path / "a.html")
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert [tag for tag, _ in page.seen].count("svg") == 4 + 3
    assert not {tag for tag, _ in page.seen} & {"script", "link", "img", "iframe", "object"}
    assert not [attrs for _, attrs in page.seen if {"src", "href", "srcset"} & set(attrs)]
    assert "url(" not in text
    assert "@import" not in text
    assert "http" not in text
    assert "prefers-color-scheme: dark" in text
    found = msgspec.json.decode(mmtui("report", journal, "--format", "json").out, type=Report).debrief
    fills = [attrs for tag, attrs in page.seen if tag == "path" and str(attrs["class"]).startswith("mark ")]
    assert len(fills) == len(found.fills)


def test_the_stack_of_the_attribution_reaches_the_pnl() -> None:
    """Each part's area ends where its amount puts it; the gains less the losses are the total."""
    found = played("spike")[2]
    paths: dict[str, list[tuple[float, float]]] = {}
    for style, path in re.findall(r'<path class="(?:area|line) (\w+)" d="M([^"]+?)Z?"/>', attribution(found)):
        paths[style] = [(float(x), float(y)) for x, y in (point.split(" ") for point in path.split("L"))]
    zero = paths["zero"][0][1]
    pnl = found.result.pnl
    scale = (zero - paths["total"][-1][1]) / pnl.total
    last = max(x for x, _ in paths["total"])
    for part, amount in (("spread", pnl.spread), ("position", pnl.position)):
        base, tip = (y for x, y in paths[part] if x == last)
        assert (base - tip) / scale == pytest.approx(amount, abs=abs(pnl.total) / 50)


def test_one_s_own_names_are_escaped(mmtui: Mmtui, journal: Path) -> None:
    records = lines(journal)
    records[0]["level"]["title"] = "<b>&"
    rewrite(journal, records)
    text = mmtui("report", journal, "--format", "html", "--no-field").out
    assert "<h1>&lt;b&gt;&amp;</h1>" in text
    assert Page(text).open == []


def test_a_journal_that_breaks_off_or_was_taken_over(mmtui: Mmtui, journal: Path, tmp_path: Path) -> None:
    replay = Replay(read_journal(journal).script)
    replay.seek(30 * 10**9)
    _, _, writer = take_over(tmp_path / "b.jsonl", replay, journal.name, "d" * 64, print)
    writer.close()
    found = json.loads(mmtui("report", tmp_path / "b.jsonl", "--format", "json", "--no-field").out)
    assert found["same"] is None
    assert found["parent"] == {"name": journal.name, "digest": "d" * 64, "at_ns": 30 * 10**9}
    assert found["debrief"]["until_ns"] == 30 * 10**9
    text = mmtui("report", tmp_path / "b.jsonl", "--no-field").out
    assert f"taken over from {journal.name} at 00:30.0" in text
    assert "The journal breaks off here. (00:30.0)" in text


def test_a_session_without_a_fill(mmtui: Mmtui, short: Path, tmp_path: Path) -> None:
    mmtui("run", short, "-s", "idle", "--seeds", "1", "--journals", tmp_path / "j")
    for form in ("text", "json", "html"):
        ended = mmtui("report", tmp_path / "j" / "skew-short-idle-1.jsonl", "--format", form, "--no-field")
        assert (ended.code, ended.err) == (0, "")
        assert "Nobody traded with you" in ended.out


def test_another_digest_is_said(mmtui: Mmtui, journal: Path) -> None:
    records = lines(journal)
    records[-1]["digest"] = "0" * 64
    rewrite(journal, records)
    ended = mmtui("report", journal, "--no-field")
    assert ended.code == 0
    assert "the digests differ" in ended.out
    assert ended.err == f"{journal}: the session replayed has another digest than the journal's.\n"


# Sessions that cannot be played again


def of_another_engine(journal: Path) -> Path:
    records = lines(journal)
    records[0].update(engine=ENGINE + 1, player={"name": "<b>frog", "key": None}, **{"try": 4})
    rewrite(journal, records)
    return journal


def test_another_engine_s_level_and_commands_need_not_be_known_any_more(mmtui: Mmtui, journal: Path) -> None:
    file = of_another_engine(journal)
    known = mmtui("report", file).out
    records = lines(file)
    records[0]["level"]["market"]["weather"] = {"rain": 0.5}
    records[0]["level"]["market"]["instrument"]["isin"] = "US0378331005"
    del records[0]["level"]["market"]["value"]
    rewrite(file, records)
    assert mmtui("report", file).out == known
    command = next(record for record in records[1:] if record["line"] == "command")
    command["command"] = {"do": "teleport", "far": True}
    rewrite(file, records)
    ended = mmtui("report", file)
    assert ended.code == 2
    assert ended.out.partition("COMMANDS")[0].rstrip() == known.partition("COMMANDS")[0].rstrip()


def test_of_another_engine_s_session_it_shows_the_result_and_the_fills_and_says_why(
    mmtui: Mmtui, journal: Path
) -> None:
    *_, outcome, end = lines(journal)
    result, fills = outcome["result"], outcome["fills"]
    ended = mmtui("report", of_another_engine(journal))
    said = (
        f"a session of engine {ENGINE + 1}, which this version (engine {ENGINE}) cannot play again; mmtui report still "
        "shows its result and fills"
    )
    assert (ended.code, ended.err) == (2, f"Error: {journal}: {said}\n")
    assert ended.out.splitlines()[1] == f"{journal.name}: {said}."
    for fact in ("played by +<b>frog", "try +4", f"digest +{end['digest']}", f"engine +{ENGINE + 1}", "ended +time at"):
        assert re.search(rf"^  {fact}", ended.out, re.MULTILINE)
    for part, points in result["parts"].items():
        assert re.search(rf"^  {part} +{points:.1f}$", ended.out, re.MULTILINE)
    assert re.search(rf"^  total +{result['score']:.1f}$", ended.out, re.MULTILINE)
    assert re.search(rf"^  = total +{re.escape(money(result['pnl']['total']))}$", ended.out, re.MULTILINE)
    assert re.search(r"^  by a strategy +100.0% +100.0%$", ended.out, re.MULTILINE)
    rows = ended.out.partition("FILLS")[2].partition("COMMANDS")[0].split("\n")[1:-2]
    assert [row.split()[:3] for row in rows] == [
        [stamp(at_ns), "bought" if side > 0 else "sold", str(quantity)]
        for at_ns, side, quantity in zip(fills["at_ns"], fills["side"], fills["quantity"], strict=True)
    ]
    assert len(rows) > 5


def test_the_same_as_json_and_as_html(mmtui: Mmtui, journal: Path, tmp_path: Path) -> None:
    records = lines(of_another_engine(journal))
    ended = mmtui("report", journal, "--format", "json")
    found = json.loads(ended.out)
    assert ended.code == 2
    assert found["unplayable"].startswith(f"a session of engine {ENGINE + 1}, which")
    assert found["results"] == [records[-2]]
    assert (found["level"], found["try"], found["digest"]) == (records[0]["level"], 4, records[-1]["digest"])
    assert [command["command"] for command in found["commands"]] == [records[1]["command"]]
    ended = mmtui("report", journal, "--format", "html", "--out", tmp_path / "a.html")
    assert (ended.code, ended.out) == (2, "")
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert [tag for tag, _ in page.seen].count("table") == 8
    assert "&lt;b&gt;frog" in text
    assert {"Score", "PnL", "Fills"} <= {title.partition(",")[0] for title in page.texts}


def test_of_one_with_an_instructor_s_action_and_one_that_broke_off(mmtui: Mmtui, journal: Path) -> None:
    records = lines(journal)
    spike = {"line": "instructor", "at_ns": records[1]["at_ns"], "seat": -1, "do": "spike", "alters": True}
    rewrite(journal, [*records[:2], spike, *records[2:]])
    ended = mmtui("report", journal)
    assert ended.code == 2
    assert f"{records[-2]['result']['score']:.1f}" in ended.out
    assert ended.err.endswith("line 3: a session with the instructor's 'spike', which this version cannot play again\n")
    rewrite(journal, [*records[:2], spike])
    ended = mmtui("report", journal)
    assert "it breaks off at 00:00.0" in ended.out
    assert "SCORE" not in ended.out


@pytest.mark.parametrize("name", ["format-1", "finished", "taken-over", "unfinished"])
def test_of_formats_1_and_2_it_shows_what_they_hold(mmtui: Mmtui, name: str) -> None:
    path = FILES / f"{name}.jsonl"
    journal = read_journal(path)
    ended = mmtui("report", path)
    assert ended.code == 2
    assert "a session of engine 1, which this version" in ended.out
    assert f"skew, seed {journal.seed}" in ended.out
    assert (journal.end is None) == ("it breaks off" in ended.out)
    assert journal.end is None or journal.end.digest in ended.out
    assert (journal.parent is None) == ("taken over from" not in ended.out)
    rows = ended.out.partition("COMMANDS\n")[2].splitlines()
    assert [row.split()[1] for row in rows] == [msgspec.to_builtins(entry.command)["do"] for entry in journal.entries]
    found = json.loads(mmtui("report", path, "--format", "json").out)
    assert (found["engine"], found["results"], len(found["commands"])) == (1, [], len(journal.entries))
    assert Page(mmtui("report", path, "--format", "html").out).open == []


@pytest.mark.parametrize("args", [[], ["--format", "html", "--out", "/nowhere/a.html"]])
def test_what_cannot_be_read_or_written_is_one_sentence(mmtui: Mmtui, journal: Path, args: list[Any]) -> None:
    ended = mmtui("report", journal if args else journal.with_name("no.jsonl"), "--no-field", *args)
    assert (ended.code, ended.out) == (1 if args else 2, "")
    assert ended.err.startswith("Error: ")
    assert ended.err.count("\n") == 1


def test_help_has_examples(mmtui: Mmtui) -> None:
    assert "mmtui report " in mmtui("report", "--help").out.partition("Examples:")[2]


def test_the_opponent_and_a_failure_are_noted() -> None:
    found = played("skew")[2]
    opponent = Opposition("touch", 71.0, 2, {}, 1234.5, 0, 3)
    result = replace(found.result, opponent=opponent, error="mine.py, line 3: broke")
    lines = list(as_text(Report("a.jsonl", None, None, replace(found, result=result), None)))
    assert lines[2:4] == ["against touch, which scored 71.0 and made +1,234.50", "mine.py, line 3: broke"]
