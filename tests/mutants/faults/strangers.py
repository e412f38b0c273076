"""Faults of what keeps files of strangers from being used, and the program's own from being lost."""

from __future__ import annotations

from tests.mutants.mutant import mutants

_TRUST = ("tests/unit/session/test_trust.py",)

MUTANTS = [
    *mutants(
        "mmtui.session.trust",
        _TRUST,
        {
            "every journal is trusted": ("return self.told or (", "return True or ("),
            "a file may have changed since it was signed": (
                "all(file.is_recorded for file in files)",
                "True",
            ),
            "a signature need not be good": (" and is_good(each, statement)", ""),
            "anybody's signature will do": ("each.key == self.key and ", ""),
            "a link may lead a tape out of its folder": ("if inside and file", "if file"),
            "files among parameters do not count": (
                "(command.strategy, *command.params.values())",
                "(command.strategy,)",
            ),
            "a strategy that is only ready does not count": (
                "isinstance(command, HandOver | Ready)",
                "isinstance(command, HandOver)",
            ),
        },
    ),
    *mutants(
        "mmtui.strategies.sources",
        _TRUST,
        {
            "files in settings are not seen": ("[text, *text.split()]", "[text]"),
            "a path with spaces is not seen": ("[text, *text.split()]", "text.split()"),
            "settings in settings are not seen": ('reading.split("=", _MOST_NESTED)', "[reading]"),
        },
    ),
    *mutants(
        "mmtui.session.journal_file",
        _TRUST,
        {
            "a stranger's session is signed as one's own": ("player.key == key.public else None", "True else None"),
            "nothing is signed": ("if self._key is not None:", "if False:"),
        },
    ),
    *mutants(
        "mmtui.files",
        ("tests/unit/test_files.py",),
        {
            "what fails half-way takes the place": ("done, whole = keep, False", "done, whole = True, False"),
            "a new file takes another's place": ("if new and os.path.lexists(path):", "if False:"),
            "a key can be read by others": ("0o600 if private", "0o666 if private"),
            "a small file may become a huge one": ("self._left < 0 or self._line", "self._line"),
        },
    ),
]
