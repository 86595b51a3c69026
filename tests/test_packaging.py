"""The installed wheel: templates travel with it, and it builds a deck from any folder."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
import sys
import tarfile
import venv
from pathlib import Path

import pytest
from conftest import LIMIT

ROOT = Path(__file__).parent.parent
NOTE = "# Sums\n\n## 1. What is one and one?\n\nTwo.\n"


def call(*command: object, cwd: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=5 * LIMIT,  # pip fetches some packages
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.slow
def test_an_installed_wheel_builds_a_deck_in_another_folder(tmp_path: Path) -> None:
    call(sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", tmp_path, ROOT, cwd=tmp_path)
    (wheel,) = tmp_path.glob("ankify_notes-*.whl")
    venv.create(tmp_path / "venv", with_pip=True)
    bin_folder = tmp_path / "venv" / "bin"
    call(bin_folder / "pip", "install", wheel, cwd=tmp_path)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "Sums.md").write_text(NOTE)
    said = call(bin_folder / "ankify", "build", "-o", "sums.apkg", cwd=tmp_path)
    assert "Built sums.apkg: 1 note in 1 deck" in said
    assert (tmp_path / "sums.apkg").is_file()


def test_a_bare_checkout_finds_its_templates(tmp_path: Path) -> None:
    (tmp_path / "Sums.md").write_text(NOTE)
    command = [
        sys.executable,
        "-m",
        "ankify",
        "build",
        str(tmp_path),
        "-o",
        str(tmp_path / "s.apkg"),
    ]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=LIMIT
    )
    assert done.returncode == 0, done.stderr


def settings() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def test_the_lowest_versions_are_those_that_setup_cfg_allows() -> None:
    required = settings()["options"]["install_requires"].split()
    lowest = {re.sub(r">=([^,]+).*", r"==\1", each) for each in required}
    listed = (ROOT / "tests" / "lowest.txt").read_text(encoding="utf-8").splitlines()
    assert lowest == {line for line in listed if line and not line.startswith("#")}


def test_every_package_that_is_installed_has_its_reason_and_its_licence() -> None:
    required = settings()["options"]["install_requires"].split()
    names = {re.split(r"[<>=]", each)[0] for each in required}
    reasons = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").lower()
    licences = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    without = {name for name in names if f"| {name} |" not in reasons}
    assert without == set()
    assert {name for name in names if f"| `{name}` |" not in licences} == set()


def test_the_extras_of_before_are_names_that_install_nothing_more() -> None:
    extras = settings()["options.extras_require"]
    assert [extras[name].strip() for name in ("media", "preview", "adopt")] == ["", "", ""]


@pytest.mark.slow
def test_the_sdist_holds_all_that_its_tests_need(tmp_path: Path) -> None:
    call(
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--target",
        tmp_path / "lib",
        "build",
        cwd=tmp_path,
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "lib")}
    command = [sys.executable, "-m", "build", "-s", "-o", str(tmp_path), str(ROOT)]
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=5 * LIMIT)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as sdist:
        held = {name.partition("/")[2] for name in sdist.getnames()}
    tracked = subprocess.run(
        ["git", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=LIMIT,
    ).stdout.split("\0")
    left_out = {name for name in tracked if name and name not in held}
    assert {name for name in left_out if not name.startswith(".g")} <= {"MANIFEST.in"}
