"""A browser opens the served app, starts a level by keys and quotes by a click."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, WebSocket, sync_playwright

from mmtui.level.level import load_level
from mmtui.tui.manual_trading import first_size
from mmtui.tui.widgets.ladder_columns import columns

#: A failure takes so long; success does not wait.
PATIENCE_S = 60.0
SIDE_PANELS = 38


class Shown:
    """What the app has sent to the page's terminal."""

    def __init__(self) -> None:
        self.text = ""
        self.url = ""

    def watch(self, socket: WebSocket) -> None:
        self.url = socket.url
        socket.on("framereceived", self.add)

    def add(self, data: str | bytes) -> None:
        if isinstance(data, bytes):
            self.text += re.sub(r"\x1b\[[^a-zA-Z]*[a-zA-Z]", "", data.decode("utf-8", "replace"))


def wait_for(condition: Callable[[], Any], page: Page | None = None) -> Any:
    """The condition's first true value; a page that is given lives on meanwhile."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if found := condition():
            return found
        if page is not None:
            page.wait_for_timeout(50)
        else:
            time.sleep(0.05)
    raise AssertionError("waited in vain")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The address of a served app that keeps everything in a folder of the test's."""
    port = free_port()
    env = {
        **{name: value for name, value in os.environ.items() if name != "NO_COLOR"},
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "mmtui", "serve", "--port", str(port)], env=env, stdout=subprocess.DEVNULL
    )
    try:
        wait_for(lambda: answers(port) or server.poll() is not None)
        assert server.poll() is None
        # By the name, as by the address that is printed.
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        server.wait()


@pytest.fixture
def page() -> Iterator[Page]:
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert browser is not None, "these tests play in a browser: install chromium"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        yield running.new_page(viewport={"width": 1280, "height": 800})
        running.close()


def test_level_is_started_by_keys_and_quoted_by_a_click(served: str, page: Page, tmp_path: Path) -> None:
    shown = Shown()
    page.on("websocket", shown.watch)
    page.goto(served)
    page.wait_for_selector(".xterm-helper-textarea", state="attached")

    def press(key: str, after: str) -> None:
        """Press a key once a text is on the screen."""
        wait_for(lambda: after in shown.text, page)
        shown.text = ""
        page.locator(".xterm-helper-textarea").focus()
        page.keyboard.press(key)

    # The menu's first entry is the lesson, its second the first level; then comes the briefing.
    press("ArrowDown", after="First lesson")
    press("Enter", after="First quotes")
    press("Enter", after="RULES")
    wait_for(lambda: "My bids" in shown.text, page)
    (journal,) = wait_for(lambda: list((tmp_path / "data" / "mmtui" / "journals").glob("first-quotes-*.jsonl")))

    def quotes() -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in journal.read_bytes().split(b"\n")[1:-1]]
        return [line["command"] for line in lines if line.get("command", {}).get("do") == "quote"]

    size = {name: int(value[0]) for name, value in parse_qs(urlsplit(shown.url).query).items()}
    box = page.locator(".xterm-screen").bounding_box()
    assert box is not None
    layout = columns(size["width"] - SIDE_PANELS, 6)
    place = [column.name for column in layout].index("bid")
    x = sum(column.width for column in layout[:place]) + layout[place].width / 2

    def clicked() -> list[dict[str, Any]]:
        # The floor may still be on its way to the screen.
        page.mouse.click(
            box["x"] + (x + 0.5) * box["width"] / size["width"],
            box["y"] + (size["height"] - 10 + 0.5) * box["height"] / size["height"],
        )
        page.wait_for_timeout(200)
        return quotes()

    quote = wait_for(clicked, page)[0]
    assert quote["side"] == 1
    assert quote["price"] < 10_000
    assert quote["size"] == first_size(load_level("first-quotes"))


def test_keys_need_no_click_and_the_bell_is_heard(served: str, page: Page, tmp_path: Path) -> None:
    settings = tmp_path / "config" / "mmtui" / "settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"bell": true}')
    shown = Shown()
    page.on("websocket", shown.watch)
    page.add_init_script("window.bells = 0; addEventListener('bell', () => window.bells++)")
    page.goto(served)
    assert page.locator("link[rel=icon]").count() == 1
    for key, after in (("ArrowDown", "First lesson"), ("Enter", "First quotes"), ("Enter", "RULES")):
        wait_for(lambda after=after: after in shown.text, page)  # type: ignore[misc]
        shown.text = ""
        page.keyboard.press(key)
    wait_for(lambda: "My bids" in shown.text, page)
    page.keyboard.press("Shift+B")
    wait_for(lambda: page.evaluate("window.bells"), page)


def test_nothing_is_asked_of_another_host_whatever_the_address_says(served: str, page: Page) -> None:
    asked: list[str] = []
    shown = Shown()
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", shown.watch)
    page.goto(served)
    wait_for(lambda: "First lesson" in shown.text, page)
    assert page.evaluate("[...document.fonts].map(font => font.status)") == ["loaded"]
    # textual-serve's script asks that address how far away it is.
    page.goto(f"{served}/?ping=http://elsewhere.example/")
    page.evaluate("fetch('http://elsewhere.example/').catch(() => 0)")
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(served).netloc}


def test_page_of_somebody_else_is_not_let_in(served: str, page: Page) -> None:
    page.goto("data:text/html,<title>elsewhere</title>")
    address = served.replace("http", "ws") + "/ws?width=80&height=24"
    outcome = page.evaluate(
        """address => new Promise(done => {
            const socket = new WebSocket(address);
            socket.onopen = () => done("open");
            socket.onerror = () => done("refused");
        })""",
        address,
    )
    assert outcome == "refused"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a room's page, and the folder of its journal."""
    web, tcp = free_port(), free_port()
    env = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    command = [
        sys.executable,
        "-m",
        "mmtui",
        "room",
        "skew",
        "--web",
        str(web),
        "--tcp",
        str(tcp),
        "--password",
        "class",
    ]
    process = subprocess.Popen([*command, "--record", str(tmp_path / "class")], env=env, stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: answers(web) or process.poll() is not None)
        assert process.poll() is None
        yield f"http://127.0.0.1:{web}", tmp_path / "class" / "room.jsonl"
    finally:
        process.terminate()
        process.wait()


def test_a_seat_of_a_room_is_played_in_a_page_and_is_the_same_when_it_is_loaded_again(
    room: tuple[str, Path], page: Page
) -> None:
    address, journal = room
    shown = Shown()
    page.on("websocket", shown.watch)
    refused = page.goto(address)
    assert refused is not None
    assert refused.status == 403

    def commands(do: str) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in journal.read_bytes().split(b"\n")[1:-1]]
        return [line for line in lines if line.get("command", {}).get("do") == do]

    page.goto(f"{address}/?password=class")
    wait_for(lambda: "My bids" in shown.text, page)
    seat = page.url
    page.keyboard.press("q")
    page.keyboard.press("w")
    wait_for(lambda: re.search(r"\d q\d", shown.text), page)
    wait_for(lambda: [line.get("seat", 0) for line in commands("join")] == [0, 0], page)
    shown.text = ""
    page.reload()
    wait_for(lambda: "My bids" in shown.text, page)
    assert page.url == seat
    page.keyboard.press("Backspace")
    page.keyboard.press("q")
    wait_for(lambda: len(commands("join")) == 3, page)
    assert {line.get("seat", 0) for line in commands("join")} == {0}
