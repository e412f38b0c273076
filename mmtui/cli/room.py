"""``mmtui room``: one market for several people and programs."""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager, redirect_stderr, redirect_stdout
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import click

from mmtui.cli.arguments import SEED, jobs_option, overrides_from, settings_option
from mmtui.cli.number import whole
from mmtui.errors import InputError

if TYPE_CHECKING:
    from mmtui.level.level import Level
    from mmtui.room.core.room import Room
    from mmtui.room.core.spec import RoomSpec
    from mmtui.room.serve.host import Host
    from mmtui.room.serve.shadows import Beside, Made
    from mmtui.room.serve.tcp import TcpServer

_EPILOG = """\b
Examples:
  mmtui room skew --seats 4
  mmtui room skew --seats 30 --bots glft,skew --ssh 2222 --web 8000 --record class
  mmtui room skew --seats 30 --own-market --record exam
  mmtui room --floors-only 127.0.0.1:7373 --ssh 2222
  mmtui room --resume class
  mmtui room --replay class/room.jsonl --seat 3
  mmtui room --replay class/room.jsonl --instead skew,glft --jobs 2
"""
_PORT = whole(1, 65535)


@click.command(epilog=_EPILOG)
@click.argument("level", default="first-quotes")
@click.option("--seats", type=whole(1, 200), default=2, show_default=True, help="How many make the market.")
@click.option("--bots", default="skew", show_default=True, metavar="A,B", help="Who quotes for seats nobody has taken.")
@click.option("--own-market", is_flag=True, help="The same market for each seat by itself, instead of one for all.")
@click.option(
    "--drop",
    type=click.Choice(["bot", "cancel"]),
    default="bot",
    show_default=True,
    help="When a player is cut off: a bot quotes, or the orders are withdrawn.",
)
@click.option("--start", "starts_at", type=whole(1, 200), default=1, show_default=True, help="Seats taken to start.")
@click.option("--host", "address", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--tcp", type=_PORT, default=7373, show_default=True, help="Port of the protocol, for mmtui join.")
@click.option("--ssh", type=_PORT, help="Port for SSH clients; needs mmtui[room].")
@click.option("--web", type=_PORT, help="Port for browsers, and for the protocol over WebSocket; needs mmtui[serve].")
@click.option("--password", help="What lets people in. One is made when others than this machine can reach the room.")
@click.option("--seed", type=SEED, help="Which market; 128 random bits, published at the end, when left out.")
@click.option("--record", type=click.Path(path_type=Path, file_okay=False), help="Folder of the journals.")
@click.option("--resume", type=click.Path(path_type=Path, file_okay=False), help="Go on with a room that was cut off.")
@click.option("--replay", type=click.Path(path_type=Path, dir_okay=False), help="Play a room's journal again.")
@click.option("--seat", type=whole(0, 199), help="With --replay: the debrief of a seat, from 0, instead of the room's.")
@click.option("--instead", metavar="A,B|all", help="Whose PnL in each seat is in the debrief; all unless --replay.")
@jobs_option
@click.option("--floors-only", "core", metavar="HOST[:PORT]", help="Floors for --ssh, of a room that is there.")
@click.option("--qr", is_flag=True, help="Show the link as a QR code; needs mmtui[room].")
@settings_option("Set a key of the level, by its path.")
def command(
    level: str,
    seats: int,
    bots: str,
    own_market: bool,
    drop: str,
    starts_at: int,
    address: str,
    tcp: int,
    ssh: int | None,
    web: int | None,
    password: str | None,
    seed: int | None,
    record: Path | None,
    resume: Path | None,
    replay: Path | None,
    seat: int | None,
    instead: str | None,
    jobs: int,
    core: str | None,
    qr: bool,
    settings: tuple[str, ...],
) -> int | None:
    """Let others play LEVEL in one market with you, until it is over.

    Bots quote for seats that nobody has taken, and for players who were cut off. Whoever comes back with the same key
    or token has the same seat. It is this machine only unless --host says otherwise; the protocol is not encrypted,
    SSH is. What is printed at the start, and what everybody does is recorded with --record.
    """
    from mmtui.room.core.spec import RoomSpec
    from mmtui.room.serve.opening import open_room, reopen_room

    if replay is not None and seat is not None:
        return _explain(replay, seat)
    if replay is not None:
        return _check(replay) if instead is None else _instead(replay, _strategies(instead), jobs)

    if core is not None:
        _serve_apart(core, address, ssh, password or "")
        return None
    password = password_for(address, password)
    if resume is not None:
        host = reopen_room(resume, password=password, on_trouble=partial(click.echo, file=sys.stderr))
    else:
        from mmtui.level.level import load_level

        overrides, unknown = overrides_from(settings)
        if unknown:
            raise InputError(
                f"--set {unknown[0]}: expected the path of one of the level's keys, such as market.value.sigma"
            )

        def spec(commitment: str) -> RoomSpec:
            names = tuple(name.strip() for name in bots.split(",") if name.strip())
            if not 0 < len(names) <= seats:
                raise InputError(f"--bots {bots}: expected 1 to {seats} strategies, separated by commas")
            return RoomSpec(
                seats=seats, bots=names, own_market=own_market, drop="bot" if drop == "bot" else "cancel",
                commitment=commitment,
            )  # fmt: skip

        host = open_room(
            load_level(level, overrides),
            spec,
            seed=seed,
            folder=record,
            password=password,
            starts_at=min(starts_at, seats),
            on_trouble=partial(click.echo, file=sys.stderr),
        )
    folder = resume or record
    strategies = _strategies("all" if instead is None else instead, host.room.level)
    # Apps take the streams over and give back what they found, each in its own time.
    with redirect_stdout(sys.stdout), redirect_stderr(sys.stderr):
        say = partial(click.echo, file=sys.stdout)
        try:
            asyncio.run(_serve(host, Ports(address, tcp, ssh, web), folder, say, strategies, jobs, qr=qr))
        finally:
            host.room.close()
    return None


def _serve_apart(core: str, address: str, ssh: int | None, password: str) -> None:
    from mmtui.cli.join import address_of
    from mmtui.cli.room_floors import serve_apart

    if ssh is None:
        raise InputError("--floors-only: expected the port of the floors too, such as --ssh 2222")
    with redirect_stdout(sys.stdout), redirect_stderr(sys.stderr):
        asyncio.run(serve_apart(address_of(core), address, ssh, password, partial(click.echo, file=sys.stdout)))


class Ports(NamedTuple):
    """Where a room listens: the address, and the port of each way in, None for those that are closed."""

    address: str
    tcp: int
    ssh: int | None
    web: int | None


async def _serve(
    host: Host,
    ports: Ports,
    folder: Path | None,
    say: Callable[[str], None],
    strategies: Sequence[str],
    jobs: int,
    *,
    qr: bool,
) -> None:
    from mmtui.cli.room_floors import linger
    from mmtui.room.serve.host import journal_paths
    from mmtui.room.serve.shadows import Beside
    from mmtui.room.serve.tcp import TcpServer

    address, tcp, ssh, web = ports
    floors: set[asyncio.Task[None]] = set()

    async with AsyncExitStack() as stack:
        try:
            server = TcpServer(host)
            await stack.enter_async_context(server.listening(address, tcp))
            if ssh is not None:
                from mmtui.cli.room_floors import listening
                from mmtui.room.serve.entrances import OwnEntrance

                await stack.enter_async_context(listening(OwnEntrance(host), address, ssh, folder, floors))
            if web is not None:
                await stack.enter_async_context(_pages(host, ports, server))
        except (OSError, UnicodeError) as error:
            raise InputError(f"cannot listen on {address}: {getattr(error, 'strerror', None) or error}") from None
        for line in _announcement(host, ports, folder):
            say(line)
        if qr:
            say(_qr(_link(host, ports)))
        beside = folder and Beside(journal_paths(folder, host.room)[0], strategies, jobs, waits=True)
        await host.run()
        for line in _outcome(host, folder):
            say(line)
        if beside and folder is not None:
            beside.ended()
            try:
                # In a thread: at the end all floors are drawn anew, which takes the loop seconds.
                filled_in = partial(_filled_in, beside, host.room, strategies, folder / "debrief.html")
                for line in await asyncio.to_thread(filled_in):
                    say(line)
            finally:
                beside.stop()
        await linger(host, floors)


@contextmanager
def web_extra() -> Iterator[None]:
    """Import what serves pages. Raises InputError where it is not installed."""
    try:
        yield
    except ImportError:
        raise InputError("--web needs textual-serve, which is not installed: pip install 'mmtui[serve]'") from None


def _pages(host: Host, ports: Ports, server: TcpServer) -> AbstractAsyncContextManager[None]:
    with web_extra():
        from mmtui.cli.room_pages import RoomPages
    assert ports.web is not None
    return RoomPages(host, ports.address, ports.web, server, ports.tcp).listening()


def _link(host: Host, ports: Ports) -> str:
    """The one link to send round."""
    if ports.web is not None:
        return link(ports.address, ports.web, host.password)
    return f"ssh://{ports.address}:{ports.ssh}" if ports.ssh else f"tcp://{ports.address}:{ports.tcp}"


def link(address: str, port: int, password: str) -> str:
    """The address of a page."""
    return f"http://{address}:{port}/" + (f"?password={quote(password)}" if password else "")


def _announcement(host: Host, ports: Ports, folder: Path | None) -> Iterator[str]:
    room, (address, tcp, ssh, web) = host.room, ports
    kind = f"one market, empty seats quoted by {', '.join(room.spec.bots)}"
    if room.spec.own_market:
        kind = "the same market for each"
    yield f"{room.level.title}: {len(room.seats)} seats, {kind}."
    yield f"Join by     mmtui join {address}:{tcp}"
    if ssh is not None:
        yield f"or by       ssh -p {ssh} as-YOUR-NAME@{address}"
    if web is not None:
        yield f"or at       {_link(host, ports)}"
    if host.password:
        yield f"Password    {host.password}"
    yield f"Instructor  {host.instructor}"
    yield f"Seed        SHA-256 of SEED:NONCE is {host.secret.commitment}"
    yield f"Recorded    {f'what everybody does, in {folder}' if folder else 'nothing'}"


def _outcome(host: Host, folder: Path | None) -> Iterator[str]:
    """What is said at the end; the debrief is saved beside the journals."""
    from mmtui.files import write
    from mmtui.report.room import room_page, room_text

    yield f"The seed was {host.secret.seed}, the nonce {host.secret.nonce}."
    if folder is not None:
        write(folder / "debrief.html", room_page(host.room))
        yield f"The debrief is in {folder / 'debrief.html'}."
    yield from room_text(host.room)
    if folder is not None and host.room.spec.own_market:
        yield ""
        yield from _played_again(folder, host)


def _played_again(folder: Path, host: Host) -> Iterator[str]:
    """What each seat's journal comes to when it is played again, those that come to anything else by name."""
    from mmtui.room.serve.host import journal_paths
    from mmtui.session.journal import read_journal

    others = 0
    for seat, session, path in zip(host.room.seats, host.room.sessions, journal_paths(folder, host.room), strict=True):
        if read_journal(path).script.played().digest != session.digest:
            others += 1
            yield f"{seat.name or seat.number}: {path} played again is another session."
    yield f"{len(host.room.seats) - others} of {len(host.room.seats)} journals, played again, are the same sessions."


def _check(journal: Path) -> int:
    """Play a room's journal again; 1 if it is not what it says."""
    from mmtui.report.room import room_text
    from mmtui.room.core.resume import played_again

    room, read = played_again(journal)
    for line in room_text(room):
        click.echo(line)
    if read.end is None:
        click.echo(f"{journal}: breaks off; its digest so far is {room.digest}")
        return 0
    same = room.digest == read.end.digest
    click.echo(f"{journal}: {'the same session' if same else 'another session'}, digest {room.digest}")
    return 0 if same else 1


def _strategies(names: str, level: Level | None = None) -> tuple[str, ...]:
    """Strategies by their names, those of the level's lesson and par first where all are asked for."""
    from mmtui.strategies.registry import check_name, shipped_names

    if names != "all":
        found = tuple(dict.fromkeys(name.strip() for name in names.split(",") if name.strip()))
        for name in found:
            check_name(name)
        return found
    first = () if level is None else (level.par, level.lesson_strategy)
    return tuple(dict.fromkeys(name for name in (*first, *shipped_names()) if name in shipped_names()))


def _filled_in(beside: Beside, room: Room, strategies: Sequence[str], page: Path) -> list[str]:
    """Have the debrief say what strategies would have made, as it gets known; returns the lines of all of it."""
    from mmtui.files import write
    from mmtui.report.room import instead_table, room_page
    from mmtui.report.text import table_lines

    made: Made = {}
    while beside.works:
        if news := beside.news():
            made.update(news)
            write(page, room_page(room, [instead_table(room, strategies, made)]))
    return ["", *table_lines(instead_table(room, strategies, made))]


def _instead(journal: Path, strategies: Sequence[str], jobs: int) -> int:
    """Print what strategies would have made in each seat that somebody took, and save it with the room's debrief."""
    from mmtui.room.core.resume import played_again
    from mmtui.room.serve.shadows import Beside

    room, _ = played_again(journal)
    beside, page = Beside(journal, strategies, jobs, waits=False), journal.parent / "debrief.html"
    for line in _filled_in(beside, room, strategies, page):
        click.echo(line)
    click.echo(f"The debrief with this is in {page}.")
    return 0


def _explain(journal: Path, seat: int) -> int:
    """Print the debrief of a seat; 1 if the session is not what the journal says."""
    from mmtui.coach.watched import WatchedSession
    from mmtui.debrief.build import explained
    from mmtui.debrief.recorder import Recorder
    from mmtui.report.model import Report
    from mmtui.report.text import as_text
    from mmtui.room.core.resume import Playback, read_room

    playback = Playback(read_room(journal), seat)
    watched, recorder = WatchedSession(playback.session), Recorder(playback.session)
    playback.advance(playback.end_ns)
    found = explained(recorder, watched.occasions)
    end = playback.journal.end
    same = None if end is None else end.digest == playback.room.digest
    click.echo(f"Seat {seat}, {playback.room.seats[seat].name or 'nobody'}")
    for line in as_text(Report(journal.name, None, same, found, None)):
        click.echo(line)
    return int(same is False)


def _qr(text: str) -> str:
    """A text as a QR code of block characters."""
    try:
        import segno
    except ImportError:
        raise InputError("--qr needs segno, which is not installed: pip install 'mmtui[room]'") from None
    import io

    out = io.StringIO()
    segno.make(text, error="m").terminal(out, compact=True, border=2)
    return out.getvalue()


def password_for(address: str, password: str | None) -> str:
    """The password of a room at an address: the one given, or one that is made where others can reach it."""
    if password is not None:
        return password
    try:
        loopback = ip_address(address).is_loopback
    except ValueError:
        loopback = address == "localhost"
    return "" if loopback else secrets.token_hex(4)
