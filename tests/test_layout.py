"""The layers of docs/architecture.md: imports go down, never up (contracts in pyproject.toml)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_imports_keep_the_contracts() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def test_every_folder_of_the_package_is_listed_in_setup_cfg() -> None:
    folders = {
        ".".join(init.parent.relative_to(ROOT).parts) for init in ROOT.glob("ankify/**/__init__.py")
    }
    listed = {
        line.strip()
        for line in (ROOT / "setup.cfg").read_text(encoding="utf-8").splitlines()
        if line.startswith("    ankify")
    }
    assert folders <= listed
