"""A level played alone over the protocol, in any language: the market waits for its player, who steps it."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

import msgspec

from mmtui.errors import InputError
from mmtui.market.book_market import BookMarketSpec
from mmtui.observe.snapshot_builder import SnapshotBuilder
from mmtui.room.core.redaction import published
from mmtui.room.core.strangers import check_command
from mmtui.room.protocol.conversation import Conversation
from mmtui.room.protocol.messages import MOST_LINE, VERSION, Answer, End, Hello, Ok, SeatView, Watch, Welcome
from mmtui.session.commands import AnyCommand
from mmtui.session.maker import rules_of
from mmtui.session.session import Session


class Solo:
    """The only player of a session: lets one client in, and does what it asks for.

    Args:
        session: at its start.

    Raises:
        InputError: its market has no book.
    """

    def __init__(self, session: Session) -> None:
        if not isinstance(session.level.market, BookMarketSpec):
            raise InputError(f"{session.level.id}: expected a level whose market is of the kind book")
        self.session = session
        self._snapshots = SnapshotBuilder(session)

    def enter(self, hello: Hello) -> tuple[Solo, Answer]:
        """Let the client in."""
        if hello.role != "seat":
            raise InputError(f"expected the role seat, not {hello.role}: there is nobody else here")
        level = self.session.level
        return self, Welcome(
            version=VERSION,
            seat=0,
            name=hello.name,
            level=msgspec.Raw(msgspec.json.encode(published(level))),
            rules=rules_of(level),
            now_ns=self.session.now_ns,
            stepped=True,
        )

    def submit(self, command: AnyCommand) -> Answer:
        """Carry a command out now."""
        check_command(command)
        self.session.submit(command)
        return Ok(at_ns=self.session.now_ns)

    def look(self, seat: int) -> Answer:
        """What there is to see now."""
        return SeatView(view=self._snapshots.snapshot())

    def step(self, ns: int) -> Answer:
        """Have the market go on; at its end, what it came to."""
        session = self.session
        session.advance(min(session.now_ns + ns, session.end_ns))
        if session.over is None:
            return SeatView(view=self._snapshots.snapshot())
        return End(ended=session.over, result=session.result(), digest=session.digest, seed=str(session.seed))

    def watch(self, request: Watch) -> Answer:
        """Refused."""
        raise InputError("the market waits for you: step, and look")

    def standings(self) -> Answer:
        """Refused."""
        raise InputError("there is nobody else here")

    def market(self) -> Answer:
        """Refused."""
        raise InputError("the views have all there is to see")

    def instruct(self, request: object) -> Answer:
        """Refused."""
        raise InputError("there is no instructor here")


def play_alone(solo: Solo, lines: BinaryIO, say: Callable[[bytes], None]) -> None:
    """Answer a program's lines until it leaves, its lines end, or the level does."""
    conversation = Conversation(solo)
    try:
        while not conversation.over and (line := _line(lines)):
            say(conversation.hear(line))
    finally:
        solo.session.leave()


def _line(lines: BinaryIO) -> bytes:
    """The next line; of one that is too long no more than shows that it is."""
    line = lines.readline(MOST_LINE + 1)
    rest = line
    while len(rest) > MOST_LINE and not rest.endswith(b"\n"):
        rest = lines.readline(MOST_LINE + 1)
    return line
