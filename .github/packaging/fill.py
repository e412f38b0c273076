"""``fill.py SDIST ADDRESS INTO``: a recipe for conda-forge and a formula for Homebrew, of a release.

SDIST is the release's file, ADDRESS where it can be fetched, INTO a folder. What mmtui needs is read from the sdist,
and the formula's packages, with their addresses and digests, are those that pip would install with it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from email import message_from_bytes
from email.message import Message
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parent
#: Homebrew has these as formulas of its own, with what only they need.
_FORMULAS = {"cryptography", "numpy", "cffi", "pycparser", "mmtui"}
#: What is compiled, of which Homebrew takes the sources.
_BUILT = ("msgspec",)


def main(sdist: Path, address: str, into: Path) -> None:
    """Write both files into a folder."""
    about = _metadata(sdist)
    needed = [need for need in about.get_all("Requires-Dist", []) if "extra ==" not in need]
    values = {
        "VERSION": str(about["Version"]),
        "URL": address,
        "HOMEPAGE": address.partition("/releases/")[0],
        "SHA256": sha256(sdist.read_bytes()).hexdigest(),
        "REQUIREMENTS": "\n".join(f"    - {_conda(need)}" for need in needed),
        "RESOURCES": "\n\n".join(_resources(sdist)),
    }
    into.mkdir(parents=True, exist_ok=True)
    for name in ("recipe.yaml", "mmtui.rb"):
        text = (HERE / name).read_text(encoding="utf-8")
        for key, value in values.items():
            text = text.replace(f"@{key}@", value)
        (into / name).write_text(text, encoding="utf-8")


def _metadata(sdist: Path) -> Message:
    with tarfile.open(sdist) as archive:
        (member,) = (
            member for member in archive.getmembers() if member.name.count("/") == 1 and "PKG-INFO" in member.name
        )
        file = archive.extractfile(member)
        assert file is not None
        return message_from_bytes(file.read())


def _conda(need: str) -> str:
    """``click<9,>=8.1`` as conda writes it."""
    name = need
    for sign in "<>=!~":
        name = name.partition(sign)[0]
    return f"{name} {need.removeprefix(name)}".strip()


def _resources(sdist: Path) -> list[str]:
    command = [sys.executable, "-m", "pip", "install", "-q", "--dry-run", "--ignore-installed", "--report", "-"]
    built = ["--no-binary", ",".join(_BUILT), str(sdist)]
    environment = {**os.environ, "MMTUI_PURE": "1"}
    report = subprocess.run([*command, *built], stdout=subprocess.PIPE, check=True, env=environment).stdout
    found = []
    for package in sorted(json.loads(report)["install"], key=lambda each: each["metadata"]["name"].lower()):
        name, download = package["metadata"]["name"], package["download_info"]
        if name not in _FORMULAS:
            if not (name in _BUILT or download["url"].endswith("-none-any.whl")):
                raise SystemExit(f"{name} is compiled: expected it among those that Homebrew builds")
            digest = download["archive_info"]["hashes"]["sha256"]
            found.append(f'  resource "{name}" do\n    url "{download["url"]}"\n    sha256 "{digest}"\n  end')
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
