"""`make bench`: measure ankify and the other tools on the same made-up notes, in one run.

Everything is a ratio of medians: the machine may be slow, or busy with something else. Each round
runs every program once, so that a busy minute hits them all. Prints the table of
docs/performance.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from corpus import Chapter, chapters, edit, reorganised, write_notes
from others import TOOLS, install, write_for

HERE = Path(__file__).parent
PYTHON = sys.executable
ANKIFY = [str(Path(PYTHON).with_name("ankify"))]


@dataclass
class Runs:
    """What was measured of one program: seconds and CPU seconds of each round, MB."""

    name: str
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: float = 0
    failed: str = ""

    @property
    def median(self) -> float:
        """Seconds; infinite where it does not finish."""
        return statistics.median(self.seconds) if self.seconds and not self.failed else float("inf")


class Bench:
    """Runs programs in a folder of its own, and keeps their times by name."""

    def __init__(self, folder: Path, limit: int) -> None:
        self.folder = folder
        self.limit = limit
        self.runs: dict[str, Runs] = {}
        self.environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}

    def time(self, name: str, command: Sequence[str], where: Path, *, watch: bool = False) -> None:
        """Run a command once and note its time, or its memory alone if it is watched.

        What takes more than a minute is run once, not every round.
        """
        runs = self.runs.setdefault(name, Runs(name))
        if runs.failed or (runs.seconds and runs.seconds[0] > 60):
            return
        with (self.folder / "log").open("w") as log:
            started = time.perf_counter()
            child = subprocess.Popen(
                *(command, -1, None, subprocess.DEVNULL, log, log), cwd=where, env=self.environment
            )
            timer = threading.Timer(self.limit, child.kill)
            timer.start()
            if watch:
                _watch(child.pid, runs)
            _, status, used = os.wait4(child.pid, 0)
            timer.cancel()
        if not watch:
            runs.seconds.append(time.perf_counter() - started)
            runs.cpu.append(used.ru_utime + used.ru_stime)
            runs.memory = max(runs.memory, used.ru_maxrss / 1000)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            done = runs.seconds and runs.seconds[-1] < self.limit
            runs.failed = f"exit code {child.returncode}" if done else f"> {self.limit} s"
            print(f"{name}: {runs.failed}", (self.folder / "log").read_text()[-800:])

    def ratio(self, name: str, other: str) -> float:
        """How many times the time of another program it took."""
        return self.runs[name].median / self.runs[other].median


def _watch(process: int, runs: Runs) -> None:
    """Keep the most that a process and its children hold together (shared pages once), in MB."""
    while _state(process) not in "ZX":
        runs.memory = max(runs.memory, sum(map(_memory, _family(process))))
        time.sleep(0.02)


def _state(process: int) -> str:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]


def _family(process: int) -> Iterator[int]:
    yield process
    with suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _family(int(child))


def _memory(process: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1000
    return 0


# What is measured -------------------------------------------------------------------------------


def ankify(bench: Bench, made: list[Chapter], round: int) -> None:
    """Cold, unchanged, after an edit, and the question for the version."""
    folder = bench.folder / "ankify"
    notes = folder / "notes"
    build = [*ANKIFY, "build", "notes", "-o", "out.apkg"]
    if not notes.exists():
        write_notes(made, notes)
    cold(bench, "cold", folder)
    edit(notes, made[len(made) // 2], round + 1)
    time.sleep(0.2)  # notes as young as the build leave no stamp
    bench.time("one file edited", build, folder)
    for _ in range(5):
        bench.time("unchanged", build, folder)
        bench.time("--version", [*ANKIFY, "--version"], folder)
        bench.time("python -c pass", [PYTHON, "-c", "pass"], folder)


def cold(bench: Bench, name: str, folder: Path, *, watch: bool = False) -> None:
    """Build without cache, lock or package."""
    shutil.rmtree(bench.folder / "cache", ignore_errors=True)
    for left in (folder / "notes" / "ankify.lock", folder / "out.apkg"):
        left.unlink(missing_ok=True)
    bench.time(name, [*ANKIFY, "build", "notes", "-o", "out.apkg"], folder, watch=watch)


def floor(bench: Bench) -> None:
    """The least there is to do."""
    notes = str(bench.folder / "ankify" / "notes")
    bench.time("floor", [PYTHON, str(HERE / "floor.py"), notes, "floor.apkg"], bench.folder)


def others(bench: Bench, made: list[Chapter]) -> None:
    """Each tool in its dialect."""
    for tool in TOOLS:
        name = tool.name.replace(" ", "")
        programs = install(bench.folder / "venvs" / tool.name.split()[0], tool.requirements)
        notes, out = bench.folder / name / "notes", bench.folder / name / "out"
        if not notes.exists():
            write_for(tool, made, notes)
            if tool.prepare:
                subprocess.run(tool.prepare(programs, notes), cwd=notes, check=True)
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        bench.time(tool.name, tool.command(programs, notes, out), notes)


SMALL = (90, 300)  # questions: what people have


def small(bench: Bench, rounds: int, alone: bool) -> None:
    """Decks as people have them: cold, one edit, unchanged; the other tools build the whole."""
    for count in SMALL:
        made = chapters(count, max(count // 10, 1), 0)
        folder = bench.folder / f"ankify-{count}"
        write_notes(made, folder / "notes")
        build = [*ANKIFY, "build", "notes", "-o", "out.apkg"]
        for round in range(2 * rounds):
            cold(bench, f"{count}: cold", folder)
            edit(folder / "notes", made[0], round + 1)
            time.sleep(0.2)
            bench.time(f"{count}: one file edited", build, folder)
            bench.time(f"{count}: unchanged", build, folder)
        for tool in () if alone else TOOLS:
            name = tool.name.replace(" ", "")
            programs = install(bench.folder / "venvs" / tool.name.split()[0], tool.requirements)
            notes, out = bench.folder / f"{name}-{count}" / "notes", bench.folder / f"{name}-out"
            write_for(tool, made, notes)
            if tool.prepare:
                subprocess.run(tool.prepare(programs, notes), cwd=notes, check=True)
            for _ in range(2 * rounds):
                shutil.rmtree(out, ignore_errors=True)
                out.mkdir()
                bench.time(f"{count}: {tool.name}", tool.command(programs, notes, out), notes)


def scale(bench: Bench, questions: int, files: int) -> None:
    """Ten times the questions, without pictures: time and memory of a question."""
    for factor in (1, 10):
        folder = bench.folder / f"x{factor}"
        if not folder.exists():
            write_notes(chapters(questions * factor, files * factor, 0), folder / "notes")
        for watch in (False, True):
            cold(bench, f"x{factor}", folder, watch=watch)


def matching(bench: Bench, made: list[Chapter]) -> float:
    """Seconds that matching takes when all was renumbered, 5 % reworded and 10 % moved."""
    folder = bench.folder / "matching"
    shutil.rmtree(folder, ignore_errors=True)
    bare = [Chapter(c.path, c.title, c.questions, ()) for c in made]
    write_notes(bare, folder / "notes")
    bench.time("before matching", [*ANKIFY, "build", "notes", "-o", "out.apkg"], folder)
    write_notes(reorganised(bare), folder / "notes")
    command = [PYTHON, str(HERE / "matching.py"), "notes"]
    return float(subprocess.check_output(command, cwd=folder, env=bench.environment))


# Report -----------------------------------------------------------------------------------------

VERSIONS = ("genanki", "comrak-ext", "Markdown", "nh3", "pygments", "rapidfuzz", "cmarkgfm")


def report(bench: Bench, matched: float | None) -> None:
    """Print the table."""
    runs, cold = bench.runs, bench.runs["cold"].median
    print(f"\nPython {platform.python_version()}, {os.cpu_count()} processors;", end=" ")
    print(", ".join(f"{name} {version(name)}" for name in VERSIONS))
    names = [tool.name for tool in TOOLS if tool.name in runs]
    print("\n| program | s | x ankify cold | x floor | MB |\n|---|---|---|---|---|")
    for name in ("cold", "one file edited", "unchanged", "floor", *names):
        shown = f"ankify, {name}" if name in ("cold", "one file edited", "unchanged") else name
        each = runs[name]
        if each.failed:
            print(f"| {shown} | {each.failed} | | | {each.memory:.0f} |")
            continue
        ratios = f"{each.median / cold:.2f} | {each.median / runs['floor'].median:.2f}"
        print(f"| {shown} | {each.median:.2f} | {ratios} | {each.memory:.0f} |")
    print("\n| what | measured | aim |\n|---|---|---|")
    for line in aims(bench, names, matched):
        print(f"| {' | '.join(line)} |")


def report_small(bench: Bench) -> None:
    """Print CPU seconds (the least of all rounds) of the small decks."""
    print("\n| program | " + " | ".join(f"{count} questions" for count in SMALL) + " |")
    print("|---|" + "---|" * len(SMALL))
    for name in (key.partition(": ")[2] for key in bench.runs if key.startswith(f"{SMALL[0]}: ")):
        cells = [bench.runs.get(f"{count}: {name}", Runs("")) for count in SMALL]
        shown = [f"{min(one.cpu):.2f}" if one.cpu and not one.failed else "-" for one in cells]
        print(f"| {name} | {' | '.join(shown)} |")


def aims(bench: Bench, names: list[str], matched: float | None) -> Iterator[tuple[str, str, str]]:
    """What was aimed at, as (what, measured, aim)."""
    runs, ratio = bench.runs, bench.ratio
    if names:
        fastest = min(names, key=lambda name: runs[name].median)
        yield f"cold / fastest other ({fastest})", f"{ratio('cold', fastest):.2f}", "2.4"
    yield "cold / floor", f"{ratio('cold', 'floor'):.2f}", "-"
    yield "one file edited / cold", f"{ratio('one file edited', 'cold'):.2f}", "0.2"
    yield "unchanged / `python -c pass`", f"{ratio('unchanged', 'python -c pass'):.1f}", "2.5"
    yield "`--version` / `python -c pass`", f"{ratio('--version', 'python -c pass'):.1f}", "4"
    yield "memory, cold", f"{runs['cold'].memory:.0f} MB", "300 MB"
    if "x10" in runs:
        yield (
            "time of a question at 10 times the questions",
            f"{ratio('x10', 'x1') / 10:.2f}",
            "1.2",
        )
        yield "memory there", f"{runs['x10'].memory / runs['x1'].memory:.1f}", "5"
    if matched is not None:
        yield "matching reorganised notes / cold", f"{matched / runs['cold'].median:.2f}", "0.15"


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--files", type=int, default=400)
    parser.add_argument("--pictures", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", type=int, default=600, help="seconds for one run")
    parser.add_argument("--folder", type=Path, default=Path("build/bench"))
    parser.add_argument("--alone", action="store_true", help="leave out the other tools")
    parser.add_argument("--no-scale", action="store_true", help="leave out 10 times the questions")
    options = parser.parse_args()
    folder = options.folder.resolve()
    for old in folder.glob("*") if folder.exists() else ():
        if old.name != "venvs" and old.is_dir():
            shutil.rmtree(old)
    folder.mkdir(parents=True, exist_ok=True)
    bench = Bench(folder, options.limit)
    made = chapters(options.questions, options.files, options.pictures)
    for round in range(options.rounds):
        ankify(bench, made, round)
        floor(bench)
        if not options.alone:
            others(bench, made)
    cold(bench, "cold", folder / "ankify", watch=True)
    small(bench, options.rounds, options.alone)
    if not options.no_scale:
        scale(bench, options.questions, options.files)
    matched = matching(bench, made)
    report(bench, matched)
    report_small(bench)


if __name__ == "__main__":
    main()
