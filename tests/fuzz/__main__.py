"""``python -m tests.fuzz READER [LIBFUZZER OPTIONS] [CORPUS]``: feed bytes to what reads what others made.

It needs atheris, which is not among the test tools: ``pip install atheris``. ``tests/fuzz/corpus`` has a folder for
each reader, to start from; what is found belongs there. It goes on until something raises what is not one of our
errors, or an error of ours has more than a line.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import atheris

with atheris.instrument_imports(include=["mmtui"]):
    from tests.fuzz.readers import READERS, feed

CORPUS = Path(__file__).parent / "corpus"


def main(arguments: list[str]) -> None:
    """Fuzz one reader until stopped."""
    if len(arguments) < 2 or arguments[1] not in READERS:
        sys.exit(f"usage: python -m tests.fuzz {'|'.join(READERS)} [LIBFUZZER OPTIONS] [CORPUS]")
    reader = arguments.pop(1)
    with TemporaryDirectory() as folder:
        if all(argument.startswith("-") for argument in arguments[1:]):
            # What is found new goes to the first folder, and the corpus is only read.
            arguments += [folder, str(CORPUS / reader)]
        path = Path(folder) / "input"
        with atheris.instrument_imports(include=["mmtui"]):
            # What is imported when it is first needed counts too, and takes longer than an input may.
            feed(reader, b"", path)

        def one(data: bytes) -> None:
            feed(reader, data, path)

        atheris.Setup(arguments, one)
        atheris.Fuzz()


main(sys.argv)
