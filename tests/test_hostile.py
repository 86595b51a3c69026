"""Hostile notes: no script reaches a card, nothing is fetched, nothing from outside is packed."""

from __future__ import annotations

import base64
import html
import os
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import hostile
import pytest
from browser import DESKTOP, Browser, open_browser, open_reviewer
from bs4 import BeautifulSoup
from conftest import PIXEL
from real_anki import RealAnki

import ankify
from ankify.model import Note, Project

Write = Callable[..., Path]

SNIPPETS = hostile.snippets()
# What the sanitiser leaves, and what ankify itself writes around it.
LEFT_TAGS = """
    a abbr audio b bdo blockquote br caption cite code col dd del details dfn div dl dt em
    figcaption figure h1 h2 h3 h4 h5 h6 hr i img input ins kbd li mark ol p pre q rp rt ruby s
    samp small source span strike strong sub summary sup table tbody td tfoot th thead time tr tt
    u ul var video wbr"""
LEFT_ATTRIBUTES = """
    align alt checked class colspan controls dir disabled height href lang open playsinline
    reversed rowspan src start style title type valign value width"""
TAGS = frozenset(LEFT_TAGS.split())
ATTRIBUTES = frozenset(LEFT_ATTRIBUTES.split())
ACTIVE_TEX = re.compile(
    r"\\(?:href\{(?!https?:)|(?:mmlToken|style|class|cssId|data|let|def|Declare\w+)(?![a-zA-Z])"
    r"|require\{(?:html|textmacros)|(?:unicode|bbox)\[[^\]]*(?:url|;|fixed))"
)
ANKI_TAGS = re.compile(r"\[(sound:|anki:|/?latex\]|\$\$?\][^\[]*\[/|\[type:)", re.I)


@cache  # most fields are empty, or those of another note
def faults(field: str) -> list[str]:
    """What a field must not hold, as a browser would read it."""
    return list(_faults(field))


def _faults(field: str) -> Iterator[str]:
    soup = BeautifulSoup(field, "html.parser")
    for tag in soup.find_all(True):
        if tag.name not in TAGS:
            yield f"<{tag.name}>"
        for name, value in tag.attrs.items():
            if name not in ATTRIBUTES:
                yield f"{name} of {tag.name}"
            if name == "href" and not re.match(r"(https?|ftp|mailto):", str(value)):
                yield f"link to {value}"
            if name == "src" and re.match(r"\s*(?!https?:)[a-z][\w+.-]*:", str(value), re.I):
                yield f"source {value}"
            if name == "style" and not re.fullmatch(r"(text-align:\s*\w+;?\s*)?", str(value)):
                yield f"style {value}"
            if name == "type" and tag.name == "input" and value != "checkbox":
                yield f"input of type {value}"
    if found := re.search(r'class="[^"]*(?:tex2|math)jax_', field):
        yield f"a class of MathJax: {found[0]}"
    for tag in soup.find_all("span", string="\\"):  # a tag ends the text that MathJax looks at
        tag.string = "∖"
    for pre in soup.find_all(["pre", "code"]):
        pre.decompose()
    for formula in re.findall(r"\\\(.*?\\\)|\\\[.*?\\\]", soup.get_text(), re.DOTALL):
        if found := ACTIVE_TEX.search(formula.replace(r"\\", " ")):  # a line break in TeX
            yield f"active TeX: {found[0]}"
    if found := ANKI_TAGS.search(field):
        yield f"a command of Anki: {found[0]}"


def read(write: Write, files: dict[str, str | bytes], toml: str = "") -> Project:
    return ankify.read_project(
        write({**files, "ankify.toml": toml}), ankify.ReadOptions(now=1_700_000_000)
    )


def all_faults(notes: tuple[Note, ...]) -> list[str]:
    """The faults of all fields and tags, with the place of the question."""
    return [
        f"{note.question and note.question.location}: {fault}: {text!r}"
        for note in notes
        for text in (*note.fields, *note.tags)
        for fault in faults(text)
    ]


def as_files(snippets: list[str]) -> dict[str, str | bytes]:
    return {f"n{number:03}.md": hostile.note_file(text) for number, text in enumerate(snippets)}


LINKED = "[source]\nurl = 'https://example.org/n'\n"


@pytest.mark.parametrize(
    ("toml", "snippets"),
    [
        pytest.param("", SNIPPETS, marks=pytest.mark.slow),
        pytest.param(LINKED, SNIPPETS, marks=pytest.mark.slow),
        (LINKED, SNIPPETS[::4]),
    ],
    ids=["no link to the source", "a link to the source", "one in four"],
)
def test_no_field_holds_a_script_or_a_handler(
    project: Write, toml: str, snippets: list[str]
) -> None:
    found = read(project, as_files(snippets), toml)
    assert len(found.pages) == len(snippets)
    assert len(found.notes) > 1.9 * len(snippets)
    assert all_faults(found.notes) == []


@pytest.mark.parametrize(
    ("field", "fault"),
    [
        ("<script>x</script>", "<script>"),
        ("<img src=x onerror=y>", "onerror of img"),
        ("<a href='javascript:x'>y</a>", "link to javascript:x"),
        ("<p style='background:url(x)'>y</p>", "style background:url(x)"),
        ("\\(\\href{javascript:x}{y}\\)", "active TeX: \\href{"),
        ("[sound:http://x]", "a command of Anki: [sound:"),
    ],
)
def test_the_look_for_scripts_finds_them(field: str, fault: str) -> None:
    assert faults(field) == [fault]


def test_tags_and_names_hold_no_mark_up(project: Write) -> None:
    evil = "<img src=x onerror=1>"
    files: dict[str, str | bytes] = {
        f"{evil}.md": f"---\ntags: ['<script>x</script>', '{evil}']\ndeck: '{evil}'\n---\n"
        "# T\n\n## 1. Why?\n\nSo.\n",
        f"{evil}d/\u202egnp.md": "# T\n\n## 1. Why?\n\nSo.\n",
    }
    notes = read(project, files, f"[deck]\ntags = ['{evil}']\n").notes
    assert all_faults(notes) == []
    for text in [tag for note in notes for tag in note.tags] + [note.deck for note in notes]:
        assert "\u202e" not in text


# In the real reviewer ---------------------------------------------------------------------------

# The page of Anki's reviewer, told to notice a script that a card runs.
WATCH = "window.pwned = 0; window.alert = () => { window.pwned = 1 };"
POKE = """() => {
    for (const element of document.querySelectorAll("#qa *")) {
        for (const event of ["click", "mouseover", "focus", "pointerenter", "toggle"])
            if (!/^(https?|ftp|mailto):/i.test(element.closest("a")?.getAttribute("href")))
                element.dispatchEvent(new Event(event, { bubbles: true, cancelable: true }));
    }
    const links = [...document.querySelectorAll("#qa a, #qa [href]")];
    const bad = links.map((link) => link.getAttribute("href") ?? link.getAttribute("xlink:href"))
        .filter((href) => href && !/^(https?|ftp|mailto):|^#mjx/.test(href));
    return { pwned: window.pwned, bad };
}"""


def poke(browser: Browser, back: str) -> dict[str, object]:
    """Show a card and touch all of it: what ran, which links are bad, what was asked for."""
    faults = browser.show_card("back", "", back, card=0, night=False)
    seen = browser.page.evaluate(POKE)  # type: ignore[attr-defined]
    asked = [fault for fault in (*faults, *browser.refused) if "asked for" in fault]
    return {**seen, "asked": asked}


@pytest.mark.slow
def test_no_script_runs_and_nothing_is_fetched_in_the_reviewer(
    project: Write, anki: RealAnki, tmp_path: Path
) -> None:
    found = read(project, as_files(SNIPPETS), "[source]\nurl = 'https://example.org/n'\n")
    ankify.write_apkg(found, tmp_path / "x.apkg")
    anki.load(tmp_path / "x.apkg")
    cards = [anki.col.get_card(number) for number in anki.col.find_cards("", order="c.id")]
    assert len(cards) > 1.9 * len(SNIPPETS)
    with open_reviewer(Path(anki.col.media.dir())) as browser:
        browser.page.add_init_script(WATCH)
        browser.open("/desktop-day", DESKTOP)
        # Those that may ask come last: a video is asked for late, when the next card is shown.
        for card in sorted(cards, key=remote_media):
            seen = poke(browser, anki.col.media.escape_media_filenames(card.answer()))
            if remote_media(card):
                del seen["asked"]
            assert not any(seen.values()), (seen, card.note().fields)


def remote_media(card: object) -> bool:
    """A picture on the web stays a link, as on GitHub, with a warning at the build."""
    return "http" in "".join(re.findall(r'src="([^"]*)', card.answer()))  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("evil", "what"),
    [
        ("<img src=x.png onerror=alert(1)>", "pwned"),
        ("<b onmouseover=alert(1)>x</b>", "pwned"),
        ("\\(\\href{javascript:alert(1)}{x}\\)", "bad"),
        ("\\(\\mmlToken{mi}[href='j:x']{x}\\)", "bad"),
        ("<img src=//evil.test/x>", "asked"),
    ],
)
def test_the_watch_on_the_reviewer_sees_it(evil: str, what: str) -> None:
    with open_reviewer(Path()) as browser:
        browser.page.add_init_script(WATCH)
        browser.open("/desktop-day", DESKTOP)
        assert poke(browser, evil)[what]


@pytest.mark.slow
def test_no_script_runs_in_the_preview(project: Write, tmp_path: Path) -> None:
    from ankify.commands.preview import write_preview

    write_preview(read(project, as_files(SNIPPETS)), tmp_path / "site")
    with open_browser({"/": tmp_path / "site"}) as browser:
        browser.page.add_init_script(WATCH)
        browser.open("/index.html", DESKTOP)
        in_main = POKE.replace("#qa", "main").replace("|^#mjx", "|^[^:]*$")
        assert browser.page.evaluate(in_main) == {"pwned": 0, "bad": []}
        assert [it for it in browser.refused if "script" in it] == []
    for page in (tmp_path / "site").rglob("*.html"):
        for tag in BeautifulSoup(page.read_bytes(), "html.parser").find_all(True):
            assert not [name for name in tag.attrs if name.startswith("on")], page.name
            assert tag.name != "script" or "pwned" not in tag.get_text(), page.name


def test_braces_and_commands_of_anki_are_shown_as_text(project: Write, anki: RealAnki) -> None:
    found = read(project, as_files(hostile.ANKI))
    package = found.root / "x.apkg"
    ankify.write_apkg(found, package)
    anki.load(package)
    for card in map(anki.col.get_card, anki.col.find_cards("")):
        assert not card.question_av_tags()
        assert not card.answer_av_tags()
        shown = BeautifulSoup(card.answer(), "html.parser").get_text()
        for word in ("Before.", "After."):
            assert word in shown
    shown = "\n".join(
        BeautifulSoup(anki.col.get_card(card).answer(), "html.parser").get_text()
        for card in anki.col.find_cards("")
    )
    for literal in ("{{Answer}} {{FrontSide}} {{#Status}}x{{/Status}}", "{{c1::hidden}}"):
        assert literal in shown
    for literal in ("[sound:http://evil.test/x.mp3]", "[latex]\\input{/etc/passwd}[/latex]"):
        assert literal in shown


# What is packed ---------------------------------------------------------------------------------

SECRET = b"\x89PNG\r\n\x1a\n TOP SECRET"
WAYS_OUT = [
    *("../secret.png", "../../secret.png", "sub/../../secret.png", "./../secret.png"),
    *("..%2fsecret.png", "%2e%2e/secret.png", "%2e%2e%2fsecret.png", "%252e%252e/secret.png"),
    *("..\\secret.png", "sub\\..\\..\\secret.png", "..%5csecret.png", "..%5Csecret.png"),
    *("..//secret.png", "..;/secret.png", "...//secret.png", "..../secret.png", "../secret.png?x"),
    *("../secret.png#x", "/../secret.png", "//../secret.png", "sub/link.png", "linked/secret.png"),
    *("link.png", "%00../secret.png", "../secret.png%00.png", ".%2e/secret.png", "~/secret.png"),
    *("\uff0e\uff0e/secret.png", "..\u2215secret.png", "..%c0%afsecret.png", "..%u2215secret.png"),
    *("{abs}", "file:{abs}", "file://{abs}", "file://localhost{abs}", "FILE:{abs}", "file:..{abs}"),
    *("\\\\?\\{abs}", "\\\\localhost\\c$\\secret.png", "//localhost{abs}", "C:{abs}", "c|{abs}"),
    *("&#46;&#46;/secret.png", "..&#47;secret.png", "..&sol;secret.png", "$../secret.png$"),
    *("hard/../../secret.png", "pipe.png", "folder.png", "loop.png", "dev.png"),
]


@pytest.mark.parametrize("form", ["![x]({})", "<img src='{}'>", "[x]: <{}>\n\n![x]", "![x](<{}>)"])
def test_nothing_outside_of_the_notes_is_packed(
    project: Write, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(SECRET)
    monkeypatch.setenv("HOME", str(tmp_path))
    ways = [way.replace("{abs}", str(secret)) for way in WAYS_OUT]
    files = {
        f"sub/n{number}.md" if number % 2 else f"n{number}.md": (
            f"# T\n\n## 1. Why?\n\nSo. {form.replace('{}', way)}\n"
            if "\n" not in form
            else f"# T\n\n## 1. Why?\n\nSo.\n\n{form.replace('{}', way)}\n"
        )
        for number, way in enumerate(ways * 2 if len(ways) % 2 else [*ways, *ways])
    }
    root = project({**files, "in.png": PIXEL, "folder.png/x": b""})
    for link, target in (
        ("link.png", "../secret.png"),
        ("sub/link.png", str(secret)),
        ("linked", ".."),
        ("hard", "sub"),
        ("loop.png", "loop.png"),
        ("dev.png", "/dev/zero"),
    ):
        (root / link).symlink_to(target)
    os.mkfifo(root / "pipe.png")
    found = ankify.read_project(root)
    assert len(found.notes) == len(files)
    for media in found.media:
        assert b"SECRET" not in (media.data or media.path.read_bytes())  # type: ignore[union-attr]
    ankify.write_apkg(found, tmp_path / "x.apkg")
    assert b"SECRET" not in (tmp_path / "x.apkg").read_bytes()
    assert not [m for m in found.media if m.name != "in-" and b"SECRET" in (m.data or b"")]


def test_note_files_templates_and_folders_that_lead_out_are_not_read(
    project: Write, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/secret.md").write_text("## 1. Secret?\n\nTop secret.\n")
    root = project({"a.md": "## 1. Why?\n\nSo.\n"})
    (root / "link.md").symlink_to(tmp_path / "out/secret.md")
    (root / "folder").symlink_to(tmp_path / "out")
    (root / "loop").symlink_to(root)
    assert [page.file for page in ankify.read_project(root).pages] == ["a.md"]


def test_a_template_that_is_a_link_out_is_refused(project: Write, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("top secret")
    root = project({"a.md": "## 1. Why?\n\nSo.\n", "ankify.toml": "[templates]\ndir = 'own'\n"})
    (root / "own").mkdir()
    (root / "own/style.css").symlink_to(tmp_path / "secret")
    with pytest.raises(ankify.AnkifyError, match=r"style\.css is a link"):
        ankify.read_project(root)


SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'
HOSTILE_SVG = [
    SVG.format(inner)
    for inner in (
        "<script>alert(1)</script>",
        "<script xlink:href='http://evil.test/x.js'/>",
        "<rect onload='alert(1)' width='9' height='9'/>",
        "<a xlink:href='javascript:alert(1)'><rect width='9' height='9'/></a>",
        "<a><set attributeName='href' to='javascript:alert(1)'/><text>x</text></a>",
        "<foreignObject><iframe xmlns='http://www.w3.org/1999/xhtml' src='javascript:1'/>"
        "</foreignObject>",
        "<foreignObject><p xmlns='http://www.w3.org/1999/xhtml' onclick='alert(1)'>x</p>"
        "</foreignObject>",
        "<image href='http://evil.test/x.png'/>",
        "<style>@import url(http://evil.test/x.css);</style>",
        "<style>rect{fill:url('http://evil.test/x')}</style>",
        "<use href='http://evil.test/x.svg#a'/>",
        "<x:script xmlns:x='http://www.w3.org/2000/svg'>alert(1)</x:script>",
        "<handler xmlns='http://www.w3.org/2001/xml-events'>alert(1)</handler>",
        "<animate attributeName='onclick' values='alert(1)'/>",
    )
] + [
    '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + SVG.format("<text>&x;</text>"),
    '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + SVG.format("<text>&b;</text>"),
    '<?xml-stylesheet href="http://evil.test/x.xsl"?>' + SVG.format("<rect/>"),
]


def test_svg_is_cleaned_or_refused(project: Write) -> None:
    """As a file and as a data: URI; under its own suffix and as a picture of another kind."""
    files: dict[str, str | bytes] = {}
    for number, svg in enumerate(HOSTILE_SVG):
        data = base64.b64encode(svg.encode()).decode()
        files |= {f"p{number}.svg": svg, f"q{number}.png": svg}
        files[f"n{number}.md"] = (
            f"## 1. Why?\n\nSo. ![x](p{number}.svg) ![y](q{number}.png)"
            f" ![z](data:image/svg+xml;base64,{data})\n"
        )
    found = read(project, files)
    for media in found.media:
        text = (media.data or media.path.read_bytes()).decode()  # type: ignore[union-attr]
        assert not re.search(r"script|onload|onclick|evil|javascript|ENTITY|iframe", text)
    assert len(found.notes) == len(HOSTILE_SVG)


# Names ------------------------------------------------------------------------------------------

NAMES = [
    *("CON.md", "aux.md", "nul.md", "com1.md", "LPT9.md", "a:b.md", "a*b?.md", 'a"b.md', "a|b.md"),
    *(" a.md", "a .md", "a..md", "...a.md"[3:], "-rf.md", "--help.md", "a;b.md", "a$(x).md"),
    *("\u202egnp.md", "a\u200bb.md", "e\u0301.md", "\u00e9.md", "😀.md", "é" * 120 + ".md"),
    *("x" * 252 + ".md", "a\nb.md", "a\tb.md", "a\\b.md", "%2e%2e.md", "a#b.md", "a&b.md"),
    *("{{Answer}}.md", "<b>.md", "[sound:x].md", "a::b.md", "::.md", "a'b.md", "a\x7fb.md"),
]


def test_every_name_of_a_note_file_becomes_a_deck_that_anki_takes(
    project: Write, anki: RealAnki
) -> None:
    root = project({name: f"## 1. Who is {n}?\n\nSo.\n" for n, name in enumerate(NAMES)})
    found = ankify.read_project(root)
    assert {page.file for page in found.pages} == set(NAMES)
    ankify.write_lock(found)
    again = ankify.read_project(root)
    assert [note.guid for note in again.notes] == [note.guid for note in found.notes]
    assert not again.changes
    ankify.write_apkg(found, root / "x.apkg")
    assert anki.load(root / "x.apkg").new == len(NAMES)
    assert anki.complaints() == []
    shown = {html.unescape(note.fields["Question"]) for note in anki.notes().values()}
    assert len(shown) == len(NAMES)


def test_a_name_that_is_not_utf_8_is_a_note_or_a_clear_error(
    project: Write, run: Callable[..., tuple[int, str, str]]
) -> None:
    root = project({"a.md": "## 1. Why?\n\nSo.\n"})
    try:
        Path(os.fsdecode(os.fsencode(root) + b"/\xff.md")).write_text("## 1. When?\n\nNow.\n")
    except OSError:
        pytest.skip("this disk takes no such names")
    code, _, error = run("build", root, "-o", root / "x.apkg")
    assert code == 0 or "error:" in error


def test_the_alt_of_a_lost_picture_is_text(project: Write) -> None:
    """Older sanitisers leave `<` in attributes, and brackets are how Anki names a sound."""
    from ankify.media.collect import Collected, Kind, Placement, place

    lost = Collected(placements={("a.md", "x"): Placement(Kind.MISSING, "lost")})
    shown = place('<img src="x" alt="<img src=y onerror=1>">', "a.md", lost)
    assert "<img" not in shown
    picture = {"p.png": PIXEL}
    text = "## 1. Why?\n\nSo.\n\n## 2. When?\n\nNow. ![sound:http://evil.test/x.mp3](p.png)\n"
    root = project({"a.md": text, **picture})
    built = ankify.read_project(root, ankify.ReadOptions(now=1))
    ankify.write_apkg(built, root / "x.apkg")
    ankify.write_lock(built)
    (root / "a.md").write_text(text.partition("## 2.")[0])
    notes = ankify.read_project(root, ankify.ReadOptions(now=2, last_package=root / "x.apkg")).notes
    assert "sound:http" in notes[-1].fields[1]
    assert all_faults(notes) == []
