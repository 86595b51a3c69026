"""`ankify.toml`: what is read, what is refused and how, and the page that documents it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Files, Outcome

from ankify.anki.note_type import read_note_type
from ankify.config import Settings, TemplateSettings, all_settings, read_settings
from ankify.model import AnkifyError
from ankify.pipeline import read_project

Write = Callable[[Files], Path]
Run = Callable[..., Outcome]

NOTE = "# Sums\n\n## What is one and one?\n\nTwo.\n\n## And two and two?\n\nFour.\n"


def test_without_a_file_all_settings_have_their_defaults(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == Settings()


@pytest.mark.parametrize(
    "toml", ["a = " + "[" * 50_000, "a = " + "{b = " * 30_000, ".".join(["a"] * 300_000) + " = 1"]
)
def test_deep_settings_are_a_clear_error(project: Write, toml: str) -> None:
    with pytest.raises(AnkifyError, match=r"not valid TOML: |unknown table"):
        read_settings(project({"ankify.toml": toml}))


@pytest.mark.parametrize(("names", "reason"), [(64, "unknown table"), (65, "nested too deeply")])
def test_a_key_of_more_than_64_names_is_not_read(project: Write, names: int, reason: str) -> None:
    with pytest.raises(AnkifyError, match=reason):
        read_settings(project({"ankify.toml": ".".join(["a"] * names) + " = 1"}))


def test_settings_of_more_than_a_megabyte_are_an_error(project: Write) -> None:
    with pytest.raises(AnkifyError, match="more than 1 MB"):
        read_settings(project({"ankify.toml": "#" * 1_000_001}))


def test_a_pattern_without_an_end_is_a_clear_error(
    project: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder inside the notes can set one: whoever sent its files wrote it."""
    monkeypatch.setattr("ankify.questions.layout._PATIENCE", 0.2)
    toml = '[questions]\npattern = "^(a|aa)+$"\n'
    root = project({"n.md": NOTE, "sub/ankify.toml": toml, "sub/m.md": f"## {'a' * 40}b\n\nSo.\n"})
    with pytest.raises(AnkifyError, match="pattern takes too long with the title 'aaaa"):
        read_project(root)


@pytest.mark.parametrize("number", [f"0x{'f' * 5000}", f"0b{'1' * 20_000}", f"0{'7' * 20_000}"])
def test_a_number_too_long_to_be_written_is_a_tag(project: Write, number: str) -> None:
    matter = f"---\ntags: [{number}, b]\norder: {number}\n---\n## 1. Why?\n\nSo.\n"
    tags = read_project(project({"n.md": matter})).notes[0].tags
    assert {tag[:3] for tag in tags} == {"0x" + tags[0][2], "b", "n"}


def test_every_example_is_valid_and_differs_from_the_default(project: Write) -> None:
    for table, setting in all_settings():
        root = project(
            {"ankify.toml": f"[{table}]\n{setting.name} = {setting.metadata['example']}"}
        )
        value = getattr(getattr(read_settings(root), table), setting.name)
        assert value != setting.default, (table, setting.name)


# What is wrong, and what is said about it.
WRONG = {
    "[deck]\nnmae = 'x'": "ankify.toml:2: error: unknown setting 'nmae'\n"
    "  hint: did you mean name?",
    "[dekc]\nx = 1": "ankify.toml:1: error: unknown table 'dekc'\n  hint: did you mean deck?",
    "name = 'x'": "ankify.toml:1: error: unknown table 'name'\n  hint: known here: deck, questions,"
    " cards, media, markdown, render, source, templates, check, anki",
    "[cards]\nxyz = 1": "ankify.toml:2: error: unknown setting 'xyz'\n"
    "  hint: known here: formula, image, reversed, typed, cloze",
    "deck = 3": "ankify.toml:1: error: [deck] must be a table",
    "[deck]\n\nname = 3": "ankify.toml:3: error: deck.name must be a string",
    "[deck]\ntags = 'a'": "ankify.toml:2: error: deck.tags must be a list of strings",
    "[deck]\ntags = ['a', 1]": "ankify.toml:2: error: deck.tags must be a list of strings",
    "[cards]\nimage = 1": "ankify.toml:2: error: cards.image must be true or false",
    "[questions]\nlevel = true": "ankify.toml:2: error: questions.level must be a whole number or"
    " a string",
    "[questions]\nlevel = 7": "ankify.toml:2: error: questions.level must be from 1 to 6,"
    ' "paragraph" or "item"',
    "[questions]\nlevel = 'list'": "ankify.toml:2: error: questions.level must be from 1 to 6,"
    ' "paragraph" or "item"',
    "[media]\nmax_width = 0": "ankify.toml:2: error: media.max_width must be 1 or more",
    "[anki]\nremoved = 'purge'": "ankify.toml:2: error: anki.removed must be one of: keep, suspend,"
    " delete",
    "[questions]\npattern = '('": "ankify.toml:2: error: questions.pattern: missing )"
    " at position 1",
    "[questions]\npattern = '(?P<title>(?R)*)'": "ankify.toml:2: error: questions.pattern may not"
    " hold itself: (?R), (?1), (?&name)",
    "[cards]\nimage = true\n[questions]\nimage = true": "ankify.toml:4: error: unknown setting"
    " 'image'\n  hint: known here: level, pattern, unnumbered, labels, ignore",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_told_with_its_line(project: Write, text: str) -> None:
    with pytest.raises(AnkifyError) as error:
        read_settings(project({"ankify.toml": text}))
    assert str(error.value) == WRONG[text]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"[deck]\nname = \n", "ankify.toml:2: error: not valid TOML: Invalid value (column 8)"),
        (b"[deck]\nname = 'a\xff'\n", "ankify.toml: error: cannot be read: "),
    ],
)
def test_what_cannot_be_read_is_told(project: Write, data: bytes, message: str) -> None:
    with pytest.raises(AnkifyError) as error:
        read_settings(project({"ankify.toml": data}))
    assert str(error.value).startswith(message)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(project: Write) -> None:
    root = project({"ankify.toml": b"\xef\xbb\xbf[deck]\r\nname = 'x'\r\n"})
    assert read_settings(root).deck.name == "x"


def test_the_command_line_goes_over_the_file_and_the_file_over_the_default(
    project: Write, run: Run
) -> None:
    root = project({"a.md": NOTE})
    assert run("list")[:2] == (1, "")
    assert len(run("list", "--unnumbered")[1].splitlines()) == 2
    (root / "ankify.toml").write_text("[questions]\nunnumbered = true\n")
    assert len(run("list")[1].splitlines()) == 2


def test_a_folder_inside_has_questions_of_its_own(project: Write) -> None:
    root = project(
        {"a.md": NOTE, "in/b.md": NOTE, "in/ankify.toml": "[questions]\nunnumbered = true\n"}
    )
    assert {question.file for question in read_project(root).questions} == {"in/b.md"}


def test_a_folder_inside_cannot_set_anything_else(project: Write, run: Run) -> None:
    project({"a.md": NOTE, "in/b.md": NOTE, "in/ankify.toml": "[deck]\nname = 'x'\n"})
    code, out, err = run("list")
    assert (code, out) == (1, "")
    assert err == (
        "notes/in/ankify.toml: error: only [questions] can be set in a folder inside the notes\n"
        "  hint: move the other settings to ankify.toml of the notes folder, or name notes/in as"
        " the notes folder\n"
    )


SHOWN = {None: "", False: "`false`", True: "`true`", (): "`[]`"}


def test_the_page_of_the_settings_is_made_of_their_own_words(
    documented: Callable[[str, str], None],
) -> None:
    lines: list[str] = []
    table = ""
    for section, setting in all_settings():
        if section != table:
            table = section
            lines += ["", f"## `[{section}]`", "", "| setting | default | | example |"]
            lines += ["|---|---|---|---|"]
        shown = SHOWN.get(setting.default, f'`"{setting.default}"`')
        example = setting.metadata["example"].replace("|", "\\|")
        lines.append(
            f"| `{setting.name}` | {shown} | {setting.metadata['help']}"
            f" | `{setting.name} = {example}` |"
        )
    documented("configuration.md", "\n".join(lines))


# Card templates ---------------------------------------------------------------------------------

BROKEN = {
    b"{{Qestion}}": "front.html:1: error: unknown field 'Qestion'\n  hint: did you mean Question?",
    b"\n{{zzz}}": "answer.front.html:2: error: unknown field 'zzz'\n  hint: fields: ",
    b"<!-- {{Foo}}\n-->\n{{! a remark }}": "front.html:3: error: unknown field '! a remark'",
    b"<!-- {{Foo}}": "answer.front.html:1: error: unknown field 'Foo'",
    b"{{/Status}}": "answer.front.html:1: error: {{/Status}} closes nothing",
    b"{{#Status}}{{^Topic}}{{/Status}}": "answer.front.html:1: error: {{/Status}} closes nothing",
    b"\n{{#Status}}": "{{#Status}} is not closed",
    b"\xff": "error: cannot read the template answer.front.html: ",
}


@pytest.mark.parametrize("text", BROKEN, ids=repr)
def test_a_broken_template_is_refused(project: Write, text: bytes) -> None:
    root = project({"looks/answer.front.html": text})
    with pytest.raises(AnkifyError) as error:
        read_note_type(root, Settings(templates=TemplateSettings("looks")))
    assert BROKEN[text] in str(error.value)


def test_a_comment_in_a_template_may_hold_what_it_likes(project: Write) -> None:
    """Anki takes it, too."""
    text = "{{Question}}<!-- {{Foo}} {{#Status}}\n-->"
    root = project({"looks/answer.front.html": text})
    own = read_note_type(root, Settings(templates=TemplateSettings("looks")))
    assert own.templates[0].front == text


def test_templates_that_are_not_there_are_taken_from_ankify(project: Write) -> None:
    root = project({"looks/style.css": "b {}\r\n"})
    own = read_note_type(root, Settings(templates=TemplateSettings("looks")))
    assert own.css == "b {}\n"
    assert own.templates == read_note_type(root, Settings()).templates
    with pytest.raises(AnkifyError, match="no such folder: lost"):
        read_note_type(root, Settings(templates=TemplateSettings("lost")))


@pytest.mark.parametrize(
    "toml",
    [
        "x = {" + ".".join(["a"] * 30_000) + " = 1}",
        ".".join(["a" * 41] * 20_000) + " = 1",
        ".".join(['"="'] * 30_000) + " = 1",
        "[media]\nmax_width = " + "9" * 5000,
    ],
)
def test_long_keys_and_numbers_are_no_settings(project: Write, toml: str) -> None:
    with pytest.raises(AnkifyError, match="not valid TOML"):
        read_settings(project({"ankify.toml": toml}))
