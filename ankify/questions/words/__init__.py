"""The words that tell questions, answers and other headings apart, in many languages.

The words themselves are in `languages/`, one file a language; here they become predicates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from ankify.questions.words.patterns import (
    UNSPACED,
    Headings,
    Openings,
    Pattern,
    any_of,
    each_of,
    is_run,
    normal,
    phrases,
    word_set,
    words_of,
)

__all__ = [
    "BACK_TO_TOP",
    "CHAPTER_TITLE",
    "CONTENTS",
    "FOLLOW_UPS",
    "NO_QUESTION",
    "QUESTION_LABEL",
    "QUESTION_MARKS",
    "QUIZ",
    "STEPS_BELOW",
    "TASK",
    "asks",
    "asks_for_answer",
    "asks_in_full",
    "bare",
    "demands",
    "east_asian",
    "exercise",
    "gives_away",
    "is_button",
    "is_placeholder",
    "is_question_label",
    "is_sentence",
    "is_step",
    "is_verdict",
    "label",
    "label_end",
    "names_answers",
    "names_other_paper",
    "names_questions",
    "normal",
    "only_labels",
    "only_points",
    "says_answer",
    "says_key",
    "sentences",
    "title_end",
]

QUESTION_MARKS = ("?", "？", "؟")

# -- labels of questions ---------------------------------------------------------------------------


@cache
def label() -> str:
    """The label of a question, `Q` or `Interview question`, as a regular expression."""
    return f"(?:{each_of(phrases('question_qualifiers'))}){{0,3}}{any_of(phrases('question'))}"


@cache
def exercise() -> str:
    """The label of much else, too: it counts only where titles ask or answers have a label."""
    return any_of(phrases("exercise"))


# `Q: X`, `Q:- X`, `Q - X`, `Q (easy): X`; a number is what it lacks. `questions.json` is a file.
QUESTION_LABEL = Pattern(
    lambda: (
        rf"(?:(?P<open>[\[【])\s*|\W*)(?:{label()})\s*(?P<number>)"
        r"(?:[(\[（][^()\[\]（）\n]{1,30}[)\]）](?=[:：]))?"
        r"(?(open)[\]】][:：.]?|(?:(?:\.\s*)?[:：](?:[-–—](?=\s))?|\.(?!(?-i:[a-z]))"
        r"|(?<=q )[-–—]\s))\s*(?=\S)"
    )
)


def is_question_label(words: str) -> bool:
    """Whether words are the label of a question and nothing else: `**Question**`, `### 题目`."""
    text = " ".join(words_of(words.lower()))
    return is_run(text, word_set("question_qualifiers"), word_set("question", "exercise"))


NUMBERS = re.compile(r"\d+(?:[.,]\d+)?")


def only_points(line: str) -> bool:
    """Whether a line only says what a question is worth: `1 out of 1 points`, `(2 Punkte)`."""
    words, numbers = NUMBERS.subn(" ", line.lower())
    return numbers > 0 and word_set("points").issuperset(words_of(words) or "-")


def names_questions(name: str) -> bool:
    """Whether the name of a file or a heading says that there are questions: "Questions on X".

    Also as the first part of a word: German "Fragenkatalog", "QuestionsM1".
    """
    words = words_of(name.lower().replace("_", " ").replace("-", " "))
    return not word_set("question").isdisjoint(words) or any(map(_QUESTIONS_FIRST.match, words))


_QUESTIONS_FIRST = Pattern(
    lambda: any_of(sorted(word for word in word_set("question") if len(word) >= _LONG))
)
_LONG = 6  # letters: shorter ones begin other words, too


def names_answers(name: str) -> bool:
    """Whether the name of a file says that there are answers; of a single letter it does not."""
    words = words_of(name.lower().replace("_", " ").replace("-", " "))
    return any(len(word) > 1 and word in word_set("answer") for word in words)


# -- labels of answers -----------------------------------------------------------------------------

# What may be a label with what shows that it is one: `Answer: X`, `[Answer]`, `Answer (short): X`,
# `Ans- X`.
COLONS = ":：\u0983"  # in Bengali a letter that looks like one is often written for it
MARKS = "\u0300-\u036f\u064b-\u0652\u0900-\u0dff\u0e31-\u0e4e"  # vowel signs, to Python no letters
LABELLED = re.compile(
    rf"""\W*(?P<label>[^\n{COLONS}.\]】()（）–—]{{1,60}})
    (?P<end>(?:\.\s*)?(?:[(（][^()（）\n]{{1,40}}[)）]\s*)?[\]】{COLONS}–—]
      | -[>\s] | \.(?P<dotted>\s*\S)? | (?:[(（][^()（）\n]*[)）])?[^\w{MARKS}\n]*(?:$|\n))""",
    re.VERBOSE,
)
BEHIND = re.compile(rf"[^\w{MARKS}'’]+(?:\s-\s.*)?$|\s*-[>\s].*$")  # `Answer **`, `Answer - it is`
DASHED = re.compile(r"\s*-(?:>\s*|\s+)(?=\S)")
COLON_DASH = re.compile(r"(?<=[:：])[-–—](?=\s)")  # `Ans:- X`
NUMBER = re.compile(r"\s*#?\d{1,4}$")
SPACES = re.compile(r"\s")  # `R : X` is written with one that does not break


LETTERS = re.compile(r"\W*(\w[^\W\d_])")  # the first two of a label, if there are two


@lru_cache(4096)
def _is_label(words: str, *, buttons: bool = False) -> bool:
    letters = LETTERS.match(words)
    if letters and letters[1].lower() not in _label_heads():
        return _is_compound(words)
    return _is_answer(LABELLED.match(words), buttons) or _is_compound(words)


def _is_compound(words: str) -> bool:
    """Whether one side of `Answer/Experience:` is the label of an answer, and none of a question.

    The first, or one of several words: "request/response" has such a word, too, in many languages.
    Without a colon it is a path, `src/solution`.
    """
    found = LABELLED.match(words) if "/" in words[:LONGEST_LABEL] else None
    if not found or "/" not in found["label"] or found["end"][-1:] not in {*COLONS}:
        return False
    sides = [side.strip() for side in found["label"].split("/")]
    sure = (side for at, side in enumerate(sides) if (" " in side or not at) and len(side) > 1)
    labels = any(_is_answer(LABELLED.match(side), buttons=False) for side in sure)
    return labels and not any(map(is_question_label, sides))


LONGEST_LABEL = 60


def _is_answer(found: re.Match[str] | None, buttons: bool) -> bool:
    head = found["label"][:2].lower().rstrip("0123456789") if found else ""
    if not found or SPACES.sub(" ", head) not in _label_heads():
        return False
    text = " ".join(BEHIND.sub("", found["label"]).replace("’", "'").lower().split())
    opening = ("press", "buttons") if buttons else ()
    first = word_set("answer_qualifiers", "press", *opening, *(["answer"] if buttons else []))
    last = word_set("answer", *opening)
    if is_run(text, first, last):
        return True
    if text[-1:].isdecimal() and not found["end"].startswith("."):
        text = NUMBER.sub("", text)  # `Answer 3: X`
    end = ":" if found["end"][-1:] in {*COLONS} else "." if found["dotted"] else ""
    return is_run(text, first, last) or (bool(end) and is_run(f"{text}{end}", first, last))


@cache
def _label_heads() -> frozenset[str]:
    """The first two letters of all labels, to be quick about all other lines."""
    words = phrases("answer", "answer_qualifiers", "press", "buttons")
    return frozenset(word[:2].rstrip(":.") for word in words) | {word[0] + " " for word in words}


def says_answer(words: str) -> bool:
    """Whether a line is, or begins with, a label that says "here is the answer"."""
    return bool(words) and _is_label(words.split("\n", 1)[0])


def begins_as_answer(word: str) -> bool:
    """Whether a word is the label of an answer, or put together with one: "Antwortschlüssel"."""
    least = SHORTEST if word.casefold() != word.upper() else 2
    return any(_is_label(f"{word[:end]}:") for end in range(least, min(len(word), LONGEST) + 1))


SHORTEST, LONGEST = 4, 12  # letters of a label; of a script without capitals two are enough


def only_labels(words: str) -> bool:
    """Whether a text is the label of an answer and nothing else."""
    return _is_label(words) and not normal(words[label_end(words) :])


def label_end(words: str) -> int:
    """Where what looks like a label at the beginning of a text ends; 0 without one."""
    found = LABELLED.match(words)
    if not found:
        return 0
    dash = DASHED.search(words, found.start("label"), found.end())
    if dash or found["dotted"]:
        return dash.end() if dash else found.start("dotted")
    return found.end() + bool(COLON_DASH.match(words, found.end()))


def is_button(words: str) -> bool:
    """Whether a <summary> only labels a button ("Show more"), instead of asking something."""
    return _is_label(words, buttons=True)


def says_key(line: str) -> bool:
    """Whether a line begins with the label of an answer, of more than a letter: `Answer: B`."""
    if ":" not in line and "：" not in line:
        return False
    found = LABELLED.match(line)
    if not found or found["end"][-1:] not in (":", "：") or len(found["label"].strip()) < 2:
        return False
    return _is_answer(found, buttons=False)


TASK = Headings("task_headings")  # what is below them still belongs to what is asked
HINTS = Headings("gives_away")


def gives_away(words: str) -> bool:
    """Whether a part belongs to the answer, although it precedes the label of the answer."""
    head = re.match(r"[^:：]{1,60}(?=[:：]|\s*$)", words)
    return bool(head) and HINTS.match(head[0] if head else "")


# What may end a title in the same paragraph: `Q: X? A: Y`, or a line below with an option.
TITLE_END = re.compile(
    rf"(?:\n\W*|(?<=[?？؟.。!])\s+)(?=(?P<label>[^\n{COLONS}]{{1,60}}[{COLONS}]))|\n\W*[a1][.)、]\s",
    re.IGNORECASE,
)


def title_end(words: str, at: int = 0) -> int | None:
    """Where a title ends because the label of its answer, or an option, follows."""
    for found in TITLE_END.finditer(words, at):
        if found["label"] is None or _is_label(found["label"]):
            return found.start()
    return None


# -- does a title ask? -----------------------------------------------------------------------------

OPENINGS = Openings("question_words", "requests")
NO_OPENINGS = Openings("not_asks")
GAP = re.compile(r"（\s*）|_{3,}")  # to be filled in
LONE_WORD = re.compile(r"[a-z]+")
BARE = re.compile(rf"(?:_|[^\w{MARKS}])*+(.*(?:[^\W_]|[{MARKS}]))", re.DOTALL)


def bare(text: str) -> str:
    """A text from its first to its last letter or digit."""
    found = BARE.match(text)
    return found[1] if found else ""


@lru_cache(4096)
def asks(title: str) -> bool:
    """Whether a title reads as a question or a task."""
    if any(mark in title for mark in QUESTION_MARKS) or GAP.search(title):
        return True
    text = bare(title.lower())
    if text[1:2] in (".", ")"):  # `a) Explain X`
        text = text[2:].lstrip()
    words = words_of(text)
    first = OPENINGS.match(text, words)
    if first and not NO_OPENINGS.match(text, words) and not _is_noun(first, words, text):
        return True
    return _asks_within(text, words) or text.endswith(_last())


REQUESTS = Openings("requests")
ITEM = re.compile(r"\W*(?:[a-z]|\d{1,2})[.)]\s+")


SHOUTED = re.compile(r"\W*[A-Z]{4,}\b.*[a-z]")  # `SELECT name`, a request to a database


def _without_item(sentence: str) -> str:
    """A sentence without the letter or number of a list in front."""
    found = ITEM.match(sentence)
    return sentence[found.end() :] if found else sentence


def demands(sentence: str) -> bool:
    """Whether a sentence surely asks: it ends in a question mark, or opens with a request."""
    if sentence.rstrip(' *_`"”»)').endswith(QUESTION_MARKS):
        return True
    if SHOUTED.match(sentence):
        return False
    text = bare(_without_item(sentence.lower()))
    return bool(REQUESTS.match(text, words_of(text)))


def asks_in_full(title: str) -> bool:
    """Whether a title without a mark is a whole request: "Explain how X works", "Describe the X".

    "Design rules", "State functions" and "How to X" may head any text.
    """
    text = bare(title.lower())
    words = words_of(text)
    request = REQUESTS.match(text, words)
    below = words[len(words_of(request)) :][:1] if request else []
    return bool(below) and below[0] in word_set("question_words", "articles")


# `a. Explain X. b. Why?`: behind a mark, but not behind that of an item
SENTENCE_ENDS = re.compile(r"\n|(?<=[.。！!?？؟])(?<!\b\w\.)\s+|(?<=[。！？])")


def sentences(text: str) -> Iterator[str]:
    """The sentences and lines of a text, one by one: mostly the first is enough."""
    start = 0
    for gap in SENTENCE_ENDS.finditer(text):
        yield text[start : gap.start()]
        start = gap.end()
    yield text[start:]


@cache
def east_asian() -> re.Pattern[str]:
    """A letter of Han, kana or hangul."""
    return re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")  # such ranges compile slowly


def _is_noun(first: str, words: list[str], text: str) -> bool:
    """Whether the English word in front is none that asks: "List", "State 模式"."""
    if not LONE_WORD.fullmatch(first):
        return False
    return len(words) == 1 or (not text.isascii() and bool(east_asian().search(text)))


def _asks_within(text: str, words: list[str]) -> bool:
    line = f" {' '.join(words)} "
    if not _lone_words().isdisjoint(words) or any(phrase in line for phrase in _several_words()):
        return True
    return not text.isascii() and any(
        _is_meant(text, found[0]) for found in WORD_PARTS.compiled.finditer(text)
    )


def _is_meant(text: str, phrase: str) -> bool:
    """Whether a phrase occurs, and not only as the beginning of something else."""
    others = [other for other in phrases("not_asks") if other.startswith(phrase)]
    return not others or text.count(phrase) > sum(map(text.count, others))


@cache
def _lone_words() -> frozenset[str]:
    return frozenset(_whole_words()) - set(_several_words())


@cache
def _several_words() -> tuple[str, ...]:
    return tuple(f" {word} " for word in _whole_words() if " " in word)


def _whole_words() -> list[str]:
    found = (word for word in phrases("asks_within") if not _is_part(word))
    return [" ".join(words_of(word)) for word in found]


WORD_PARTS = Pattern(lambda: any_of(w.strip("*") for w in phrases("asks_within") if _is_part(w)))


def _is_part(word: str) -> bool:
    return "*" in word or bool(UNSPACED.match(word[-1]))


@cache
def _last() -> tuple[str, ...]:
    return phrases("asks_last")


# -- other headings --------------------------------------------------------------------------------

DATE = re.compile(
    r"^\W*(?:released?\W+)?(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]*"
    r"\.?\s\d{1,2},?\s\d{4}\W*$",
    re.IGNORECASE,
)


class _NoQuestion(Headings):
    """Headings no reader takes for a question, whatever their number; dates of releases, too."""

    def match(self, title: str) -> bool:
        return super().match(title) or bool(DATE.match(title))


NO_QUESTION = _NoQuestion("sections")
QUIZ = Headings("quiz", "quiz_qualifiers")  # a part of a text that holds the questions on it
FOLLOW_UPS = Headings("follow_ups", "quiz_qualifiers")  # below the question that they follow
CONTENTS = Headings("contents")


AND = re.compile("[和与及與]")


class _Chapters(Headings):
    """Titles of a text in chapters rather than of questions."""

    def match(self, title: str) -> bool:
        words = AND.sub("", normal(title))
        subjects, objects = word_set("chapter_subjects"), word_set("chapter_objects")
        if super().match(title) or is_run(words, subjects, objects, 2):
            return True
        head = COLON.split(title, maxsplit=1)[0]  # `Introduction: how the web came to be`
        return head != title and super().match(head)


COLON = re.compile(r"[:：]")
CHAPTER_TITLE = _Chapters("chapters")
STEPS = Openings("steps")


def is_step(title: str) -> bool:
    """Whether a title says what to do, as one of several steps, and has no question mark."""
    text = bare(title.lower())
    asked = any(mark in title for mark in QUESTION_MARKS)
    return not asked and bool(STEPS.match(text, words_of(text)))


STEPS_BELOW = Headings("step_headings")  # "Procedure": what is numbered below is to be done
PAPERS = Headings("other_papers")
PAPER_WORDS = 4  # of what a title may end with: "Code of Conduct"


def names_other_paper(title: str) -> bool:
    """Whether a title ends as that of a change log or licence, or begins as one.

    A file with such a title holds no questions, however its headings are numbered.
    """
    words = words_of(title.lower())
    ends = (" ".join(words[at:]) for at in range(max(len(words) - PAPER_WORDS, 0), len(words)))
    firsts = tuple(f"{word} " for word in phrases("other_papers_first"))
    return any(map(PAPERS.match, ends)) or " ".join(words).startswith(firsts)


# -- text that answers nothing ---------------------------------------------------------------------

BACK_TO_TOP = Headings("top")


JAMO = re.compile("[\u3131-\u3163 ]+")  # ㅁㄴㅇㄹ: keys that make no syllable


PLACEHOLDER = 80  # characters: more say something


def is_placeholder(words: str) -> bool:
    """Whether words stand for an answer that is not written yet, `TODO`, or are nothing at all."""
    if len(words) > PLACEHOLDER:
        return False
    text = " ".join(bare(words.lower()).split())
    if not text or text in word_set("placeholders", "write_here") or JAMO.fullmatch(text):
        return True
    # 空 may as well be the answer; （空） is not
    return words.strip()[:1] in tuple("(（[【") and f"({text})" in word_set("placeholders")


def asks_for_answer(words: str) -> bool:
    """Whether a text is a form's "Write your answer here", below what is asked."""
    is_short = len(words) <= PLACEHOLDER
    return is_short and " ".join(bare(words.lower()).split()) in word_set("write_here")


SENTENCE = re.compile(r"[.!。！]\W*$")


def is_sentence(words: str) -> bool:
    """Whether what follows a bold title is an answer: "Yes.", "In one step."."""
    if SENTENCE.search(words):
        return True
    first = words_of(words.lower())[:1]
    return bool(first) and first[0] in word_set("yes_no")


VERDICT_END = re.compile(r"\s*[.,;:!()–—。，；：！（）\n]|\s-\s")  # `True, because X`
LONGEST_VERDICT = 20  # letters: "stimmt nicht" is one of the longest


def is_verdict(words: str) -> bool:
    """Whether a text is, or begins with, what is said of a statement: "True.", "No, it is X"."""
    first = VERDICT_END.split(words[:LONGEST_VERDICT].lstrip(" (（"), maxsplit=1)[0].rstrip()
    return first.lower() in word_set("yes_no", "true_false")
