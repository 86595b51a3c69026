"""Builds that die, and disks, folders and neighbours that fail them: lock and deck stay whole."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import LIMIT, PIXEL, error_of
from real_anki import wait_for

import ankify
from ankify import model
from ankify.__main__ import main
from ankify.files import PREFIX, STALE
from ankify.identity import lock
from ankify.model import REMOVED_TAG

NOTES = Path(__file__).parent.parent / "notes"
# Random moments for each kind of edit; each change of a file is tried, too.
KILLS = int(os.environ.get("KILLS", "12"))
EPOCH = {"SOURCE_DATE_EPOCH": "1700000000"}
LATER = {"SOURCE_DATE_EPOCH": "1700086400"}

# Kills its own process at the n-th change of a file; the interpreter reports each in advance.
SUICIDE = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
left = int(sys.argv.pop(1))
WRITES = {"os.rename", "os.remove", "os.chmod", "os.mkdir", "os.rmdir", "sqlite3.connect"}
def audit(event, arguments):
    global left
    writes = event == "open" and (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR)
    if event in WRITES or writes:
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
import ankify.commands.cli
sys.addaudithook(audit)
from ankify.__main__ import main
main()
"""

# Ends each write of a file at so many bytes, as a full disk does.
SMALL_FILES = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
most = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
from ankify.__main__ import main
main()
"""

# Says that Python itself has started: a Ctrl-C before that is the interpreter's, not ours.
ANNOUNCED = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from ankify.__main__ import main
print("started", file=sys.stderr, flush=True)
main()
"""


@dataclass
class Workshop:
    """A copy of notes/ that was built once and then edited; `build` builds it in a process."""

    folder: Path

    @property
    def root(self) -> Path:
        return self.folder / "notes"

    @property
    def deck(self) -> Path:
        return self.folder / "out" / "deck.apkg"

    def start(self, *python: str, **options: object) -> subprocess.Popen[str]:
        env = {**os.environ, **LATER, "XDG_CACHE_HOME": str(self.folder / "cache")}
        env |= options.pop("env", {})  # type: ignore[operator]
        command = [sys.executable, *(python or ("-m", "ankify")), "build", "notes"]
        return subprocess.Popen(
            [*command, "-q", "-o", str(self.deck)],
            cwd=self.folder,
            env=env,
            stderr=subprocess.PIPE,
            text=True,
            **options,  # type: ignore[call-overload]
        )

    def build(self, *python: str, **options: object) -> tuple[int, str]:
        process = self.start(*python, **options)
        error = error_of(process)
        return process.returncode, error

    def state(self) -> tuple[bytes, bytes]:
        """The bytes of lock and deck."""
        return (self.root / lock.LOCK_NAME).read_bytes(), self.deck.read_bytes()

    def strays(self) -> list[Path]:
        return list(self.folder.rglob(f"{PREFIX}*"))

    def edit(self, file: str, change: Callable[[str], str]) -> None:
        path = next(self.root.rglob(file))
        text = path.read_text(encoding="utf-8")
        assert change(text) != text
        path.write_text(change(text), encoding="utf-8")


def edit_an_answer(shop: Workshop) -> None:
    shop.edit("ACE.md", lambda text: text + "\nOne more sentence.\n")


def delete_a_question(shop: Workshop) -> None:
    shop.edit("PuLID.md", lambda text: text[: text.rindex("\n## ")] + "\n")


def move_a_file(shop: Workshop) -> None:
    path = next(shop.root.rglob("BrushNet.md"))
    path.rename(path.with_name("Brush.md"))


def change_a_picture(shop: Workshop) -> None:
    path = next(shop.root.rglob("ace-structure.svg"))
    path.write_text(path.read_text(encoding="utf-8") + "<!-- -->\n", encoding="utf-8")


EDITS = (delete_a_question, edit_an_answer, move_a_file, change_a_picture)


@dataclass
class Trial:
    """A built and edited workshop, a snapshot of it, and both of its rightful states."""

    shop: Workshop
    snapshot: Path
    old: tuple[bytes, bytes]
    new: tuple[bytes, bytes]

    def reset(self) -> None:
        for part in ("notes", "out", "cache"):
            shutil.rmtree(self.shop.folder / part, ignore_errors=True)
            if (self.snapshot / part).exists():
                shutil.copytree(self.snapshot / part, self.shop.folder / part)

    def holds(self) -> None:
        """Lock and deck are each old or new; a new build makes both new, as if nothing happened."""
        found = self.shop.state()
        assert found[0] in (self.old[0], self.new[0]), "the lock is neither old nor new"
        assert found[1] in (self.old[1], self.new[1]), "the deck is neither old nor new"
        for stray in self.shop.strays():
            os.utime(stray, (0, time.time() - STALE - 1))
        assert self.shop.build() == (0, "")
        assert self.shop.state() == self.new
        assert not self.shop.strays()


@pytest.fixture(
    scope="module",
    params=[EDITS[0], *(pytest.param(edit, marks=pytest.mark.slow) for edit in EDITS[1:])],
    ids=lambda edit: edit.__name__,
)
def trial(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Trial:
    folder = tmp_path_factory.mktemp("shop")
    shop, snapshot = Workshop(folder / "shop"), folder / "snapshot"
    shutil.copytree(NOTES, shop.root)
    assert shop.build(env=EPOCH) == (0, "")
    old = shop.state()
    request.param(shop)
    shutil.copytree(shop.folder, snapshot)
    assert shop.build() == (0, "")
    new = shop.state()
    assert new[0] != old[0]
    assert new[1] != old[1]
    return Trial(shop, snapshot, old, new)


def test_guids_survive_an_edit_and_a_build(trial: Trial) -> None:
    before, after = (lock.parse_lock(state[0].decode()) for state in (trial.old, trial.new))
    assert {entry.guid for entry in before.entries} == {entry.guid for entry in after.entries}


def kill_at_random_moments(trial: Trial, rounds: int, seed: int) -> None:
    chance = random.Random(f"{seed} {trial.shop.folder.name}")
    trial.reset()
    started = time.monotonic()
    assert trial.shop.build()[0] == 0
    length = time.monotonic() - started
    for _ in range(rounds):
        trial.reset()
        process = trial.shop.start()
        time.sleep(chance.uniform(0.3, 1.1) * length)
        process.kill()
        error_of(process)
        trial.holds()


def test_a_build_killed_at_any_moment_leaves_lock_and_deck_whole(trial: Trial) -> None:
    kill_at_random_moments(trial, rounds=1, seed=1)


@pytest.mark.timeout(3000)  # some hundred builds where KILLS asks for them
@pytest.mark.slow
def test_a_build_killed_at_many_random_moments_leaves_lock_and_deck_whole(trial: Trial) -> None:
    kill_at_random_moments(trial, rounds=KILLS, seed=2)


def die_at_change(trial: Trial, number: int) -> bool:
    """Kill a build at its n-th change of a file; False if it has fewer."""
    trial.reset()
    process = trial.shop.start("-c", SUICIDE, str(number))
    error = error_of(process)
    if process.returncode == 0:
        return False
    assert process.returncode == -signal.SIGKILL, error
    trial.holds()
    return True


@pytest.mark.timeout(3000)  # three builds for each of thirty changes
@pytest.mark.slow
def test_a_build_killed_at_each_change_of_a_file_leaves_lock_and_deck_whole(trial: Trial) -> None:
    number = 1
    while die_at_change(trial, number):
        number += 1
    assert number > 6, "the changes are no longer seen"


@pytest.mark.slow
@pytest.mark.interrupts
def test_ctrl_c_ends_with_130_and_nothing_half_written(trial: Trial) -> None:
    for seconds in (0.15, 0.3):
        trial.reset()
        process = trial.shop.start("-c", ANNOUNCED)
        assert process.stderr is not None
        assert process.stderr.readline() == "started\n"
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        error = error_of(process)
        assert process.returncode in (0, 130, -signal.SIGINT), error
        if process.returncode == 130:
            assert error.strip() in ("interrupted", "")
        trial.holds()


def test_ctrl_c_while_the_deck_is_written_ends_with_130(trial: Trial) -> None:
    trial.reset()
    script = SUICIDE.replace("signal.SIGKILL", "signal.SIGINT")
    process = trial.shop.start("-c", script, "3")
    error = error_of(process)
    assert (process.returncode, error) == (130, "interrupted\n")
    assert trial.shop.state() == trial.old
    assert not trial.shop.strays()


def test_ctrl_c_while_a_class_is_made_ends_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted:
        def __set_name__(self, owner: type, name: str) -> None:
            raise KeyboardInterrupt

    # A class that an import makes: up to 3.11, Python wraps what its fields raise.
    monkeypatch.setattr("ankify.__main__._run", lambda _: type("Late", (), {"at": Interrupted()}))
    monkeypatch.setattr(sys, "argv", ["ankify", "list"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130


def test_another_error_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ankify.__main__._run", lambda _: 1 / 0)
    monkeypatch.setattr(sys, "argv", ["ankify", "list"])
    with pytest.raises(ZeroDivisionError):
        main()


def test_what_a_killed_build_left_is_swept_away_but_not_what_is_being_written(
    trial: Trial,
) -> None:
    trial.reset()
    others = {"ignore", "0" * 16 + ".md", "1" * 16}  # the user's own
    for folder, suffix in ((trial.shop.root, ".lock"), (trial.shop.deck.parent, ".apkg")):
        ages = {f"{'a' * 16}{suffix}": STALE + 1, f"{'b' * 16}{suffix}": 1}
        for name, age in (ages | dict.fromkeys(others, STALE + 1)).items():
            path = folder / f"{PREFIX}{name}"
            path.write_bytes(b"x")
            os.utime(path, (0, time.time() - age))
    assert trial.shop.build() == (0, "")
    young = {f"{'b' * 16}.lock", f"{'b' * 16}.apkg"}
    assert {path.name for path in trial.shop.strays()} == {PREFIX + it for it in others | young}


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 10])
def test_builds_side_by_side_all_end_well(trial: Trial, times: int) -> None:
    trial.reset()
    trial.shop.build()
    wanted = shipped(trial.shop.deck)
    for _ in range(times):
        trial.reset()
        processes = [trial.shop.start() for _ in range(3)]
        outcomes = [(error_of(process), process.returncode) for process in processes]
        assert outcomes == [("", 0)] * 3
        found = trial.shop.state()
        # A build that began late may take a removed note from the deck of one that ended early,
        # where its lost pictures are words already.
        assert without_tombstones(found[0]) == without_tombstones(trial.new[0])
        assert shipped(trial.shop.deck) == wanted
        assert trial.shop.build() == (0, "")
        assert trial.shop.state()[0] == found[0]
        assert shipped(trial.shop.deck) == wanted
        assert not trial.shop.strays()


def without_tombstones(data: bytes) -> list[lock.LockEntry]:
    entries = lock.parse_lock(data.decode()).entries
    return [dataclasses.replace(entry, tombstone=None) for entry in entries]


def shipped(deck: Path) -> tuple[list[object], dict[str, int]]:
    """What a package holds but for its tombstones."""
    package = ankify.read_apkg(deck)
    return [note for note in package.notes if REMOVED_TAG not in note.tags], package.media


@pytest.mark.skipif(
    sys.platform != "linux" or os.cpu_count() == 1, reason="one process, or nobody to say which"
)
def test_the_processes_of_a_killed_build_end_with_it(tmp_path: Path) -> None:
    """They hold its pipe: as long as one lives, the end of that does not come."""
    shop = Workshop(tmp_path)
    for number in range(20):
        file = shop.root / f"{number}.md"
        file.parent.mkdir(exist_ok=True)
        file.write_text("".join(f"## {n}. Why?\n\n{'So. ' * 99}\n\n" for n in range(50)))
    process = shop.start()
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    wait_for(lambda: process.poll() is not None or len(children.read_text().split()) > 1)
    assert process.poll() is None, error_of(process)
    process.kill()
    error_of(process)


# Disks and folders ------------------------------------------------------------------------------


@contextlib.contextmanager
def small_disk(folder: Path, kilobytes: int, *options: str) -> Iterator[None]:
    """A disk of its own for a folder; skips where the system does not let us mount one."""
    words = ["-t", "tmpfs", "-o", ",".join([f"size={kilobytes}k", *options]), "tmpfs", str(folder)]
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", *words], capture_output=True, timeout=LIMIT
    )
    if not mounted or mounted.returncode:
        pytest.skip("mounting a small disk needs root; the test below stands in for it")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True, timeout=LIMIT)


def refill(trial: Trial, part: str) -> None:
    """Fill a folder that was just mounted over."""
    shutil.copytree(trial.snapshot / part, trial.shop.folder / part, dirs_exist_ok=True)


def fill(folder: Path, spare: int) -> None:
    """Leave only `spare` kilobytes of a disk free."""
    disk = os.statvfs(folder)
    (folder / "filler").write_bytes(b"x" * (disk.f_bavail * disk.f_frsize - (spare << 10)))


@pytest.mark.parametrize(
    ("part", "spare"),
    [
        ("notes", 0),
        pytest.param("notes", 12, marks=pytest.mark.slow),
        pytest.param("out", 0, marks=pytest.mark.slow),
        pytest.param("out", 60, marks=pytest.mark.slow),
    ],
)
def test_a_full_disk_leaves_the_old_lock_and_deck(trial: Trial, part: str, spare: int) -> None:
    trial.reset()
    folder = trial.shop.folder / part
    shutil.rmtree(folder)
    folder.mkdir()
    with small_disk(folder, 1000):
        refill(trial, part)
        fill(folder, spare)
        code, error = trial.shop.build()
        assert code == 1
        assert "error: cannot write" in error
        assert "No space left" in error
        assert trial.shop.state() == trial.old
        assert not trial.shop.strays()
        (folder / "filler").unlink()
        assert trial.shop.build() == (0, "")
        assert trial.shop.state() == trial.new


@pytest.mark.slow
def test_a_full_folder_for_temporary_files_is_a_clear_error(trial: Trial, tmp_path: Path) -> None:
    trial.reset()
    with small_disk(tmp_path, 64):
        code, error = trial.shop.build(env={"TMPDIR": str(tmp_path)})
        assert code == 1
        assert "error: cannot write" in error
    assert trial.shop.state() == trial.old


@pytest.mark.slow
@pytest.mark.parametrize("kilobytes", [4, 60])
def test_a_file_that_may_not_grow_leaves_the_old_lock_and_deck(
    trial: Trial, kilobytes: int
) -> None:
    trial.reset()
    code, error = trial.shop.build("-c", SMALL_FILES, str(kilobytes << 10))
    assert code == 1
    assert "error: cannot write" in error
    assert trial.shop.state() == trial.old
    assert not trial.shop.strays()


@pytest.mark.slow
@pytest.mark.parametrize("part", ["notes", "out"])
def test_a_read_only_folder_is_a_clear_error(trial: Trial, part: str) -> None:
    trial.reset()
    folder = trial.shop.folder / part
    with read_only(trial, folder, part):
        code, error = trial.shop.build()
        assert code == 1
        assert error.startswith("error: cannot write")
        assert trial.shop.state() == trial.old
        assert not trial.shop.strays()


@contextlib.contextmanager
def read_only(trial: Trial, folder: Path, part: str) -> Iterator[None]:
    """Take the right to write; root has it anywhere but on a disk that is mounted so."""
    if os.geteuid():
        folder.chmod(0o555)
        try:
            yield
        finally:
            folder.chmod(0o755)
        return
    shutil.rmtree(folder)
    folder.mkdir()
    with small_disk(folder, 10_000):
        refill(trial, part)
        remount = ["mount", "-o", "remount,ro", str(folder)]
        subprocess.run(remount, check=True, timeout=LIMIT)
        yield


@pytest.mark.slow
def test_a_program_that_reads_the_old_deck_goes_on_reading_it(trial: Trial) -> None:
    trial.reset()
    with trial.shop.deck.open("rb") as reader:
        start = reader.read(100)
        assert trial.shop.build() == (0, "")
        assert start + reader.read() == trial.old[1]
    assert trial.shop.state() == trial.new


def test_a_deck_that_another_program_holds_is_a_clear_error(
    project: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(self: Path, target: Path) -> None:
        raise PermissionError(13, "The process cannot access the file")

    read = ankify.read_project(project({"A.md": "## 1. Why?\n\nSo.\n"}))
    (tmp_path / "a.apkg").write_bytes(b"old")
    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(model.AnkifyError, match=r"cannot write .*a\.apkg: The process cannot"):
        ankify.write_apkg(read, tmp_path / "a.apkg")
    assert (tmp_path / "a.apkg").read_bytes() == b"old"
    assert not list(tmp_path.glob(f"{PREFIX}*"))


# Pictures and notes that change under the build ------------------------------------------------


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda path: path.unlink(), "p.png is gone since the notes were read"),
        (lambda path: (path.unlink(), path.mkdir()), "p.png: it is no regular file"),
        (lambda path: (path.unlink(), os.mkfifo(path)), "p.png: it is no regular file"),
        (lambda path: path.write_bytes(PIXEL + b"\0"), "p.png changed while the deck"),
        (lambda path: path.write_bytes(b""), "p.png changed while the deck"),
    ],
)
def test_a_picture_that_changes_between_reading_and_writing_is_a_clear_error(
    project: Callable[..., Path], tmp_path: Path, change: Callable[[Path], object], said: str
) -> None:
    root = project({"A.md": "## 1. Why?\n\nSo.\n\n![p](p.png)\n", "p.png": PIXEL})
    read = ankify.read_project(root)
    change(root / "p.png")
    with pytest.raises(model.AnkifyError, match=said):
        ankify.write_apkg(read, tmp_path / "a.apkg")
    assert sorted(path.name for path in tmp_path.glob("*")) == ["notes"]


def test_a_picture_that_cannot_be_opened_is_named(
    project: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = project({"A.md": "## 1. Why?\n\nSo.\n\n![p](p.png)\n", "p.png": PIXEL})
    read = ankify.read_project(root)

    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("ankify.anki.write.open_file", refuse)
    with pytest.raises(model.AnkifyError, match=r"cannot read .*p\.png: Permission denied"):
        ankify.write_apkg(read, tmp_path / "a.apkg")


def test_a_note_file_that_vanishes_while_reading_is_a_clear_error(
    project: Callable[..., Path],
) -> None:
    root = project({"A.md": "## 1. Why?\n\nSo.\n", "B.md": "## 1. When?\n\nNow.\n"})

    def remove(done: int, total: int) -> None:
        (root / "B.md").unlink(missing_ok=True)

    with pytest.raises(model.AnkifyError, match="cannot be read: No such file"):
        ankify.read_project(root, ankify.ReadOptions(progress=remove))


def test_a_folder_that_is_named_as_a_note_is_a_clear_error(project: Callable[..., Path]) -> None:
    root = project({"A.md": "## 1. Why?\n\nSo.\n", "B.md/C.md": "## 1. When?\n\nNow.\n"})
    assert len(ankify.read_project(root).questions) == 2
