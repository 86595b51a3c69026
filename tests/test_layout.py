"""The layers of docs/architecture.md: imports go down, never up (contracts in pyproject.toml)."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import LIMIT

ROOT = Path(__file__).parent.parent


def test_the_imports_keep_the_contracts() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=LIMIT
    )
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


# What waits for another process, thread or server: for ever, where nothing says how long.
WAITS = {"check_call", "check_output", "communicate", "get", "join", "run", "urlopen", "wait"}


def waits_for_ever(code: str) -> list[str]:
    """The calls that may never come back."""
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    return [f"line {call.lineno}: {ast.unparse(call)}" for call in calls if _is_endless(call)]


def _is_endless(call: ast.Call) -> bool:
    name = ast.unparse(call.func)
    words, method = {word.arg for word in call.keywords}, name.rpartition(".")[2]
    if method == "Thread":
        return "daemon" not in words  # Python waits for it when it ends
    # A function that runs between fork and exec stops for ever where a thread held a lock.
    if "preexec_fn" in words:
        return True
    asks = name == f"subprocess.{method}" or method == "urlopen"
    bare = "." in name and not call.args and not words
    return method in WAITS and "timeout" not in words and (asks or bare)


def test_no_test_waits_for_ever() -> None:
    tests = ROOT / "tests"
    files = {*tests.rglob("*.py")} - {*tests.glob("bench/*")}
    found = {path.name: waits_for_ever(path.read_text(encoding="utf-8")) for path in files}
    assert {name: calls for name, calls in found.items() if calls} == {}


@pytest.mark.parametrize(
    "code",
    ["subprocess.run(['x'])", "p.communicate()", "p.wait()", "t.join()", "threading.Thread()"],
)
def test_the_look_for_what_waits_finds_it(code: str) -> None:
    assert waits_for_ever(code) == [f"line 1: {code}"]
