"""How fast the book is, as ratios: `python -m tests.benchmarks.book`.

Every book plays the same stream of messages through its public API, in a process of its own that times the stream
alone, in processor seconds. The processes take turns, round after round, and the best time of each is compared; so
a ratio is of one run on one machine, and what else the machine did in some of the rounds counts little. Rivals are
installed, each in an environment of its own, in a directory that is kept for the next run (`--envs DIR`).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.ratios import keep_ratio, show_missing
from tests.benchmarks.rivals import RIVALS, NotInstalled, environment
from tests.benchmarks.stream import Message, make_stream

ROOT = Path(__file__).parents[2]
DRIVERS = "tests.benchmarks.drivers"


@dataclass
class Contender:
    """A book in the race; ``runs`` collects what its driver printed, a run a round."""

    name: str
    python: str
    driver: str
    stream: Path
    messages: int
    target: float | None = 1.0
    note: str = ""
    runs: list[dict[str, float | None]] = field(default_factory=list)

    def run(self) -> None:
        """Play the stream once more."""
        command = [self.python, "-m", f"{DRIVERS}.{self.driver}", str(self.stream)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{self.name} failed:\n{done.stderr}")
        self.runs.append(json.loads(done.stdout))

    def ratios(self, ours: Contender) -> list[float]:
        """How many times faster ours was, round by round."""
        return [
            float(one["seconds"] or 0) / float(other["seconds"] or 1)
            for one, other in zip(self.runs, ours.runs, strict=True)
        ]

    def best(self, what: str = "seconds") -> float:
        """The least of a measurement over the rounds."""
        return min(value for run in self.runs if (value := run[what]) is not None)


def main(argv: list[str] | None = None) -> None:
    """Run the comparison and print its table."""
    arguments = _arguments(argv)
    with tempfile.TemporaryDirectory() as scratch:
        stream, shape = make_stream(arguments.messages)
        least, mean, most = shape.orders_per_level
        print(
            f"Stream: {shape.messages:,} messages, {shape.new:.0%} new limit, {shape.cancels:.0%} cancel, "
            f"{shape.marketable:.0%} marketable; {shape.live:.0f} orders live,\n"
            f"{shape.levels:.1f} levels a side, {mean:.1f} orders a level (90% between {least} and {most}), "
            f"{shape.trades:,} trades. Best of {arguments.rounds} rounds."
        )
        whole = _save(stream, Path(scratch))
        ours = Contender("mmtui.book", sys.executable, "mmtui", whole, len(stream))
        textbook = Contender("textbook", sys.executable, "textbook", whole, len(stream), 2.0, "SortedDict of deques")
        baselines = {len(stream): ours}
        contenders = [ours, textbook]
        missing: list[tuple[str, str, str]] = []
        for rival in () if arguments.no_rivals else RIVALS:
            try:
                python = str(environment(rival, arguments.envs))
            except NotInstalled as reason:
                missing.append((rival.name, str(reason), rival.requirement))
                continue
            count = min(rival.messages or len(stream), len(stream))
            path = whole if count == len(stream) else _save(stream[:count], Path(scratch))
            if count not in baselines:
                baselines[count] = Contender(f"mmtui.book, {count:,} messages", sys.executable, "mmtui", path, count)
                contenders.append(baselines[count])
            note = rival.note + (f"; first {count:,} messages" if count < len(stream) else "")
            contenders.append(Contender(rival.name, python, rival.driver, path, count, rival.asked, note))
        for _ in range(arguments.rounds):
            for contender in contenders:
                contender.run()
    _print_table(contenders, baselines, missing)
    message = ours.best() / ours.messages
    print(
        f"\nIn messages of our book ({message * 1e6:.2f} µs): queue_ahead {ours.best('queue_ahead') / message:.1f} "
        f"(about 1 expected), ten levels of depth {ours.best('depth') / message:.1f} (about 7)."
    )


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.book", description="How fast the book is.")
    parser.add_argument("--messages", type=int, default=200_000, help="length of the stream")
    parser.add_argument("--rounds", type=int, default=7, help="times each book plays it")
    parser.add_argument("--no-rivals", action="store_true", help="compare with the textbook book only")
    parser.add_argument(
        "--envs",
        type=Path,
        default=Path(tempfile.gettempdir()) / "mmtui-benchmark-envs",
        help="where the rivals' environments are kept",
    )
    arguments = parser.parse_args(argv)
    if arguments.messages < 1_000 or arguments.rounds < 1:
        parser.error("it takes 1,000 messages and a round at least")
    return arguments


def _save(stream: list[Message], directory: Path) -> Path:
    path = directory / f"{len(stream)}.json"
    path.write_text(json.dumps(stream), encoding="utf-8")
    return path


def _print_table(
    contenders: list[Contender], baselines: dict[int, Contender], missing: list[tuple[str, str, str]]
) -> None:
    print(f"\n{'':28}{'µs/message':>11}{'ours is':>10}{'target':>9}  {'':8}{'same outcome':14}")
    for contender in contenders:
        micros = f"{contender.name:28}{contender.best() / contender.messages * 1e6:11.2f}"
        ours = baselines[contender.messages]
        if contender is ours:
            print(micros)
            continue
        ratio = contender.best() / ours.best()
        keep_ratio(f"book / {contender.name}", ratio, contender.target, contender.ratios(ours))
        target, verdict = "", ""
        if contender.target is not None:
            target, verdict = f"{contender.target:.2f}×", "met" if ratio >= contender.target else "MISSED"
        print(f"{micros}{ratio:9.2f}×{target:>9}  {verdict:8}{_agreement(contender, ours):14}{contender.note}")
    for name, reason, requirement in missing:
        show_missing(f"book / {name}", reason, requirement)


def _agreement(contender: Contender, ours: Contender) -> str:
    """Whether a book ended where ours did: lots traded, where it tells, and orders left."""
    theirs, wanted = contender.runs[-1], ours.runs[-1]
    if theirs["resting"] != wanted["resting"] or theirs["traded"] not in (None, wanted["traded"]):
        return "NO"
    return "resting only" if theirs["traded"] is None else "yes"


if __name__ == "__main__":
    main()
