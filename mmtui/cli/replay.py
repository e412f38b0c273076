"""``mmtui replay``: a journal played again."""

from __future__ import annotations

from pathlib import Path

import click

from mmtui.cli.arguments import time_from, trust_from, trust_option
from mmtui.cli.output import write_json
from mmtui.errors import MmtuiError
from mmtui.session.journal import Journal, read_journal
from mmtui.session.replay import Replay

_EPILOG = """\b
Examples:
  mmtui run skew --strategy skew --seeds 7 --journals journals
  mmtui replay journals/skew-skew-7.jsonl --at 1:23.4
  mmtui replay journals/skew-skew-7.jsonl --headless
"""


@click.command(epilog=_EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--headless", is_flag=True, help="Simulate without a screen and print the result as JSON.")
@click.option("--at", metavar="TIME", help="Begin there, or headless end there; in seconds or minutes:seconds.")
@trust_option
def command(file: Path, headless: bool, at: str | None, trust: bool) -> int | None:
    """Play the journal FILE again, from its level, seed and commands: on the floor, with a way back in anywhere.

    Headless, check that the same comes out: exits with 1 when the digest differs from the one in the journal. With a
    time, nothing is checked.

    A journal that names files, of strategies or of a tape elsewhere, is refused unless you have played it and they are
    the same, or --trust says that it may use them.
    """
    at_ns = None if at is None else time_from(at)
    if not headless:
        from mmtui.tui.run import open_replay

        return open_replay(file, at_ns or 0, trusted=trust)
    journal = read_journal(file, trust_from(trust))
    replay = Replay(journal.script)
    replay.advance(journal.until_ns if at_ns is None else at_ns)
    session = replay.session
    write_json(session.result())
    if at_ns is not None:
        return None
    if journal.end is None:
        click.echo(f"{file}: the journal breaks off, so there is no digest to check.", err=True)
    elif journal.end.digest != session.digest:
        raise MmtuiError(_difference(file, journal, session.digest))
    return None


def _difference(file: Path, journal: Journal, digest: str) -> str:
    assert journal.end is not None
    return (
        f"{file}: the session replayed has the digest {digest[:12]}…, the journal of mmtui {journal.version} says "
        f"{journal.end.digest[:12]}…"
    )
