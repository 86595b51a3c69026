"""Verdicts on groups of titles: ordered tables of named grounds, of which the first decides.

Each ground has a name, a test, and a reason that a reader can check in the note file. To see which
one decided: `ankify list --why`. docs/dialects.md says the same in prose.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Generic, NamedTuple, TypeVar

from ankify.questions import thresholds as limit
from ankify.questions.answers import opening_words
from ankify.questions.documents import is_chapter_parts, is_dated, is_documentation
from ankify.questions.evidence import FileIndex, Group, Nesting, share
from ankify.questions.numbers import LETTER
from ankify.questions.options import OFFER
from ankify.questions.styles import HEADLINES, WEAK, style_of
from ankify.questions.titles import HEADINGS, Kind, Title
from ankify.questions.words import (
    QUESTION_MARKS,
    QUIZ,
    STEPS_BELOW,
    asks,
    gives_away,
    is_step,
    names_other_paper,
    names_questions,
    says_answer,
)
from ankify.reading.inline import cut, visible

Judged = TypeVar("Judged", Group, Nesting)
ITEMS = (Kind.ITEM, Kind.ITEM_BOLD)
EMPHASIS = (Kind.ITEM_LINK, Kind.ITEM)  # without a number too plain to be a question


class Reason(NamedTuple):
    """Why a group is what it is: `reason` is said of "they", its titles."""

    name: str
    reason: str


class Ground(NamedTuple, Generic[Judged]):
    """A reason for or against, with the test of whether it applies."""

    name: str
    accepts: bool
    applies: Callable[[Judged], bool]
    reason: str


def is_other_paper(file: FileIndex) -> bool:
    """Whether the first heading says that versions or clauses are numbered here.

    "History" is a subject, too: then its questions ask.
    """
    first = file.headings[:1]
    if not first or not names_other_paper(file.titles[first[0]].name):
        return False
    return not any(group.share_asking >= limit.MOST_ASK for group in file.numbered.values())


# -- is it a group of questions? -------------------------------------------------------------------


def judge(group: Group) -> Ground[Group]:
    """Give the ground on which a reader would take a group for questions, or would not."""
    return next(ground for ground in GROUNDS if ground.applies(group))


def is_plausible(group: Group) -> bool:
    """Whether a reader would take a group for questions."""
    return judge(group).accepts


def is_minor(group: Group) -> bool:
    """The titles number something in a part of the file, as a README does."""
    if group.is_labelled or group.share_asking >= limit.HARDLY_ANY_ASK:
        return False
    if group.first.kind in WEAK and group.share_solved >= limit.NEARLY_ALL_ASK:
        return False
    return group.coverage < limit.MINOR_PART or is_exception(group)


def is_exception(group: Group) -> bool:
    """Most headings of this level have no number, and these number the parts of one of them."""
    kind, level = group.first.kind, group.first.level
    loose = (len(g) for s, g in group.file.unnumbered.items() if (s.kind, s.level) == (kind, level))
    few = sum(loose) >= limit.EXCEPTION * len(group)
    return kind in HEADINGS and few and group.coverage < limit.MOST


def is_title_of_file(group: Group) -> bool:
    """The only `#` heading, above all else, is the title of the file, if it has a number, too.

    Not `# Question 3`, if all below it is what is asked and one answer with a label.
    """
    file, title = group.file, group.first
    if title.read.is_labelled and title.borrowed and file.has_one_answer(*group.spans[0]):
        return False
    if title.level != 1 or [*group] != file.headings[:1] or len(file.headings) == 1:
        return False
    alone = all(file.titles[at].level != 1 for at in file.headings[1:])
    return alone and (not file.asks(group[0]) or _is_record(group))


def _is_record(group: Group) -> bool:
    """`# 7. Implement X` has "Status" and "Consequences" below, as a record of a decision has."""
    file, title = group.file, group.first
    parts = file.group(file.headings[1:])
    return not title.name.endswith(QUESTION_MARKS) and parts.share_of_chapters >= limit.MOST


def is_stray(group: Group) -> bool:
    """The only number is one that counts something else: `3 ways to do it`, `Exam 202`.

    A number alone names the file if several paragraphs below it ask.
    """
    if len(group) != 1:
        return False
    bare = bool(group.first.borrowed) and not group.is_labelled
    return group.first.has_spaced_number or (bare and _asks_several(group))


def _asks_several(group: Group) -> bool:
    blocks = group.file.flow.blocks[slice(*group.spans[0])]
    texts = (block.tokens[1] for block in blocks if block.type == "paragraph_open")
    asking = (text.words.rstrip("*_ \n").endswith(QUESTION_MARKS) for text in texts)
    return sum(asking) >= limit.COUNTED_TITLES


def _is_emphasis(group: Group) -> bool:
    """Bold text or list items that do not ask, or ask with nothing below."""
    if group.first.kind not in WEAK:
        return False
    # `1. **Mistake:** X` again and again is a remark, though "Solution: Y" is below.
    is_remark = group.first.kind in ITEMS and repeats(group)
    share_sure = group.share_asking if is_remark else max(group.share_asking, group.share_solved)
    asks = len(group) > 1 and (share_sure >= limit.MOST_PLAIN_ASK or group.is_test)
    asks_enough = group.is_labelled or asks or group.names_terms or is_catalogue(group)
    return not asks_enough or (group.share_answered < limit.MOST and not _is_half_done(group))


def _is_half_done(group: Group) -> bool:
    """Nearly all paragraphs ask, and several have an answer, or many plain ones: the rest waits.

    Items of a list are a checklist then.
    """
    kinds = {Kind.BOLD: limit.COUNTED_TITLES, Kind.TEXT: limit.LONG_RUN}
    enough = kinds.get(group.first.kind)
    surely = enough and group.share_asking >= limit.NEARLY_ALL_ASK
    return bool(surely and enough and len(group.answered) >= enough)


def is_catalogue(group: Group) -> bool:
    """Whether this is a long list of topics in bold, and nearly all of a file on questions.

    Where a file is named for its answers, the topics are phrases: `3. **B. Owl**` is of a key.
    """
    if group.first.kind not in (Kind.ITEM_BOLD, Kind.BOLD) or len(group) < limit.LONG_RUN:
        return False
    named = group.file.names_questions or (
        group.file.is_named_for_answers
        and group.share_of_statements >= limit.MOST_PLAIN_ASK
        and not any(OFFER.match(title.name) for title in group.titles)
    )
    return named and group.covers(limit.COVERING_ALL)


def is_only_catalogue(group: Group) -> bool:
    """Whether a file on questions has no other titles than this catalogue, but its own."""
    return len(group.file.headings) <= 1 and is_catalogue(group) and not repeats(group)


def _is_other_exercise(group: Group) -> bool:
    """`Problem 1: X`, `Task 2`: they count where they ask, or the answers have a label."""
    exercise = style_of(group.first).family == "exercise"
    return exercise and max(group.share_asking, group.share_solved) < limit.MOST_ASK


def _is_key(group: Group) -> bool:
    """Titles that are numbers alone have nothing but an answer below: the test is elsewhere."""
    if group.first.kind not in HEADINGS or len(group) < limit.COUNTED_TITLES:
        return False
    if not group.is_labelled:
        return False
    least = limit.NEARLY_ALL_ASK * len(group)
    bare = [(at, end) for at, end in group.spans if _is_number_alone(group.file.titles[at])]
    return len(bare) >= least and sum(_opens_answer(group.file, *it) for it in bare) >= least


def _is_number_alone(title: Title) -> bool:
    return not visible(cut(title.whole, title.read.start)).strip()


def _opens_answer(file: FileIndex, start: int, end: int) -> bool:
    """Whether the first paragraph below opens with the label of an answer, or the right letter."""
    words = [opening_words(block) for block in file.flow.blocks[start + 1 : min(end, start + 3)]]
    lines = "\n".join(words).split("\n")
    letters = [bool(OFFER.match(line)) for line in lines]
    return says_answer(lines[0]) or gives_away(lines[0]) or (letters[0] and sum(letters) == 1)


def _are_coded(group: Group) -> bool:
    """`R1. X` to `R20. Y`: in a file that says so they are questions, else requirements."""
    codes = (
        title.read.dialect is LETTER and len(title.read.number or "") > 1 for title in group.titles
    )
    return all(codes) and _asks_little(group) and not group.file.names_questions


def _is_to_do(group: Group) -> bool:
    """The titles say what to do: "Install it", "Run it"; or a heading "Steps" says it of them."""
    steps = share(is_step(title.name) for title in group.titles)
    return steps > limit.MOST or _is_procedure(group)


def _is_procedure(group: Group) -> bool:
    """All headings are below "Steps" or the like, and none of them has a question mark."""
    if group.first.kind not in HEADINGS or group.share_with_question_mark:
        return False
    above = (group.file.parents.get(at) for at in group)
    return all(title is not None and STEPS_BELOW.match(title.name) for title in above)


def _leads_elsewhere(group: Group) -> bool:
    """The titles lead to other note files: `### 3. [Trees](trees.md)`."""
    return group.share_leading_away > limit.MOST


def _asks_little(group: Group) -> bool:
    return group.share_asking < limit.MOST_ASK


def _is_hollow(group: Group) -> bool:
    """Most of what is below the titles is links, or lists of further questions."""
    return (
        _asks_little(group)
        and group.hollow_places >= limit.HOLLOW_PLACES
        and group.share_hollow > limit.HOLLOW
    )


def _is_counted_through(group: Group) -> bool:
    """Items below most titles are counted on from one title to the next, 1 to 5 and 6 to 9.

    Steps of an answer begin at 1: what is counted so is asked, and the titles are its sections.
    """
    if group.first.kind not in HEADINGS or not _asks_little(group):
        return False
    runs = [numbers for span in group.spans if (numbers := group.file.item_numbers(*span))]
    goes_on = [above[-1] + 1 == below[0] for above, below in pairwise(runs)]
    return len(runs) >= limit.MOST * len(group) and share(goes_on) > limit.MOST


def _is_steps(group: Group) -> bool:
    """The titles are numbered steps in the answers to un-numbered questions."""
    if not _asks_little(group):
        return False
    above = map(group.file.parents.get, group.positions)
    asked = (t and not t.read.number and asks(t.name) and not QUIZ.match(t.name) for t in above)
    return share(map(bool, asked)) >= limit.MOST


def _is_in_few_answers(group: Group) -> bool:
    """They are inside of few of the answers to headings, or toggles, that ask without a number.

    A section may have a name that asks, but has nothing of its own above its questions.
    """
    return any(_hold_in_few(outer, group) for outer in group.file.unnumbered.values())


def _hold_in_few(outer: Group, group: Group) -> bool:
    if outer.first.kind not in HEADLINES or len(outer) < limit.OUTWEIGHS:
        return False
    if outer.share_asking < limit.NEARLY_ALL_ASK:
        return False
    file, folded = outer.file, outer.first.kind is Kind.SUMMARY
    above = file.parent_positions
    if not folded and not all(above.get(at, -1) in outer for at in group):
        return False  # they have a section of their own there
    held = [(at, inside) for at, end in outer.answer_spans if (inside := group.within(at, end))]
    return (
        sum(len(inside) for _, inside in held) == len(group)
        and len(outer) >= limit.OUTWEIGHS * len(held)
        and (folded or all(file.is_answered(at, inside[0]) for at, inside in held))
    )


def _is_chapters(group: Group) -> bool:
    """The titles are chapters of a text: "Introduction", "Methods", "Results"."""
    alike = group.file.by_style[style_of(group.first)]
    return _asks_little(group) and alike.share_of_chapters > limit.CHAPTERS


def _is_parts_of_one(group: Group) -> bool:
    """The file is one question: its title has a question mark, and few of these have one."""
    if group.share_with_question_mark >= limit.MOST_ASK:
        return False
    above = map(group.file.parents.get, group.positions)
    names = {title.name for title in above if title and title.level == 1}
    return len(names) == 1 and names.pop().endswith(QUESTION_MARKS)


def _restarts(group: Group) -> bool:
    """Numbers begin again and again, each time for a few titles, as steps do."""
    if group.share_asking >= limit.HARDLY_ANY_ASK or group.share_listed >= limit.MOST:
        return False  # a table of contents names questions, not steps
    in_short_runs = sum(run for run in group.runs if run < limit.SECTION_RUN) / len(group)
    return len(group.runs) > limit.RESTARTS and in_short_runs > limit.MOST


def _is_book(group: Group) -> bool:
    """Most of the titles hold two or more without a number: they are chapters, or parts.

    The titles of chapters are short; the topics of an examination are phrases.
    """
    if group.share_asking >= limit.HARDLY_ANY_ASK or group.share_of_statements > limit.MOST:
        return False
    loose = group.file.loose_headings
    held = (len(loose.within(*span)) for span in group.spans)
    parts = share(count >= limit.PARTS_OF_A_CHAPTER for count in held)
    return parts > limit.MOST and not repeats(loose)


def repeats(group: Group) -> bool:
    """Titles that come again and again ("Definition", "Cost") are parts of answers."""
    return group.share_different < limit.DIFFERENT


GROUNDS: tuple[Ground[Group], ...] = (
    Ground(
        "emphasis",
        False,
        _is_emphasis,
        "are bold text or list items, of which too few ask, or too few have an answer",
    ),
    Ground("dates", False, is_dated, "are dates or versions"),
    Ground("key", False, _is_key, "are numbers with answers below, as in the key to a test"),
    Ground("labelled", True, lambda group: group.is_labelled, "have a label of questions"),
    Ground(
        "exercises",
        False,
        _is_other_exercise,
        "have a label of exercises, and few ask or have an answer with a label",
    ),
    Ground("count", False, is_stray, "have a number that counts something else"),
    Ground("to-do", False, _is_to_do, "look like things to do, one after the other"),
    Ground("codes", False, _are_coded, "have codes for numbers, and do not ask"),
    Ground("elsewhere", False, _leads_elsewhere, "lead to other note files"),
    Ground("links", False, _is_hollow, "hold little but links, or lists of further questions"),
    Ground(
        "counted-through",
        False,
        _is_counted_through,
        "hold lists that are counted on from one title to the next, as sections do",
    ),
    Ground("steps", False, _is_steps, "are steps below titles without a number that ask"),
    Ground(
        "in-few-answers",
        False,
        _is_in_few_answers,
        "are inside of few of the answers to headings or toggles that ask",
    ),
    Ground("chapters", False, _is_chapters, "look like chapters of a text"),
    Ground(
        "chapter-parts",
        False,
        is_chapter_parts,
        "number the parts of a chapter or a step, and hardly ask",
    ),
    Ground(
        "documentation",
        False,
        is_documentation,
        "do not ask, and several signs say that the file describes something",
    ),
    Ground("one-question", False, _is_parts_of_one, "are parts of the question that is the title"),
    Ground("terms", True, lambda it: it.names_terms, "state something, and a term for it is below"),
    Ground("restarts", False, _restarts, "start from 1 again after a few each time, as steps do"),
    Ground("book", False, _is_book, "hold several titles without a number, as chapters do"),
    Ground("numbered", True, lambda group: True, "are numbered"),
)


TITLE = Reason("file-title", "are the title of the file")
TASKS = Reason("tasks", "have only what is asked further below them, and no answer")
OUTWEIGHED = Reason("outweighed", "are few, beside far more titles that ask")
OUTWEIGHS = Reason("outweighs", "ask, and are far more than the titles around them")
# What the search finds by where a group is, rather than by the group.
MINOR = Reason("minor-part", "do not ask, and number a small part of the file")
IN_CHAPTERS = Reason("in-chapters", "do not ask, and are inside of chapters")
SLIPPED = Reason("one-level-off", "ask, and are all in one of the answers to titles that ask")
LESSON = Reason("lesson", "are chapters of a lesson, and hold the questions on it")
MAIN = Reason("main-question", "ask, with an answer above the section of the other questions")
FOLLOWED = Reason("followed-up", "are the title of the file, which the other questions follow up")
IN_SECTIONS = Reason("in-sections", "are below headings that hold nothing else")
BARE = Reason("bare-sections", "hold nothing but headings, or toggles, without a number that ask")
EXERCISES = Reason("beside-questions", "are exercises, and questions with a label are beside them")
OTHER_LIST = Reason("other-list", "number another list, in another way")
NEVER = Reason("never", "are titles that never are questions")
BESIDE = Reason("beside-numbers", "have no number, and other titles have one")
SOME_ASK = Reason("some-ask", "ask, but too few of them")
INNER_RUN = Reason("inner-run", "begin with 1 again between questions that go on")
OPTIONS = Reason("options", "are below a question, down to its labelled answer")
QUIET = Reason("quiet", "are bold text or list items below headings where none asks")
PLAINER = Reason("plainer", "are bold text or list items, and the questions are not")
GOES_ON = Reason("goes-on", "go on with the numbers of the questions")
OTHER_PART = Reason("other-part", "ask, in another part of the file")
SOLVED = Reason("solved", "ask, or have one labelled answer each, in another part of the file")
AMONG = Reason("among", "ask, among questions with numbers")
ONE_QUESTION = Reason("title", "are the title of a file that is one question")
NAME = Reason("file-name", "are what the file is called, or its only question")
OWN = Reason("at-the-end", "are questions on the one that the file is, below a small part of it")
WITHIN = Reason("in-one-question", "are parts of the one question that the file is")
PAPER = Reason("other-paper", "are in a file that says to be a change log, a licence or the like")
FLASHCARDS = Reason("flashcards", "have a front and a back, marked as flashcards are")
BY_LEVEL = Reason("level", "are on the level that ankify.toml says")
BY_PATTERN = Reason("pattern", "match the pattern in ankify.toml")
BY_COMMENT = Reason("comment", "are below a comment that says so, or tagged as flashcards")
OTHERS_SAID = Reason("settings", "are not what ankify.toml says the questions are")


# -- titles without a number -----------------------------------------------------------------------


def judge_unnumbered(group: Group) -> Ground[Group]:
    """Give the ground on which titles without a number would be questions, or would not."""
    return next(ground for ground in UNNUMBERED_GROUNDS if ground.applies(group))


def _few_ask(group: Group) -> bool:
    """Few of those with an answer ask, and few answers have a label, or `Q: X` has them.

    What `<summary>` hides is an answer where the file says that it is about questions, and
    `- ### Lakes` is a topic to be learned, where nearly all of the file is in such a list, and no
    item says `#card`.
    """
    if group.first.kind is Kind.SUMMARY and group.file.names_questions:
        return False
    if is_only_catalogue(group):
        return False
    topics = group.first.kind is Kind.ITEM_HEADING and group.covers(limit.COVERING_ALL)
    if topics and not group.file.has_card_tags:
        return False
    sections = share(names_questions(title.name) for title in group.titles)  # "Mixed Questions"
    is_said = not group.file.has_labels and sections < limit.MOST
    solved = group.share_with_one_answer if is_said else 0.0
    covers = group.first.kind in HEADLINES and group.coverage >= limit.COVERING_ALL
    enough = limit.SOME_ASK if covers else limit.MOST_ASK
    # A question without an answer yet says what those beside it are, if most have one.
    asking = group if group.share_answered >= limit.MOST else group.answered
    return max(asking.share_asking, group.answered.share_asking, solved) < enough


def is_labelled_throughout(group: Group) -> bool:
    """Nearly all of a file is below titles such as `Q: X`, each with an answer."""
    answered = len(group.answered) >= max(limit.COUNTED_TITLES, limit.NEARLY_ALL_ASK * len(group))
    return group.is_labelled and answered and group.covers(limit.COVERING_ALL)


def asks_seldom(group: Group) -> bool:
    """Whether headings that cover the file are no questions, and still some of them ask."""
    if judge_unnumbered(group).name != "few-ask" or group.first.kind not in HEADLINES:
        return False
    return (
        group.coverage >= limit.COVERING_ALL and group.answered.share_asking >= limit.HARDLY_ANY_ASK
    )


def _is_small_part(group: Group) -> bool:
    """Little of the file is below titles; plain paragraphs are titles only where they are sure."""
    surely = group.first.kind is Kind.TEXT or group.is_in_quizzes
    return group.coverage < limit.COVERING and not surely


def _is_plain(group: Group) -> bool:
    """List items, but for those that nearly all answer in the line of their question."""
    in_line = share(bool(title.glued) and not title.below for title in group.titles)
    return group.first.kind in EMPHASIS and in_line < limit.NEARLY_ALL_ASK


UNNUMBERED_GROUNDS: tuple[Ground[Group], ...] = (
    Ground("one", False, lambda it: len(it.answered) < 2, "are fewer than two with an answer"),
    Ground("plain", False, _is_plain, "are list items"),
    Ground(
        "between-breaks",
        True,
        lambda it: it.covers(limit.COVERING_ALL) and len(it.cards_between_breaks) == len(it),
        "are bold, and thematic breaks are between them, as between cards",
    ),
    Ground("few-ask", False, _few_ask, "mostly do not ask"),
    Ground("labelled", True, lambda group: group.is_labelled, "have a label of questions"),
    Ground("repeated", False, repeats, "come again and again, as parts of answers do"),
    Ground(
        "small-part",
        False,
        _is_small_part,
        "ask, but a small part of the file is below them",
    ),
    Ground("asking", True, lambda it: True, "ask, and most of the file is below them"),
)
