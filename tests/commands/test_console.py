"""What is printed: nothing that others wrote commands a terminal or the log of a CI."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Outcome

from ankify.commands import console
from ankify.model import Location, Problem

Write = Callable[..., Path]
Run = Callable[..., Outcome]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, 中文, é\ttab\nline", "plain, 中文, é\ttab\nline"),
        ("\x1b[2J\x07 \x9b2J", r"\u001b[2J\u0007 \u009b2J"),
        ("a\u202egnp.exe", r"a\u202egnp.exe"),
        ("a\rb", r"a\u000db"),
        ("x\n::add-mask::y\n  ::stop-commands::z", "x\n\\::add-mask::y\n  \\::stop-commands::z"),
        ("a ##[error]b", r"a ##\[error]b"),
        ("std::vector, a :: b", "std::vector, a :: b"),
    ],
)
def test_text_is_printed_without_commands(
    capsys: pytest.CaptureFixture[str], text: str, shown: str
) -> None:
    console.tell(text)
    assert capsys.readouterr().out == f"{shown}\n"


def test_json_keeps_its_meaning(capsys: pytest.CaptureFixture[str]) -> None:
    data = {"a": "\x9b \u202e ##[error] \x1b \n"}
    console.tell_json(data)
    out = capsys.readouterr().out
    assert "\x9b" not in out
    assert "##[" not in out
    assert json.loads(out) == data


def test_a_line_end_in_a_name_begins_no_line() -> None:
    problem = Problem(Location("a\n::x::.md", 1), "rule", "not found: a\r\nb\u2028c", hint="d\ne")
    assert str(problem).split("\n") == [
        r"a\n::x::.md:1: warning: not found: a\r\nb\u2028c [rule]",
        r"  hint: d\ne",
    ]


def test_names_and_titles_command_nothing(project: Write, run: Run) -> None:
    text = "# \x1b[2J\n\n## 1. Why \x1b]0;x\x07?\n\n![x](n\x9bope.png)\n"
    root = project({"a\n::add-mask::x.md": text, "##[error]b.md": text})
    for command in (
        ("check",),
        ("check", "--format", "github"),
        ("check", "--format", "json"),
        ("list",),
        ("build", "-v"),
    ):
        _, out, error = run(command[0], root, *command[1:])
        printed = out + error
        assert not any(mark in printed for mark in ("\x1b", "\x07", "\x9b")), command
        assert "##[" not in printed or "github" in command  # a command of our own holds no other
        assert not any(line.lstrip().startswith("::add") for line in printed.splitlines())
