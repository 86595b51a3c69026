"""The cards of a real deck on Anki's own reviewer page, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from io import BytesIO
from pathlib import Path

import pytest
from browser import DESKTOP, PHONE, Browser, need, open_reviewer
from conftest import PIXEL
from PIL import Image
from real_anki import RealAnki

from ankify.anki.note_type import read_note_type, template_folder
from ankify.config import read_settings

VIEWS = [
    pytest.param("phone", PHONE, False, id="phone by day", marks=pytest.mark.slow),
    pytest.param("phone", PHONE, True, id="phone by night"),
    pytest.param("desktop", DESKTOP, False, id="desktop by day", marks=pytest.mark.slow),
    pytest.param("desktop", DESKTOP, True, id="desktop by night", marks=pytest.mark.slow),
]
DIAGRAM = b"""<svg xmlns="http://www.w3.org/2000/svg" width="1900" height="300">
<rect x="5" y="5" width="600" height="290" fill="none" stroke="#222" stroke-width="6"/></svg>"""
SWITCHED_ON = "[cards]\nformula = true\nimage = true\n[source]\nurl = 'https://example.org/notes'\n"

# One of everything that a note may hold, and each of it too wide for a phone.
NOTES = (Path(__file__).parent.parent / "cases" / "looks.md").read_text(encoding="utf-8")

# TeX as people write it; within ams, mathtools and mhchem, which AnkiMobile has, too.
FORMULAS = r"""
a < b > c \& d
\mathcal{L}_{\text{损失}} = \mathbb{E}_{x \sim p(x)}\left[\lVert x - \hat{x} \rVert_2^2\right]
\begin{aligned} a &= b + c \\ &= d \end{aligned}
\begin{cases} 1 & x > 0 \\ 0 & \text{otherwise} \end{cases}
\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}^{-1}
\begin{pmatrix} a \\ b \end{pmatrix} \begin{vmatrix} a & b \\ c & d \end{vmatrix}
\begin{array}{c|c} a & b \\ \hline c & d \end{array}
\begin{gathered} a \\ b \end{gathered}
\operatorname*{arg\,max}_{\theta} \log p_\theta(x)
\underbrace{a + b}_{n} + \overbrace{c}^{m}
\xrightarrow[n \to \infty]{d} \overset{\mathrm{def}}{=} \stackrel{a}{b}
\boldsymbol{\theta} \mathbf{x} \mathrm{d}x \mathfrak{g} \mathscr{H} \mathsf{T} \mathtt{code}
\frac{\partial f}{\partial x} \dfrac{1}{2} \tfrac{1}{2} \binom{n}{k} \cfrac{1}{1 + \cfrac{1}{x}}
\sum_{i=1}^{n} \prod_{j} \int_0^\infty \oint \iint \lim_{x \to 0} \sup \inf \max \min
\sqrt[3]{x} \hat{x} \bar{x} \tilde{x} \vec{x} \dot{x} \ddot{x} \widehat{xyz} \overline{xy}
\left\{ x \,\middle|\, x > 0 \right\} \left\lfloor x \right\rfloor \bigl( \Bigl[ \biggl\{ \Biggl|
\alpha \beta \gamma \delta \epsilon \varepsilon \zeta \eta \theta \vartheta \lambda \mu \nu \xi \pi
\Gamma \Delta \Theta \Lambda \Xi \Pi \Sigma \Phi \Psi \Omega \infty \nabla \ell \hbar \emptyset
\leq \geq \neq \approx \equiv \sim \propto \in \notin \subseteq \cup \cap \setminus \forall \exists
\to \mapsto \Rightarrow \iff \longrightarrow \leftarrow \uparrow \odot \otimes \oplus \times \cdot
\ldots \cdots \vdots \ddots \quad \qquad \, \; \! \% \$ \_ \# \{ \}
x'' f^{(n)} x_{i_j} {}_2F_1 a^{b^c} \phantom{x} \mathbin{+} \mathrel{R}
\coloneqq \mathclap{x} \begin{dcases} a \\ b \end{dcases}
\ce{2H2 + O2 -> 2H2O} \ce{SO4^2-}
\tag{1} E = mc^2
\color{red}{x} \textcolor{blue}{y} \boxed{z} \cancel{w}
"""


@dataclass(frozen=True)
class Card:
    """Both sides of a card, as Anki hands them to its reviewer."""

    ordinal: int
    front: str
    back: str


def cards_of(anki: RealAnki) -> list[Card]:
    def side(html: str) -> str:
        return re.sub(r"\[anki:play:\w:\d+\]", "", anki.col.media.escape_media_filenames(html))

    cards = map(anki.col.get_card, anki.col.find_cards("", order="c.id"))
    return [Card(card.ord, side(card.question()), side(card.answer())) for card in cards]


@pytest.fixture(scope="module")
def reviewer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with open_reviewer(tmp_path_factory.mktemp("media")) as browser:
        yield browser


@pytest.fixture
def built(project: Callable, run: Callable, anki: RealAnki) -> Callable[..., list[Card]]:
    """Write notes, build them, import the package: built({path: text}) -> cards."""

    def build(files: dict[str, str | bytes], now: int = 1_700_000_000) -> list[Card]:
        root = project(files)
        code, _, err = run("build", root, "-o", root / "deck.apkg", now=now)
        assert code == 0, err
        anki.load(root / "deck.apkg")
        return cards_of(anki)

    return build


def audit(
    reviewer: Browser, anki: RealAnki, cards: list[Card], view: str, size: object, night: bool
) -> list[str]:
    """All faults of all sides."""
    reviewer.folders["/"] = Path(anki.col.media.dir())
    reviewer.open(f"/{view}-{'night' if night else 'day'}", size)
    return [
        f"{side} of card {card.ordinal}: {fault}"
        for card in cards
        for side in ("front", "back")
        for fault in reviewer.show_card(
            side, card.front, card.back, card=card.ordinal + 1, night=night
        )
    ]


@pytest.mark.parametrize(("view", "size", "night"), VIEWS)
def test_every_card_looks_right(
    reviewer: Browser, built: Callable, anki: RealAnki, view: str, size: object, night: bool
) -> None:
    cards = built(
        {
            "ankify.toml": SWITCHED_ON,
            "notes.md": NOTES,
            "images/wide diagram.svg": DIAGRAM,
            "images/dot.png": PIXEL,
        }
    )
    assert sorted(card.ordinal for card in cards) == [0, 0, 1, 2]
    assert audit(reviewer, anki, cards, view, size, night) == []
    assert "wide-diagram-" in cards[0].back
    assert "ankify-missing" in cards[0].back


def test_every_formula_is_read_by_mathjax(
    reviewer: Browser, built: Callable, anki: RealAnki
) -> None:
    formulas = FORMULAS.split("\n")[1:-1]
    questions = [f"## {n}. Formula\n\n$$\n{tex}\n$$\n" for n, tex in enumerate(formulas, 1)]
    cards = built({"formulas.md": "\n".join(questions)})
    assert len(cards) == len(formulas)
    assert audit(reviewer, anki, cards, "desktop", DESKTOP, False) == []


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        (r"\(\frac\)", "formula fails"),
        (r"\(\nosuchmacro\)", "unknown macro"),
        (r"\(a <b>b</b>\)", "formula is left as text"),
        ('<img src="gone.png">', "picture does not show: gone.png"),
        ('<img src="https://example.org/x.png">', "asked for https://example.org/x.png"),
        ('<div style="width: 2000px">x</div>', "wider than the screen: div x"),
        ('<p style="width: 9px; overflow: hidden; white-space: pre">long line</p>', "cut off: p"),
        ('<p style="color: #999">pale</p>', "contrast 2."),
        ('<p style="opacity: 0.3">faint</p>', "contrast"),
    ],
)
def test_the_audit_sees_what_is_wrong(reviewer: Browser, html: str, fault: str) -> None:
    reviewer.open("/phone-day", PHONE)
    found = reviewer.show_card("front", html, "", card=1, night=False)
    assert any(fault in each for each in found), found


@pytest.mark.parametrize("night", [False, True])
def test_every_kind_of_code_token_can_be_read(reviewer: Browser, night: bool) -> None:
    from pygments.token import STANDARD_TYPES

    css = (template_folder() / "style.css").read_text(encoding="utf-8")
    tokens = "\n".join(f'<span class="{name}">x{name}</span>' for name in STANDARD_TYPES.values())
    html = f'<style>{css}</style><div class="ankify"><pre>{tokens}</pre></div>'
    reviewer.open(f"/desktop-{'night' if night else 'day'}", DESKTOP)
    assert reviewer.show_card("front", html, "", card=1, night=night) == []


CHOICE = """\
## 1. Which of these are even?

- [x] two
- [ ] three

```
%s
```

| a |
|---|
| b |
""" % ("long " * 50)


@pytest.mark.parametrize(
    "night", [pytest.param(False, marks=pytest.mark.slow), True], ids=["day", "night"]
)
def test_colours_in_formulas_can_be_read(reviewer: Browser, built: Callable, night: bool) -> None:
    names = ("red", "green", "blue", "orange", "purple", "magenta", "gray", "black")
    formulas = (rf"$\textcolor{{{name}}}{{\text{{字}}}}$" for name in names)
    cards = built({"a.md": f"## 1. Colours?\n\n{' '.join(formulas)}\n"})
    reviewer.open(f"/phone-{'night' if night else 'day'}", PHONE)
    assert reviewer.show_card("back", "", cards[0].back, card=1, night=night) == []
    shown = reviewer.page.locator(".answer mjx-container").all()
    assert len({it.screenshot() for it in shown}) > 5  # and they differ


def contrast(picture: bytes) -> float:
    """That of the lightest and the darkest pixel (WCAG 2.1), as light as they look in grey."""
    greys = Image.open(BytesIO(picture)).convert("L").getextrema()
    low, high = (((grey / 255 + 0.055) / 1.055) ** 2.4 for grey in greys)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    "night", [pytest.param(False, marks=pytest.mark.slow), True], ids=["day", "night"]
)
def test_a_box_can_be_seen_and_its_tick(reviewer: Browser, built: Callable, night: bool) -> None:
    cards = built({"a.md": CHOICE})
    reviewer.open(f"/phone-{'night' if night else 'day'}", PHONE)
    assert reviewer.show_card("back", "", cards[0].back, card=1, night=night) == []
    ticked, empty = reviewer.page.locator(".answer input").all()
    assert contrast(empty.screenshot()) > 3
    only_the_tick = "(box) => Object.assign(box.style, {borderRadius: 0, borderWidth: 0})"
    ticked.evaluate(only_the_tick)
    assert contrast(ticked.screenshot()) > 4.5


def test_a_shadow_says_that_more_follows_sideways(reviewer: Browser, built: Callable) -> None:
    cards = built({"a.md": CHOICE})
    reviewer.open("/phone-day", PHONE)
    reviewer.show_card("back", "", cards[0].back, card=1, night=False)

    reviewer.page.add_style_tag(content=".answer * { color: #0000 !important }")

    def shades(selector: str) -> list[bool]:
        """Whether there is a shadow at the left side, and at the right one."""
        picture = Image.open(BytesIO(reviewer.page.locator(selector).screenshot())).convert("L")
        width, middle = picture.width, picture.height // 2
        left, plain, right = (picture.getpixel((x, middle)) for x in (4, width // 2, width - 5))
        return [left < plain - 9, right < plain - 9]

    code = reviewer.page.locator(".answer pre")
    assert shades(".answer pre") == [False, True]
    code.evaluate("(it) => it.scrollLeft = 200")
    assert shades(".answer pre") == [True, True]
    code.evaluate("(it) => it.scrollLeft = 99999")
    assert shades(".answer pre") == [True, False]
    assert shades(".answer table") == [False, False]


def test_a_block_begins_at_the_side_of_its_first_letter(reviewer: Browser, built: Callable) -> None:
    text = "## 1. ما هو الرقم؟\n\nرقم ما.\n\n- اثنان\n- two\n\n### خمسة\n\n> ثلاثة\n\nLatin, رقم.\n"
    cards = built({"a.md": text})
    reviewer.open("/phone-day", PHONE)
    reviewer.show_card("back", "", cards[0].back, card=1, night=False)
    sides = reviewer.page.locator(".question, .answer :is(p, li, h3)").evaluate_all(
        """(blocks) => blocks.map((block) => {
            const text = document.createRange();
            text.selectNodeContents(block);
            const [inner, outer] = [text.getBoundingClientRect(), block.getBoundingClientRect()];
            const style = getComputedStyle(block);
            const edge = (side) =>
                parseFloat(style[`padding${side}`]) + parseFloat(style[`border${side}Width`]);
            const atLeft = inner.left - outer.left - edge("Left") < 2;
            const atRight = outer.right - inner.right - edge("Right") < 2;
            return atLeft === atRight ? "?" : atLeft ? "left" : "right";
        })"""
    )
    assert sides == ["right", "right", "right", "left", "right", "right", "left"]


def test_a_list_of_right_to_left_text_has_its_marks_on_the_right(
    reviewer: Browser, built: Callable
) -> None:
    cards = built({"a.md": "## 1. ما هو؟\n\n- اثنان\n\n## 2. What?\n\n- two\n"})
    reviewer.open("/phone-day", PHONE)
    indents = []
    for card in cards:
        reviewer.show_card("back", "", card.back, card=1, night=False)
        indents.append(
            reviewer.page.locator(".answer ul").evaluate(
                """(list) => {
                    const style = getComputedStyle(list);
                    return [style.paddingLeft, style.paddingRight];
                }"""
            )
        )
    assert [[padding == "0px" for padding in pair] for pair in indents] == [
        [True, False],
        [False, True],
    ]


def shown(reviewer: Browser) -> list[str]:
    return reviewer.page.locator(".answer img").evaluate_all(
        "(all) => all.filter((it) => it.getClientRects().length).map((it) => it.alt + it.src)"
    )


@pytest.mark.parametrize("night", [False, True], ids=["day", "night"])
def test_a_figure_has_a_variant_for_the_night(
    reviewer: Browser, built: Callable, anki: RealAnki, night: bool
) -> None:
    files = {
        "a.md": "## 1. What?\n\n![one](x.svg)\n\n![two](y.svg)\n",
        "x.svg": DIAGRAM,
        "x.dark.svg": DIAGRAM.replace(b"#222", b"#eee"),
        "y.svg": DIAGRAM.replace(b"#222", b"#111"),
    }
    cards = built(files)
    assert audit(reviewer, anki, cards, "phone", PHONE, night) == []
    pictures = shown(reviewer)
    assert ["dark" in picture for picture in pictures] == [night, False]


def test_a_wide_formula_of_several_parts_fits_on_a_phone(
    reviewer: Browser, built: Callable
) -> None:
    part = r"\mathrm{Attention}(Q, K, V) = \sum_i w_i v_i"
    cards = built({"a.md": f"## 1. What?\n\n$$\n{part}, \\qquad {part}\n$$\n"})
    reviewer.open("/phone-day", PHONE)
    reviewer.show_card("back", "", cards[0].back, card=1, night=False)
    wider = "(box) => box.scrollWidth - box.clientWidth"
    assert reviewer.page.locator(".answer mjx-container").evaluate(wider) <= 1


def test_a_removed_question_wears_its_banner(
    reviewer: Browser, built: Callable, anki: RealAnki
) -> None:
    day = 86_400
    built({"notes.md": NOTES})
    cards = built({"notes.md": NOTES.split("## 2.")[0]}, now=1_700_000_000 + day)
    assert ["no longer in the notes" in card.front for card in cards] == [False, True]
    assert audit(reviewer, anki, cards[1:], "phone", PHONE, True) == []


def test_further_cards_come_and_go_without_a_full_sync(built: Callable, anki: RealAnki) -> None:
    files = {"notes.md": NOTES, "images/dot.png": PIXEL, "images/wide diagram.svg": DIAGRAM}
    day, start = 86_400, 1_700_000_000
    assert len(built({**files, "ankify.toml": ""}, now=start)) == 2
    anki.study()
    anki.mark_synced()
    before = anki.notes()

    cards = built({**files, "ankify.toml": SWITCHED_ON.split("[source]")[0]}, now=start + day)
    assert [card.ordinal for card in cards].count(0) == 2
    assert sorted(card.ordinal for card in cards) == [0, 0, 1, 2]
    assert not anki.needs_full_sync()
    after = anki.notes()
    assert after.keys() == before.keys()
    for guid, note in before.items():
        assert after[guid].cards[0] == note.cards[0]

    built({**files, "ankify.toml": ""}, now=start + 2 * day)
    assert not anki.needs_full_sync()
    assert anki.notes().keys() == before.keys()
    empty = anki.col.get_empty_cards().notes
    assert sum(len(note.card_ids) for note in empty) == 2
    assert not any(note.will_delete_note for note in empty)


def test_the_templates_run_nothing_and_fetch_nothing(tmp_path: Path) -> None:
    note_type = read_note_type(tmp_path, read_settings(tmp_path))
    texts = [note_type.css]
    texts += [text for each in note_type.templates for text in (each.front, each.back)]
    for text in texts:
        assert not re.search(r"<script|\bon\w+=|javascript:|//\w|url\(|@import", text)


def test_escaped_text_stays_text(reviewer: Browser, built: Callable, anki: RealAnki) -> None:
    bad = '<script>document.title = "run"</script><img src=x onerror="document.title = \'run\'">'
    cards = built({"a.md": f"## 1. Is {bad} shown?\n\n{bad}\n\n`{bad}`\n"})
    audit(reviewer, anki, cards, "phone", PHONE, False)
    assert reviewer.page.title() != "run"
    assert escape("<script>", quote=False) in cards[0].back


def test_without_a_browser_tests_are_skipped_but_not_on_the_build_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="Chromium is missing: apt-get install"):
        need(None, "Chromium", "apt-get install chromium")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="Chromium is missing"):
        need(None, "Chromium", "apt-get install chromium")
