"""``mmtui journals``: passing journals on, and the key that signs one's own."""

from __future__ import annotations

from pathlib import Path

import click

from mmtui.errors import JournalError
from mmtui.files import read, write
from mmtui.session.anonymous import anonymous
from mmtui.session.signing import KEY_FILE, own_or_new_key


@click.group(
    epilog="\b\nExamples:\n  mmtui journals export skew-7-1.jsonl skew.jsonl\n  mmtui journals key\n",
    short_help="Pass journals on; the key that signs yours.",
)
def command() -> None:
    """Journals are passed on as they are, with your name and key and the paths of your files, or without these."""


@command.command("export", short_help="Copy a journal without name, key and paths.")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("copy", type=click.Path(path_type=Path))
def export(file: Path, copy: Path) -> None:
    """Write a COPY of the journal FILE without name, key and signature, and with paths cut to the names of files.

    The session is the same. Nobody can tell any more whose it is, you included: files that it names are used with
    --trust alone.
    """
    try:
        content = read(file)
    except OSError as error:
        raise JournalError(f"{file}: the journal cannot be read: {error.strerror}") from None
    write(copy, anonymous(content, str(file)))


@command.command("key", short_help="Show your public key, and where the key is.")
def key() -> None:
    """Show your public key, which is in the journals that you play, and the file of the key that signs them.

    To keep it or to have it on another machine, copy the file; whoever has it can sign as you. To replace it, put
    another Ed25519 key in PEM there, or remove it: a new one is made at the next start. Journals of the old key are
    strangers' then.
    """
    from platformdirs import user_data_path

    folder = user_data_path("mmtui")
    click.echo(f"{own_or_new_key(folder).public}\n{folder / KEY_FILE}")
