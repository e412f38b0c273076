"""The versions, by themselves: whoever needs them imports nothing else."""

from functools import cache

#: The engine's number: sessions of one number come out the same, to the byte. A change that alters any raises it, and
#: journals of other numbers are not played again.
ENGINE = 5
#: The scoring's number: a change that gives any session another score or other stars raises it.
SCORING = 3


@cache
def program_version() -> str:
    """The program's version, which the build takes from the tag; of a commit without one, its distance and name too.

    An editable install keeps the version that it was installed with. Sources that were never installed have ``0.0``.
    """
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("mmtui")
    except PackageNotFoundError:
        return "0.0"
