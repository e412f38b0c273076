"""The documentation: every page is there, its links lead somewhere, and what it shows exists."""

from __future__ import annotations

import importlib.util
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
import pytest
from textual.keys import format_key

from mmtui import docs, load_level, run
from mmtui.cli.main import app
from mmtui.cli.sections import section
from mmtui.level.reference import grid
from mmtui.tui.actions import lines
from tests.tapes import simulated, write

ROOT = Path(__file__).parents[2]
PAGES = [docs.FOLDER / f"{topic}.md" for topic in docs.TOPICS]
DOCUMENTS = [*PAGES, ROOT / "README.md", ROOT / "tests" / "README.md", *sorted((ROOT / ".github").glob("*.md"))]
NAMED = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)


def test_every_page_is_a_topic_and_every_topic_a_page() -> None:
    assert sorted(path.stem for path in docs.FOLDER.glob("*.md")) == sorted(docs.TOPICS)
    with pytest.raises(KeyError):
        docs.page("../README")


def python(topic: str) -> str:
    """The Python of a page."""
    (block,) = re.findall(r"(?s)```python\n(.*?)```", docs.page(topic))
    return str(block)


def test_the_strategy_shown_runs(tmp_path: Path) -> None:
    (tmp_path / "my.py").write_text(python("strategies"))
    level = msgspec.structs.replace(load_level("skew"), duration_s=20)
    (result,) = run(level, [(f"{tmp_path / 'my.py'}:Leaning", {"half_spread": 0.5})], [1])
    assert result.error is None
    assert result.fills > 0


def test_the_tape_shown_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "X_message_10.csv", simulated(60))
    monkeypatch.chdir(tmp_path)
    code = python("tapes").replace("1000", "10").replace(', orderbook=Path("X_orderbook_10.csv")', "")
    exec(compile(code, str(path), "exec"), {})
    assert capsys.readouterr().out.startswith("[Depth(")


def headings(text: str) -> list[str]:
    return re.findall(r"(?m)^#+ (.*)$", re.sub(r"(?s)```.*?```", "", text))


@NAMED
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        there = path.parent / name if name else path
        assert there.exists(), target
        if path in PAGES:
            assert there in PAGES, f"{target}: readers of the program have the pages only"
        if anchor:
            assert anchor in [docs.anchor(heading) for heading in headings(there.read_text(encoding="utf-8"))], target


def code(path: Path) -> Iterator[str]:
    """Each line of the shell's, and each piece of code inside a sentence."""
    text = path.read_text(encoding="utf-8")
    for language, block in re.findall(r"(?s)```(\w*)\n(.*?)```", text):
        if language == "sh":
            yield from block.splitlines()
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"(?s)```.*?```", "", text))


@NAMED
def test_every_command_shown_exists(path: Path) -> None:
    for line in code(path):
        for words in re.findall(r"(?:^|/bin/|uv run )(mmtui(?: [^&|]*)?)", line):
            check_command(shlex.split(words, comments=True)[1:])
        for module in re.findall(r"python -m ([\w.]+)", line):
            assert importlib.util.find_spec(module), line
        for script in re.findall(r"^\.ci/(\S+)", line):
            assert (ROOT / ".ci" / script).exists(), line


def check_command(words: list[str]) -> None:
    """Commands and options are there; values are not looked at."""
    command: click.Command = app
    context = click.Context(app)
    while words and isinstance(command, click.Group) and not words[0].startswith("-"):
        found = command.get_command(context, words[0])
        assert found is not None, f"there is no command {words[0]}"
        command, words = found, words[1:]
    known = {name for param in command.params for name in (*param.opts, *param.secondary_opts)}
    known |= {"--help", "-h"}
    for word in words:
        if word.startswith("-") and not re.fullmatch(r"-\d.*", word):
            assert word.partition("=")[0] in known, f"{command.name} has no option {word}"


def test_the_design_names_every_package() -> None:
    named = re.findall(r"(?m)^\| `mmtui/(\w+)` \|", docs.page("design"))
    assert sorted(named) == sorted(path.parent.name for path in docs.FOLDER.parent.glob("*/__init__.py"))


@pytest.mark.parametrize("screen", ["floor", "replay"])
def test_the_keys_are_those_of_the_registry(screen: str) -> None:
    rows = [
        (" ".join(f"`{format_key(key)}`" for action in line for key in action.key.split(",")), line[0].label)
        for line in lines(screen)
    ]
    table = grid(("keys", "do"), [(keys.replace("```", "`` ` ``"), does) for keys, does in rows])
    assert section(docs.FOLDER / "floor.md", f"keys of the {screen}") == f"{table}\n", table


def test_the_glossary_is_in_alphabetical_order_and_has_each_term_once() -> None:
    terms: list[str] = []
    for part in docs.page("glossary").split("\n## ")[1:]:
        found = re.findall(r"(?m)^- \*\*([^*]+)\*\*", part)
        assert [term.casefold() for term in found] == sorted(term.casefold() for term in found)
        terms += found
    assert len(set(terms)) > 80


@pytest.mark.parametrize(
    "term",
    [
        "tick",
        "lot",
        "half-spread",
        "skew",
        "reservation price",
        "markout",
        "presence",
        "microprice",
        "queue ahead",
        "vcm",
        "luld",
        "par",
        "attribution",
        "obligation",
        "touch",
        "maker",
        "taker",
        "latent value",
        "hurst",
        "basis",
        "imbalance",
        "two-sided",
        "covered",
        "limit state",
        "ghost",
        "peg",
    ],
)
def test_the_glossary_explains_the_screens(term: str) -> None:
    bold = " ".join(re.findall(r"\*\*([^*]+)\*\*", docs.page("glossary"))).casefold()
    assert term in bold
