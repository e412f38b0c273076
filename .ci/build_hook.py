"""Compiles what has a ``.pxd`` beside it: the wheel's build hook, and by itself the command of ``.ci/build``.

The sources stay plain Python; a ``.pxd`` gives the types that make them quick. Where there is no compiler the wheel is
built without, and runs as plain Python.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface as _Hook
except ImportError:  # run as a command
    _Hook = object

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "mmtui"
#: Where the compiled modules are in the package; `mmtui/compiled.py` finds them there.
FOLDER = "_compiled"
#: A method taken as an object through another module's class would be called with a wrong signature.
_STRICT = ("-Werror=incompatible-pointer-types",)


class BuildHook(_Hook):  # type: ignore[misc]
    """Adds compiled modules to a wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, unless the install is editable or asked to be plain."""
        if version == "editable" or os.environ.get("MMTUI_PURE", "") not in ("", "0"):
            return
        self._built = Path(tempfile.mkdtemp(prefix="mmtui-"))
        try:
            compile_modules(self._built)
        except BuildError as error:
            self.app.display_warning(f"mmtui is installed as plain Python, which is slower: {error}")
            return
        build_data["pure_python"], build_data["infer_tag"] = False, True
        build_data["force_include"][str(self._built)] = f"mmtui/{FOLDER}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what is in the wheel now."""
        if hasattr(self, "_built"):
            shutil.rmtree(self._built, ignore_errors=True)


class BuildError(Exception):
    """The modules could not be compiled; the message says why, in a sentence."""


def compile_modules(into: Path) -> None:
    """Compile the modules into a folder, laid out as the package is, with the digests of their sources.

    Raises:
        BuildError: there is no compiler, or it failed.
    """
    try:
        from Cython.Build import cythonize
        from setuptools import Distribution, Extension
        from setuptools.command.build_ext import build_ext
    except ImportError as error:
        raise BuildError(f"{error.name} is not installed") from None
    types = [pxd.relative_to(ROOT) for pxd in sorted(PACKAGE.rglob("*.pxd"))]
    # What has no source of its name is C alone, which others take in.
    sources = [pxd.with_suffix(".py") for pxd in types if (ROOT / pxd.with_suffix(".py")).exists()]
    # Before they are compiled, so that what is changed meanwhile is noticed.
    lines = [f"{sha256((ROOT / path).read_bytes()).hexdigest()}  {_in_package(path)}\n" for path in (*sources, *types)]
    # Sums of products are rounded after the product, as Python rounds them: sessions come out the same to the byte.
    flags = ["/O2", "/fp:precise"] if sys.platform == "win32" else ["-O2", "-g0", "-ffp-contract=off", *_STRICT]
    extensions = [
        Extension(".".join(source.with_suffix("").parts), [source.as_posix()], extra_compile_args=flags)
        for source in sources
    ]
    with tempfile.TemporaryDirectory() as scratch:
        here = Path.cwd()
        os.chdir(ROOT)
        try:
            _try_compiler(Path(scratch), Distribution, build_ext)
            modules = cythonize(
                extensions,
                build_dir=scratch,
                quiet=True,
                # A parameter's annotation says what it is, not how it is to be stored.
                compiler_directives={"language_level": 3, "annotation_typing": False},
            )
            _build(modules, Path(scratch), Path(scratch, "lib"), Distribution, build_ext)
        finally:
            os.chdir(here)
        shutil.rmtree(into, ignore_errors=True)
        shutil.copytree(Path(scratch, "lib", "mmtui"), into)
    (into / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def _in_package(path: Path) -> str:
    return path.relative_to("mmtui").as_posix()


def _try_compiler(scratch: Path, distribution: Any, build_ext: Any) -> None:
    """Compile next to nothing, so that a machine without a compiler learns of it at once."""
    from setuptools import Extension

    source = scratch / "nothing.c"
    source.write_text("#include <Python.h>\nPyMODINIT_FUNC PyInit_nothing(void) { return NULL; }\n")
    _build([Extension("nothing", [str(source)])], scratch, scratch, distribution, build_ext)


def _build(extensions: list[Any], scratch: Path, into: Path, distribution: Any, build_ext: Any) -> None:
    command = build_ext(distribution({"ext_modules": extensions}))
    command.build_temp, command.build_lib, command.parallel = str(scratch), str(into), os.cpu_count()
    command.ensure_finalized()
    try:
        command.run()
    except Exception as error:
        raise BuildError("there is no C compiler that works here, with the headers of Python") from error


if __name__ == "__main__":
    try:
        compile_modules(PACKAGE / FOLDER)
    except BuildError as error:
        sys.exit(f"mmtui stays plain Python: {error}")
