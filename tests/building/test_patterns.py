"""Regular expressions of a former run: the same as Python compiles, and never compiled again."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from conftest import LIMIT

from ankify.building.cache import cache_folder
from ankify.building.patterns import CompiledPatterns

COMPILER: Any = import_module("re._compiler")
CASES: list[tuple[Any, int, Any]] = [
    (r"(?P<word>\w+)\s(?P=word)", re.IGNORECASE, "no No"),
    ("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+", re.IGNORECASE, "a 学习 한국"),
    (r"(?x) (a+) | (?P<b> b) # either", 0, "xb"),
    (r"^\d+$", re.MULTILINE | re.ASCII, "x\n12\n"),
    (rb"(\xff+)", 0, b"a\xff\xff"),
]


def outcomes() -> list[object]:
    patterns = [COMPILER.compile(pattern, int(flags)) for pattern, flags, _ in CASES]
    found = [it.search(text) for it, (_, _, text) in zip(patterns, CASES, strict=True)]
    return [
        (it.pattern, it.flags, it.groups, dict(it.groupindex), match.span(), match.groupdict())
        for it, match in zip(patterns, found, strict=True)
        if match
    ]


def kept() -> list[Path]:
    return [*(cache_folder() / "patterns").iterdir()]


def test_a_second_run_compiles_nothing_and_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = outcomes()
    with CompiledPatterns():
        assert outcomes() == plain
    with CompiledPatterns(), monkeypatch.context() as patch:
        patch.setattr(COMPILER, "_code", None)  # to compile anything is an error
        assert outcomes() == plain
    assert len(plain) == len(CASES)


def test_a_damaged_file_costs_only_time() -> None:
    plain = outcomes()
    with CompiledPatterns():
        outcomes()
    (file,) = kept()
    file.write_bytes(file.read_bytes()[:-9] + b"x" * 9)
    with CompiledPatterns():
        assert outcomes() == plain


def test_a_python_that_compiles_in_another_way_does_it_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = outcomes()
    monkeypatch.setattr(CompiledPatterns, "_engine", lambda *_: 1 / 0)
    with CompiledPatterns():
        assert outcomes() == plain


def test_a_wrong_pattern_is_the_error_that_it_always_is() -> None:
    with CompiledPatterns(), pytest.raises(re.error, match="unterminated subpattern"):
        COMPILER.compile("(", 0)


def test_the_compiler_is_pythons_own_again_afterwards() -> None:
    before = COMPILER.compile
    with CompiledPatterns():
        assert COMPILER.compile != before
    assert COMPILER.compile == before


def test_no_link_is_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    path = Path(CompiledPatterns()._path)
    path.parent.mkdir(parents=True)
    path.symlink_to(target)
    with CompiledPatterns():
        outcomes()
    assert not target.exists()
    assert kept() == [path]


def test_a_build_leaves_its_patterns_and_one_without_the_cache_none(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("## 1. What?\n\nThat.\n\n## 2. Why?\n\nSo.\n", encoding="utf-8")
    build = [sys.executable, "-m", "ankify", "build", str(tmp_path), "-o", str(tmp_path / "a.apkg")]
    subprocess.run([*build, "--no-cache"], check=True, timeout=LIMIT)
    assert not (cache_folder() / "patterns").exists()
    subprocess.run(build, check=True, timeout=LIMIT)
    assert len(kept()) == 1
