"""The preview: what stands in it, and the page in a real browser."""

from __future__ import annotations

import importlib.util
import re
import threading
import tomllib
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from browser import DESKTOP, PHONE, Browser, need, open_browser
from conftest import LIMIT, PIXEL
from real_anki import wait_for

from ankify.anki.note_type import template_folder
from ankify.checks.rules import check
from ankify.commands.preview import write_preview
from ankify.commands.preview_cards import draw_formula, fill_template
from ankify.commands.preview_page import KEYS
from ankify.commands.serve import serve_preview
from ankify.identity.lock import write_lock
from ankify.model import AnkifyError, Project
from ankify.pipeline import ReadOptions, read_project

LOOKS = (Path(__file__).parent.parent / "cases" / "looks.md").read_text(encoding="utf-8")
FILES: dict[str, str | bytes] = {
    "ankify.toml": "[deck]\nname = 'Notes'\n[cards]\nformula = true\nimage = true\n",
    "nets/looks.md": LOOKS,
    "nets/images/dot.png": PIXEL,
    "nets/images/wide diagram.svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="1900"/>',
    "go.md": "# Go\n\n## 1. What is a goroutine?\n\nA light thread: $O(1)$ to start.\n\n"
    "## 2. What is <b>this</b>?\n\n$\\ce{H2O}$ and `\\(code\\)`.\n",
}


@pytest.fixture
def read(project: Callable) -> Callable[..., Project]:
    """Write notes and read them: read({path: text}) -> Project."""
    return lambda files=FILES, **options: read_project(
        project(files, **options), ReadOptions(now=1)
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser({}) as opened:
        yield opened


@pytest.fixture
def page(read: Callable, browser: Browser, tmp_path: Path) -> Browser:
    """The preview of FILES at /index.html."""
    write_preview(read(), tmp_path / "site")
    browser.folders["/"] = tmp_path / "site"
    browser.open("/index.html", DESKTOP)
    browser.page.evaluate("localStorage.clear()")
    browser.open("/index.html", DESKTOP)
    return browser


# Filling in templates ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "html"),
    [
        ("<p>{{A}}</p>", "<p><b>a</b></p>"),
        ("{{ A }}{{Nothing}}", "<b>a</b>"),
        ("{{#A}}x{{/A}}{{#Empty}}y{{/Empty}}", "x"),
        ("{{^A}}x{{/A}}{{^Empty}}y{{/Empty}}", "y"),
        ("{{#A}}1{{#Empty}}2{{/Empty}}3{{/A}}4", "134"),
        ("{{#Empty}}1{{#A}}2{{/A}}3{{/Empty}}4", "4"),
        ("{{text:A}}{{hint:A}}", "a<b>a</b>"),
        ("<!-- {{#Status}}{{x}}\n -->x<!---->", "x"),
        ("{{#A}}x", "x"),
        ("{{/A}}x", "x"),
        ("{{Braces}}", "{{A}}"),
    ],
)
def test_a_template_is_filled_in_as_anki_does(template: str, html: str) -> None:
    fields = {"A": "<b>a</b>", "Empty": " <br> <div></div>", "Braces": "{{A}}"}
    assert fill_template(template, fields) == html


@pytest.mark.parametrize(
    "tex",
    [
        r"\frac{a}{b}",
        r"\begin{aligned} a &= b \\ &= c \end{aligned}",
        r"\Bigl\lVert x \Bigr\rVert_2",
        r"\text{损失} < 1",
        r"\operatorname*{argmin}_x f",
        r"\begin{cases} 1 & x \\ 0 & y \end{cases}",
    ],
)
def test_a_formula_is_drawn(tex: str) -> None:
    drawn = draw_formula(tex, display=True)
    assert drawn
    assert drawn.startswith("<math")
    assert "\\" not in drawn


@pytest.mark.parametrize("tex", [r"\nosuchmacro", r"\ce{H2O}", "{", r"\left( x", "", r"a\\|b|"])
def test_a_formula_that_cannot_be_drawn_breaks_nothing(tex: str) -> None:
    drawn = draw_formula(tex, display=False)
    assert drawn is None or "\\nosuch" not in drawn


@pytest.mark.parametrize(
    "tex",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\style{background:url(//evil.example)}{x}",
        r"\text{<script>alert(1)</script>}",
        r"\text{&lt;img src=x onerror=alert(1)&gt;}",
        r"\class{evil}{x}",
    ],
)
def test_a_formula_brings_nothing_to_run(tex: str) -> None:
    drawn = draw_formula(tex, display=False) or ""
    for bad in ("href", "style=", "<script", "<img", "class="):
        assert bad not in drawn


# The folder --------------------------------------------------------------------------------------


def test_the_same_notes_give_the_same_bytes_anywhere(read: Callable, tmp_path: Path) -> None:
    sites = []
    for name in ("one", "two"):
        write_preview(read(folder=name), tmp_path / f"{name}-site")
        files = sorted((tmp_path / f"{name}-site").rglob("*"))
        sites.append(
            {f.relative_to(tmp_path / f"{name}-site"): f.read_bytes() for f in files if f.is_file()}
        )
    assert sites[0] == sites[1]
    assert not any(str(tmp_path).encode() in data for data in sites[0].values())


def test_a_second_preview_takes_the_place_of_the_first(read: Callable, tmp_path: Path) -> None:
    site = tmp_path / "site"
    write_preview(read(), site)
    assert len(list((site / "media").iterdir())) == 2
    write_preview(read({"go.md": FILES["go.md"]}, folder="other"), site)
    assert not (site / "media").exists()
    assert len(list((site / "files").iterdir())) == 1


def test_a_folder_of_somebody_else_is_left_alone(read: Callable, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    (mine / "media").mkdir(parents=True)
    (mine / "media" / "thesis.txt").write_text("years of work")
    with pytest.raises(AnkifyError, match="something else than a preview"):
        write_preview(read(), mine)
    assert (mine / "media" / "thesis.txt").exists()
    (mine / "index.html").write_text("<html>")
    with pytest.raises(AnkifyError):
        write_preview(read(), mine)
    with pytest.raises(AnkifyError):
        write_preview(read(), mine / "index.html")


def test_a_folder_that_cannot_be_written_is_an_error(read: Callable, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(AnkifyError, match=r"cannot write .*sub: Not a dir"):
        write_preview(read(), tmp_path / "file" / "sub")


def test_only_a_problem_with_a_line_has_a_page_to_show_it_on(
    read: Callable, tmp_path: Path
) -> None:
    files = {**FILES, "nets/images/unused.png": PIXEL}
    project = read(files)
    project = replace(project, problems=check(project))
    assert "unreferenced-image" in {problem.rule for problem in project.problems}
    html = write_preview(project, tmp_path / "site").read_text(encoding="utf-8")
    assert "nets/images/unused.png" in html
    assert not (tmp_path / "site" / "files" / "nets" / "images").exists()
    assert "unused.png.html" not in html


class Counted(tuple):
    """A tuple that counts how often it is gone through."""

    times = 0

    def __iter__(self) -> Iterator[object]:
        Counted.times += 1
        return super().__iter__()


def test_media_and_problems_are_not_gone_through_for_each_card(
    read: Callable, tmp_path: Path
) -> None:
    text = "".join(f"## {n}. Question {n}?\n\n![]({n}.png)\n\n" for n in range(50))
    project = read({"a.md": text})
    counted = replace(project, media=Counted(project.media), problems=Counted(project.problems))
    Counted.times = 0
    html = write_preview(counted, tmp_path / "site").read_text(encoding="utf-8")
    assert html.count(" data-faulty>") == 50
    assert Counted.times < 10


def test_a_removed_question_is_shown_as_removed(project: Callable, tmp_path: Path) -> None:
    from ankify.anki.write import write_apkg

    root = project({"go.md": FILES["go.md"]})
    first = read_project(root, ReadOptions(now=1))
    write_lock(first)
    write_apkg(first, tmp_path / "first.apkg")
    (root / "go.md").write_text("## 1. What is a goroutine?\n\nA light thread.\n")
    second = read_project(root, ReadOptions(now=2, last_package=tmp_path / "first.apkg"))
    html = write_preview(second, tmp_path / "site").read_text(encoding="utf-8")
    assert html.count("<article") == 2
    assert html.count('data-say="removed_why"') == 1
    assert html.count('data-change="removed"') == 1
    assert html.count('data-change="updated"') == 1


# The page in a browser ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "night"),
    [
        pytest.param(PHONE, False, marks=pytest.mark.slow),
        (PHONE, True),
        pytest.param(DESKTOP, False, marks=pytest.mark.slow),
        pytest.param(DESKTOP, True, marks=pytest.mark.slow),
    ],
    ids=["phone by day", "phone by night", "desktop by day", "desktop by night"],
)
def test_the_page_looks_right(page: Browser, size: tuple[int, int], night: bool) -> None:
    page.page.emulate_media(color_scheme="dark" if night else "light")
    page.open("/index.html", size)
    page.page.add_style_tag(content="article { content-visibility: visible !important }")
    page.page.evaluate(
        """() => Promise.all([...document.images].map((image) => {
            image.loading = "eager";
            return image.decode().catch(() => {});
        }))"""
    )
    classes = page.page.locator(".card").first.get_attribute("class")
    assert ("nightMode" in classes) == night
    assert page.faults("body") == []
    page.page.emulate_media(color_scheme="light")


def test_it_opens_from_disk_and_asks_for_nothing_else(
    read: Callable, browser: Browser, tmp_path: Path
) -> None:
    index = write_preview(read(), tmp_path / "site")
    browser.page.goto("about:blank")  # the page before asks every second whether it is out of date
    asked: list[str] = []
    browser.page.on("request", lambda request: asked.append(request.url))
    browser.page.goto(index.as_uri())
    browser.page.get_by_role("searchbox").fill("goroutine")
    assert browser.page.locator("#count").inner_text() == "1 of 4 notes"
    assert all(url.startswith(tmp_path.as_uri()) for url in asked)
    assert browser.faults("header") == []


def test_everything_can_be_reached_by_keyboard_and_has_a_name(page: Browser) -> None:
    keys = page.page.keyboard
    keys.press("Tab")
    assert page.page.evaluate("document.activeElement.textContent") == "Skip to the cards"
    keys.press("/")
    search = page.page.get_by_role("searchbox", name="Search")
    assert search.evaluate("(box) => box === document.activeElement")
    keys.type("GOROUTINE light")
    assert page.page.get_by_role("status").inner_text() == "1 of 4 notes"
    assert page.page.locator("article:visible").count() == 1
    assert not page.page.get_by_text("No note fits the search.").is_visible()
    keys.type("nowhere")
    assert page.page.get_by_text("No note fits the search.").is_visible()
    keys.press("Control+A")
    keys.press("Delete")
    assert page.page.get_by_role("status").inner_text() == "4 notes"
    only = page.page.get_by_role("checkbox", name="Only with problems (1)")
    only.focus()
    keys.press("Space")
    assert page.page.locator("article:visible").count() == 1
    assert "image not found" in page.page.locator("article:visible .problems").inner_text()
    keys.press("Space")
    night = page.page.get_by_role("button", name="Night")
    night.focus()
    keys.press("Enter")
    assert night.get_attribute("aria-pressed") == "true"
    page.page.reload()
    assert page.page.get_by_role("button", name="Night").get_attribute("aria-pressed") == "true"
    page.page.get_by_role("navigation", name="Decks").get_by_text("looks").click()
    assert "#deck-2" in page.page.url


def test_the_place_of_a_question_is_a_link_to_its_line(page: Browser) -> None:
    page.page.get_by_role("link", name="go.md:7").click()
    line = page.page.locator("span:target")
    assert line.inner_text().startswith("## 2. What is")
    assert page.faults("body") == []


def test_what_cannot_be_drawn_is_said(page: Browser) -> None:
    article = page.page.locator("article", has_text="What is this")
    assert "drawn by Anki: 1 of the formulas" in article.inner_text()
    assert article.locator("figure").nth(1).locator("code.tex").inner_text() == r"\ce{H2O}"
    assert r"\(code\)" in article.inner_text()


def test_every_card_of_a_note_is_there(page: Browser) -> None:
    captions = page.page.locator("article", has_text="Flash attention").locator("figcaption")
    assert captions.all_inner_texts() == [
        f"{name}: {side}" for name in ("Answer", "Formula", "Image") for side in ("Front", "Back")
    ]


def test_every_language_says_the_same() -> None:
    words = tomllib.loads((template_folder() / "preview.toml").read_text(encoding="utf-8"))
    assert set(words) == {"en", "zh"}
    for own in words.values():
        assert list(own) == list(words["en"])
        for key, text in own.items():
            places = re.compile(r"\{\w+\}").findall
            assert sorted(places(text)) == sorted(places(words["en"][key])), key


def test_it_speaks_the_language_of_its_reader(
    read: Callable, browser: Browser, tmp_path: Path
) -> None:
    index = write_preview(read(), tmp_path / "site")
    page = browser.page.context.browser.new_page(locale="zh-CN")
    page.goto(index.as_uri())
    assert page.get_by_role("button", name="夜间").is_visible()
    assert page.get_by_role("status").inner_text() == "4 条笔记"
    assert page.get_by_role("searchbox", name="搜索").get_attribute("placeholder") == "搜索所有卡片"
    assert page.evaluate("document.documentElement.lang") == "zh-Hans"
    page.close()


def test_cards_are_turned_over_as_in_anki(page: Browser) -> None:
    keys, sides = page.page.keyboard, page.page.locator("article").nth(0).locator("figure")
    assert [side.is_visible() for side in sides.all()[:2]] == [True, True]
    keys.press("f")
    keys.press("j")
    assert [side.is_visible() for side in sides.all()[:2]] == [True, False]
    keys.press("Space")
    assert [side.is_visible() for side in sides.all()[:2]] == [False, True]
    keys.press("Space")
    second = page.page.locator("article").nth(1)
    assert second.evaluate("(it) => it === document.activeElement")
    second.get_by_role("button", name="Show answer").click()
    assert second.locator("figure.back").first.is_visible()
    keys.press("k")
    assert sides.nth(0).is_visible()
    keys.press("f")
    assert [side.is_visible() for side in sides.all()[:2]] == [True, True]


def test_the_keys_are_explained(page: Browser) -> None:
    page.page.keyboard.press("?")
    help_ = page.page.get_by_role("dialog", name="Keys")
    assert help_.is_visible()
    for key, _ in KEYS:
        assert help_.get_by_text(key, exact=True).is_visible()
    page.page.keyboard.press("Escape")
    assert not help_.is_visible()


def test_one_kind_of_card_can_be_chosen(page: Browser) -> None:
    page.page.get_by_role("combobox", name="Kind of card").select_option("Formula")
    assert page.page.locator(".sides:visible").count() == 1
    assert page.page.get_by_role("status").inner_text() == "1 of 4 notes"


def test_what_the_next_import_changes_is_marked(
    project: Callable, browser: Browser, tmp_path: Path
) -> None:
    root = project({"go.md": FILES["go.md"]})
    write_lock(read_project(root, ReadOptions(now=1)))
    text = str(FILES["go.md"]).replace("A light thread", "A lighter thread")
    (root / "go.md").write_text(f"{text}\n## 3. What is new?\n\nThis.\n", encoding="utf-8")
    write_preview(read_project(root, ReadOptions(now=2)), tmp_path / "site")
    browser.folders["/"] = tmp_path / "site"
    browser.open("/index.html", DESKTOP)
    badges = browser.page.locator("article .badge").all_inner_texts()
    assert badges == ["updated", "new"]
    browser.page.get_by_role("checkbox", name="Only what the next import changes (2)").check()
    assert browser.page.locator("article:visible").count() == 2


def test_a_file_says_why_its_titles_are_questions(page: Browser) -> None:
    file = page.page.locator(".files details", has_text="go.md")
    assert not file.get_by_role("link").first.is_visible()
    file.locator("summary").click()
    assert "are numbered" in file.inner_text()
    file.get_by_role("link", name="go.md:3").click()
    assert page.page.locator("span:target").inner_text().startswith("## 1. What is a goroutine")


def test_a_line_opens_in_an_editor(run: Callable, project: Callable, tmp_path: Path) -> None:
    root = project({"a b/go.md": FILES["go.md"]})
    code, _, err = run("preview", root, "-o", tmp_path / "site", "--editor", "vscode")
    assert code == 0, err
    html = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    path = quote((root.resolve() / "a b" / "go.md").as_posix())
    assert f'href="vscode://file{path}:3"' in html


@pytest.mark.parametrize(
    "editor", ["nano", "javascript://{path}", "https://a.org/{path}", "my://file"]
)
def test_what_is_no_editor_is_refused(run: Callable, project: Callable, editor: str) -> None:
    code, _, err = run("preview", project(FILES), "--editor", editor)
    assert code == 2
    assert "is none of vscode" in err


def test_on_paper_there_are_questions_and_answers_alone(page: Browser) -> None:
    page.page.emulate_media(media="print")
    article = page.page.locator("article", has_text="What is a goroutine")
    assert not page.page.locator(".bar").is_visible()
    assert not article.locator("figure.front").is_visible()
    assert article.locator("figure.back").is_visible()
    assert page.page.pdf(format="A4").startswith(b"%PDF")
    page.page.emulate_media(media="screen")


@pytest.mark.slow
@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
def test_a_screen_reader_finds_its_way(page: Browser, night: bool) -> None:
    axe = importlib.util.find_spec("axe_playwright_python")
    need(axe, "axe-core", "pip install --no-deps axe-playwright-python")
    assert axe
    script = (Path(axe.origin).parent / "axe.min.js").read_text(encoding="utf-8")
    page.page.emulate_media(color_scheme="dark" if night else "light")
    page.page.reload()
    for article in page.page.locator("article").all():
        article.scroll_into_view_if_needed()
    page.page.evaluate(script)
    found = page.page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
    page.page.emulate_media(color_scheme="light")
    worst = [it for it in found if it["impact"] in ("serious", "critical")]
    assert [(it["id"], it["nodes"][0]["html"]) for it in worst] == []


# Serving -----------------------------------------------------------------------------------------


def test_a_served_preview_follows_the_notes(project: Callable, tmp_path: Path) -> None:
    root, site = project(FILES), tmp_path / "site"
    told: list[str] = []
    stop = threading.Event()
    options = {"port": 0, "tell": told.append, "stop": stop}
    serving = threading.Thread(
        target=serve_preview,
        args=(root, lambda: read_project(root), site),
        kwargs=options,
        daemon=True,
    )
    serving.start()
    try:
        wait_for(lambda: told)
        address = told[0]
        assert address.startswith("http://127.0.0.1:")
        assert b"goroutine" in urllib.request.urlopen(address, timeout=10).read()
        (root / "go.md").write_text("## 1. What is a channel?\n\nA queue.\n")
        wait_for(lambda: "written again" in told)
        assert b"What is a channel?" in urllib.request.urlopen(address, timeout=10).read()
        for name in ("a.mdown", "sound.mp3"):
            told.clear()
            (root / name).write_text("## 1. What is a sound?\n\n![](sound.mp3)\n")
            wait_for(lambda: "written again" in told)
        assert b"What is a sound?" in urllib.request.urlopen(address, timeout=10).read()
        (root / "ankify.toml").write_text("[deck\n")
        wait_for(lambda: any("error:" in line for line in told))
        assert b"What is a channel?" in urllib.request.urlopen(address, timeout=10).read()
    finally:
        stop.set()
        serving.join(LIMIT)
    assert not serving.is_alive()


def test_the_command_marks_what_check_finds(
    project: Callable, run: Callable, tmp_path: Path
) -> None:
    twice = "".join(f"## {n}. What is it?\n\nA light thread.\n\n" for n in (1, 2))
    root = project({"go.md": twice + "## 3. Why?\n\n![x](gone.png)\n"})
    code, out, err = run("preview", root, "-o", tmp_path / "site")
    assert (code, out, err) == (0, "", f"Wrote {tmp_path / 'site' / 'index.html'}\n")
    html = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert "missing-image" in html
    assert "duplicate-question" in html
    assert not (root / "ankify.lock").exists()
