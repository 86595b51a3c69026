"""The sides of a card: what of the text below a title is asked, and what answers it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, dropwhile, takewhile

from ankify.questions import thresholds as limit
from ankify.questions.answers import LISTS, POINT, is_blank, is_filler, key_in_list, opening_words
from ankify.questions.block import Block, balanced, inline_of, shown
from ankify.questions.borrowed import QUOTED, is_fact
from ankify.questions.callouts import inside_callout
from ankify.questions.numbers import HEADED
from ankify.questions.options import (
    OFFER,
    has_ticked_box,
    marked_options,
    offers_several,
    tells_option,
    unmarked,
    with_key_apart,
    with_options_apart,
)
from ankify.questions.pairs import heads_answer, says_question
from ankify.questions.titles import Title
from ankify.questions.words import (
    QUESTION_LABEL,
    QUESTION_MARKS,
    TASK,
    asks,
    asks_for_answer,
    demands,
    gives_away,
    is_button,
    is_sentence,
    label_end,
    names_answers,
    normal,
    only_labels,
    says_answer,
    sentences,
    title_end,
)
from ankify.reading.html import html_lines, shows_without_words, summaries, tags
from ankify.reading.inline import cut
from ankify.reading.tokens import Token

NEAR = 3  # blocks below a title, among which its question ends


def count_asking(below: Sequence[Block]) -> int:
    """How many paragraphs, lists and code are asked: down to one that ends with a question mark.

    Something else is below it; a title is not among them.
    """
    shown = takewhile(lambda it: not it.title and (is_prose(it) or _is_code(it)), below)
    words = [opening_words(block).rstrip("*_ \n") for block in shown]
    asking = [at for at, said in enumerate(words, 1) if said.endswith(QUESTION_MARKS)]
    return asking[-1] if asking and asking[-1] < len(below) else 0


def asks_for_written_answer(body: Sequence[Block], *, is_form: bool = True) -> bool:
    """Whether all below a title is a form: at its end is "Write your answer here".

    Or a heading "Answer" with nothing below; in a file of such forms (`is_form`), the label
    "Answer:" alone is none, either. Not if a box is ticked.
    """
    shown = [block for block in body if not is_blank(block)]
    if any(map(has_ticked_box, shown)):
        return False
    if shown and asks_for_answer(opening_words(shown[-1])):
        return True
    if (is_form and ends_with_label(body)) or (len(shown) == 1 and _is_empty_form(shown[0])):
        return True
    last = next((block for block in reversed(body) if not is_filler(block)), None)
    return last is not None and last.heading is not None and only_labels(last.heading.name)


def answered_elsewhere(answers: Sequence[Sequence[Token]]) -> set[int]:
    """Which of the answers of a file are a line that only leads to them, all to the same page.

    `See [the answer](https://...)` again and again: the answers are there, and not in the notes.
    """
    targets = [*map(_only_target, answers)]
    times = Counter(targets)
    return {
        at for at, target in enumerate(targets) if target and times[target] >= limit.COUNTED_TITLES
    }


def _only_target(answer: Sequence[Token]) -> str:
    """The address of the link in a line that says that the answer is there, else none."""
    leaves = [token for token in answer if token.nesting == 0]
    if len(leaves) != 1 or leaves[0].type != "inline" or len(leaves[0].words) > LINE:
        return ""
    if not names_answers(leaves[0].words):
        return ""
    children = leaves[0].children or ()
    targets = [child.attrs.get("href") for child in children if child.type == "link_open"]
    return str(targets[0]) if len(targets) == 1 else ""


LINE = 60  # characters: "Read the answer on the page of this course"


def ends_with_label(body: Sequence[Block]) -> bool:
    """Whether the last line below a title is the label of an answer, or all that a toggle holds."""
    block = next((block for block in reversed(body) if not is_blank(block)), None)
    if block is None:
        return False
    if block.type == "html_block":
        content = block.tokens[0].content
        lines = [*filter(str.strip, html_lines(content))]
        shows = "href" in content or shows_without_words(content)
    elif block.type == "paragraph_open" or _is_quoted(block):
        children = inline_of(block)
        lines = opening_words(block).rstrip().split("\n")[-1:]
        shows = any(map(_shows, children))
    else:
        return False
    return bool(lines) and all(map(_is_label_alone, lines)) and not shows


def _shows(child: Token) -> bool:
    """Whether something in a line is a link or a picture."""
    is_shown = child.type == "html_inline" and shows_without_words(child.content)
    return is_shown or child.type in ("link_open", "image")


def _is_quoted(block: Block) -> bool:
    return block.type == "blockquote_open" and len(block.tokens) == QUOTED


def _is_label_alone(line: str) -> bool:
    return only_labels(line) and not line[label_end(line) :].strip()  # `Answer: |`


def _is_empty_form(block: Block) -> bool:
    """Whether a list says things of a question, `- Level: easy`, and at last `- Answer:`."""
    leaves = [token for token in block.tokens if token.nesting == 0]
    if block.type not in LISTS or any(leaf.type != "inline" for leaf in leaves):
        return False
    items = [leaf.words for leaf in leaves]
    *facts, last = items or [""]
    return only_labels(last) and all(is_fact(f"{words} .") for words in facts)


def asked_and_answered(block: Block) -> Iterator[Block]:
    """A paragraph that asks and answers, `Q: X` over `A: Y`, as two."""
    words = opening_words(block)
    found = title_end(words) if QUESTION_LABEL.match(words) else None
    if found is not None and block.type == "paragraph_open":
        opening, inline, closing = block.tokens
        children = inline.children or ()
        end = found + words[found:].startswith("\n")
        for part in cut(children, 0, found), cut(children, end):
            yield Block((opening, inline.copy(children=list(part)), closing))
    else:
        yield block


def options_and_key(block: Block) -> Iterator[Block]:
    """Options that end with the label of the answer, as two blocks."""
    found = key_in_list(block)
    if not found:
        yield from with_key_apart(block) or with_options_apart(block)
        return
    at, start = found
    inline, paragraph = block.tokens[at], Token("paragraph_open", "p", 1, block=True)
    children = inline.children or ()
    options = inline.copy(children=list(cut(children, 0, start - 1)))
    key = inline.copy(children=list(cut(children, start)))
    yield block._replace(tokens=(*block.tokens[:at], options, *block.tokens[at + 1 :]), items=())
    yield Block((paragraph, key, Token("paragraph_close", "p", -1, block=True)))


def unwrapped(answer: list[Block]) -> list[Block]:
    """An answer that is all in one <details> or callout, without the button that opens it.

    A <summary> that is no button, `<summary>Carbon dioxide</summary>`, is a part of the answer.
    """
    if len(answer) == 1 and answer[0].type == "alert_open":
        return inside_callout(answer[0]) if only_labels(opening_words(answer[0])) else answer
    if len(answer) > 1 and answer[0].depth > 0 and answer[-1].depth < 0 and not answer[0].title:
        depths = accumulate(block.depth for block in answer[:-1])
        return answer[1:-1] if min(depths) > 0 else answer
    return answer


def without_answer_label(answer: list[Block]) -> list[Block]:
    """The answer of a pair, `A: X` or `### Answer`, without the label that says so."""
    tokens = _only_item(answer[0].tokens) if answer else ()
    at = next((at for at, token in enumerate(tokens) if token.nesting < 1), 0)
    words = tokens[at].words if tokens else ""
    point = POINT.match(words)
    if not says_answer(words) and not point:
        return answer
    start = point.end() if point else label_end(words)
    start += len(words[start:]) - len(words[start:].lstrip())
    rest = cut(tokens[at].children or (), start)
    kind = "paragraph" if tokens[at - 1].type == "heading_open" else None
    opening, closing = (
        token.copy(type=token.type.replace("heading", "paragraph"), tag="p") if kind else token
        for token in (tokens[at - 1], tokens[at + 1])
    )
    line = (opening, tokens[at].copy(children=list(rest)), closing) if words[start:] else ()
    kept = (*tokens[: at - 1], *line, *tokens[at + 2 :])
    below = [Block(run) for run in balanced(kept)]
    return [*below, *answer[1:]] or answer


def _only_item(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """What is in a list of one item; the tokens themselves if they are something else."""
    if tokens[0].type not in LISTS or len(list(balanced(tokens[1:-1]))) > 1:
        return tokens
    return tuple(shown(tokens[2:-2]))


def without_button(token: Token) -> Token:
    """Without the button "Answer": on the back of a card nobody wants to ask a second time."""
    content = token.content
    for details, summary in reversed(list(summaries(content))):
        if details and "open" not in details.attributes and is_button(summary.text):
            opened = f"{details.source[:-1]} open>"
            content = content[: details.start] + opened + content[details.end :]
    return token if content == token.content else token.copy(content=content)


def hidden_below_list(body: Sequence[Block]) -> tuple[int, str]:
    """Where a toggle below a list is the last of a question, and its name; 0 for none.

    A sentence may be in between: "Choose two."
    """
    at = next((at for at, block in enumerate(body) if block.depth > 0), 0)
    over = at - 2 if at > 1 and is_prose(body[at - 1]) else at - 1
    if not at or body[over].type not in LISTS:
        return 0, ""
    name = next((button.text for _, button in summaries(body[at].tokens[0].content)), "")
    depths = enumerate(accumulate(block.depth for block in body[at:]), at)
    end = next((below for below, depth in depths if depth <= 0), len(body))
    if asks(name) or gives_away(name) or not all(map(is_filler, body[end + 1 :])):
        return 0, ""
    return at, normal(name)


def _headed_answer(body: Sequence[Block]) -> int:
    """Where `### Strong answer` is below `### Scenario` and `### Question` on top; 0 if not."""
    heads = [(at, block.heading) for at, block in enumerate(body) if block.heading]
    rest = dropwhile(lambda head: _heads_what_is_asked(head[1]), heads)
    at, title = next(rest, (0, None))
    is_on_top = bool(heads) and heads[0][0] == 0
    if not title or not is_on_top:
        return 0
    named = len(title.name.split()) <= FEW_WORDS and names_answers(title.name)
    return at if named or heads_answer(title.name) else 0


def _heads_what_is_asked(title: Title) -> bool:
    is_label = title.read.dialect is HEADED or says_question(title.name)
    return is_label or TASK.match(title.name)


FEW_WORDS = 5  # of a heading that names the answer
SEVERAL = 3  # questions whose answers a toggle hides
FEW_LABELS = 0.25  # of the answers: a smaller share heads a part of these, that says what helps


def stem_and_answer(
    body: list[Block], asked: int = 0, *, in_lists: bool = False, hides: bool = False
) -> tuple[list[Block], list[Block]]:
    """Part the code and the options of a question from its answer.

    They reach down to the label of the answer ("Answer: B", a <details>), or to options of which
    some are ticked or bold. From the first options with numbers or marks, or code with mark-up,
    they are in the answer too, which speaks of them; on the front none is ticked or bold.
    """
    words = [*map(opening_words, body), ""]
    labels = (at for at, said in enumerate(words) if says_answer(said))
    label = next((at for at in labels if not _is_option(words[at], words[at + 1])), 0)
    if not label:
        label = _told_below_options(body, words)
    label = next((at for at, said in enumerate(words[:label]) if gives_away(said)), label)
    headings = (block.heading for block in body[:label])
    if any(heading and not TASK.match(heading.name) for heading in headings):
        label = 0
    label = _headed_answer(body) or label
    ticked = next((at for at, block in enumerate(body) if has_ticked_box(block)), len(body))
    keyed = next((at for at, block in enumerate(body) if block.keyed), 0)
    if not label and keyed:
        label = keyed
    elif not label and hides:
        label = hidden_below_list(body)[0]
    elif not label and ticked < len(body) and all(map(_is_code, body[:ticked])):
        label = ticked + 1
    marked = marked_options(body, in_lists=in_lists)
    if not label and all(_is_code(block) or is_prose(block) for block in body[: marked.start]):
        label = marked.stop
    if asked and label <= asked:
        return body[:asked], body[asked:]
    stem = body[:label]
    repeated = (at for at, block in enumerate(stem) if at in marked or _is_repeated(block))
    front = [
        unmarked(block) if at in marked or has_ticked_box(block) else block
        for at, block in enumerate(stem)
    ]
    return front, body[next(repeated, label) :]


def _told_below_options(body: Sequence[Block], words: Sequence[str]) -> int:
    """The position of a line such as `=> B` below options; 0 for none."""
    told = next((at for at, said in enumerate(words) if tells_option(said)), 0)
    above = (token for block in body[:told] for token in block.tokens)
    return told if told and offers_several(above) else 0


def _is_option(words: str, below: str) -> bool:
    """Whether `A. X` is no answer but an option: `B. Y` follows."""
    return bool(OPTION_A.match(words) and OPTION_B.search(f"{words}\n{below}"))


OPTION_A = re.compile(r"\W*a\s*[.:：]", re.IGNORECASE)
OPTION_B = re.compile(r"^\W*b\s*[.:：]", re.IGNORECASE | re.MULTILINE)


def _is_code(block: Block) -> bool:
    return block.type in ("fence", "code_block")


def is_prose(block: Block) -> bool:
    """Whether a block is a paragraph."""
    return block.type == "paragraph_open"


def says_more(title: Title, stem: Sequence[Block]) -> bool:
    """Whether a title asks all, and what stands above the label of an answer answers it already.

    `## Why does it leak?`, a sentence or two on that, and `**Solution:**`; no options, nor a task.
    """
    below = stem[title.asked :]
    if not below or not title.name.rstrip().endswith(QUESTION_MARKS) or below[-1].keyed:
        return False
    if not is_remark(below[0]) or not is_sentence(opening_words(below[0])):
        return False
    said = chain.from_iterable(sentences(opening_words(block)) for block in below)
    return not any(map(demands, said)) and not any(offers_several(it.tokens) for it in below)


def is_remark(block: Block) -> bool:
    """Whether a paragraph above an answer is neither code nor options, which its label is about."""
    return is_prose(block) and not any(map(OFFER.match, opening_words(block).split("\n")))


def _is_repeated(block: Block) -> bool:
    if block.type == "ordered_list_open" or has_ticked_box(block):
        return True
    marked = (token.content for token in block.tokens if "<" in token.content)
    return any(any(tags(content)) for content in marked)  # `<li key={it}>`
