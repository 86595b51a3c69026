"""The certain rules: what a person would be sure of, in the order in which it is asked.

Each rule pairs entries of the lock with questions of the notes as far as it can, and leaves the
rest to the next. What is left after the last is weighed (`weighing.py`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple

from ankify.identity.items import (
    Item,
    answer_of,
    answers_alike,
    bin_of,
    has_equal_answer,
    shared_bins,
    text_of,
    title_of,
    written_title,
)
from ankify.identity.likeness import spelling
from ankify.identity.pairing import Pair, Pairing
from ankify.identity.thresholds import (
    ALIKE,
    ENOUGH,
    GROUP,
    MANY,
    PROVES,
    SHARED,
    STRETCHES,
    TOUCHED,
)
from ankify.identity.titles import Relation
from ankify.rendering.sketch import TOKEN, read_sketch, sketch


class Rule(NamedTuple):
    """A rule: what it is called, what it says to a reader, and the pairs that it finds."""

    name: str
    says: str
    find: Callable[[Pairing], Iterator[Pair]]


def run_rules(pairing: Pairing) -> None:
    """Pair all that is certain, rule after rule."""
    for rule in RULES:
        if pairing.is_done():
            return
        for old, new in rule.find(pairing):
            pairing.take(old, new)


# The rules ---------------------------------------------------------------------------------------


def by_mark(pairing: Pairing) -> Iterator[Pair]:
    """The author's own mark; the guid of an entry will do for a mark (see `Item.mark`)."""
    if not any(item.mark for item in pairing.news):
        return
    known = {item.marks[0]: old for old, item in enumerate(pairing.olds)}
    known |= {item.mark: old for old, item in enumerate(pairing.olds) if item.mark}
    for new, item in enumerate(pairing.news):
        if item.mark and item.mark in known:
            yield known[item.mark], new


def by_text_in_its_file(pairing: Pairing) -> Iterator[Pair]:
    """Title, sign for sign, and answer in one file, twins in their order."""
    yield from _in_order(pairing, lambda item: (item.file, item.raw_title, item.checksum))
    if not pairing.is_done():
        pairing.learn_places()


def by_title_in_its_file(pairing: Pairing) -> Iterator[Pair]:
    """A title that its file has once on both sides, whatever became of the answer."""
    for old_file, new_file, olds, news in pairing.open_places():
        if old_file == new_file:
            yield from _by_title(pairing, olds, news)


def by_letters_in_its_file(pairing: Pairing) -> Iterator[Pair]:
    """Title, but for its signs, and answer in one file, twins in their order."""
    yield from _in_order(pairing, lambda item: (item.file, *item.text))


def by_spelling_in_its_file(pairing: Pairing) -> Iterator[Pair]:
    """A title in which letters changed places: "Rbiosom", "Ribosom"."""
    for old_file, new_file, olds, news in pairing.open_places():
        if old_file == new_file:
            for old, new in pairing.alike_once(olds, news, lambda item: spelling(item.raw_title)):
                a, b = pairing.olds[old], pairing.news[new]
                if pairing.titles.is_once(a, b) and not pairing.titles.is_running(a, b):
                    yield old, new


def by_text_where_its_file_went(pairing: Pairing) -> Iterator[Pair]:
    """Title and answer, in the file that most of a file's questions went to."""
    for old_file, new_file, olds, news in pairing.open_places():
        if old_file != new_file:
            yield from _in_order(pairing, lambda item: item.text, olds, news)


def by_title_where_its_file_went(pairing: Pairing) -> Iterator[Pair]:
    """A title that file and new file have once, if much of the file went there."""
    for old_file, new_file, olds, news in pairing.open_places():
        if old_file != new_file and pairing.places.share(old_file, new_file) > SHARED.value:
            yield from _by_title(pairing, olds, news)


def by_text_anywhere(pairing: Pairing) -> Iterator[Pair]:
    """Title and answer in any file; of answers of a few words only if no other has both."""
    olds = [old for old in pairing.open_olds() if pairing.olds[old].size >= ENOUGH.value]
    yield from _in_order(pairing, lambda item: item.text, olds, pairing.open_news())
    for alive in (True, False):
        news = pairing.open_news()
        yield from pairing.alike_once(pairing.open_olds(alive=alive), news, text_of)
    pairing.learn_places()


def by_cut_title(pairing: Pairing) -> Iterator[Pair]:
    """A title that is the beginning of an old one, whose end is in the answer now."""
    olds, news = pairing.open_olds(), pairing.open_news()
    if len(olds) * len(news) > MANY.value:
        return
    pairs = [
        (old, new) for old in olds for new in news if _is_cut(pairing.olds[old], pairing.news[new])
    ]
    yield from _one_to_one(pairs)


def _is_cut(old: Item, new: Item) -> bool:
    before, cut, after = old.raw_title.partition(new.raw_title)
    if not cut or old.title == new.title or len(before) > len(new.raw_title):
        return False
    moved = read_sketch(sketch(after))
    if moved.size < ENOUGH.value:
        return False
    bins = {bin_of(place, value) for place, value in enumerate(moved.bins) if value}
    return len(bins & new.bins) >= ALIKE.value * len(bins)


def by_answer_in_its_file(pairing: Pairing) -> Iterator[Pair]:
    """An answer that is the same to the letter, and that no other of the file has."""
    for old_file, new_file, olds, news in pairing.open_places():
        once = _answers_once(pairing, old_file, new_file)
        pairs = [
            pair
            for pair in pairing.alike_once(olds, news, answer_of)
            if pairing.olds[pair[0]].checksum in once
        ]
        is_change_of_all = len(pairs) >= GROUP.value and 2 * len(pairs) >= len(olds)
        for old, new in pairs:
            a, b = pairing.olds[old], pairing.news[new]
            is_long = min(a.words, b.words) >= PROVES.value
            if is_change_of_all or is_long or _is_one_thing(pairing, a, b):
                yield old, new


def by_twins(pairing: Pairing) -> Iterator[Pair]:
    """Questions that a file has several times, as often as before, with an answer of their own."""
    for old_file, new_file, olds, news in pairing.open_places():
        theirs = _twins(pairing.news, news, pairing.file_of(False, new_file))
        ours = _twins(pairing.olds, olds, pairing.file_of(True, old_file)) if theirs else {}
        for answer, twins in ours.items():
            others = theirs.get(answer, [])
            if len(twins) == len(others):
                a, b = pairing.olds[twins[0]], pairing.news[others[0]]
                if min(a.words, b.words) >= PROVES.value or _is_one_thing(pairing, a, b):
                    yield from zip(twins, others, strict=True)


def _twins(
    items: Sequence[Item], positions: Iterable[int], file: Sequence[Item]
) -> dict[bytes, list[int]]:
    """The positions of questions with one title and one answer, by the answer; no other has it."""
    count = Counter(map(answer_of, file))
    groups: dict[bytes | None, list[int]] = defaultdict(list)
    for at in positions:
        groups[answer_of(items[at])].append(at)
    return {
        answer: sorted(group, key=lambda at: items[at].nth)
        for answer, group in groups.items()
        if answer is not None
        and 1 < len(group) == count[answer]
        and len({items[at].title for at in group}) == 1
    }


def by_equal_change(pairing: Pairing) -> Iterator[Pair]:
    """Titles of one file that changed in the same words, if most of their answers stayed alike."""
    for old_file, new_file, olds, news in pairing.open_places():
        groups = _changes(pairing, old_file, new_file, olds, news)
        done = (
            Counter(
                _change(pairing.olds[old], pairing.news[new])
                for new, old in pairing.found.items()
                if (pairing.olds[old].file, pairing.news[new].file) == (old_file, new_file)
            )
            if groups
            else Counter()
        )
        for change, pairs in groups.items():
            alike = sum(
                answers_alike(pairing.olds[old], pairing.news[new]) >= SHARED.value
                for old, new in pairs
            )
            support, total = done[change] + alike, done[change] + len(pairs)
            if support >= GROUP.value and 2 * support >= total:
                yield from pairs


def by_repeated_title(pairing: Pairing) -> Iterator[Pair]:
    """Of questions with one title, two whose answers have most in common, seen from both."""
    for old_file, new_file, olds, news in pairing.open_places():
        titles: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for old in olds:
            titles[pairing.olds[old].title][0].append(old)
        for new in news:
            titles[pairing.news[new].title][1].append(new)
        for ours, theirs in titles.values():
            if ours and theirs and len(ours) * len(theirs) <= MANY.value:
                yield from _best_of_both(pairing, ours, theirs, pairing.phrases(old_file, new_file))


def _best_of_both(
    pairing: Pairing, olds: list[int], news: list[int], phrases: frozenset[int]
) -> Iterator[Pair]:
    """The pairs that are each other's best by what only their answers share, and not just so."""
    alike = {
        (old, new): answers_alike(pairing.olds[old], pairing.news[new], without=phrases)
        for old in olds
        for new in news
    }
    for (old, new), likeness in alike.items():
        rivals = [alike[old, it] for it in news if it != new]
        rivals += [alike[it, new] for it in olds if it != old]
        if likeness >= ALIKE.value and likeness > max(rivals, default=0.0):
            yield old, new


def by_slot(pairing: Pairing) -> Iterator[Pair]:
    """One went and one came between neighbours that stayed."""
    if not pairing.is_ordered:
        return
    for old, new in _slots(pairing):
        a, b = pairing.olds[old], pairing.news[new]
        if _is_one_in_slot(pairing, a, b):
            yield old, new
        elif has_equal_answer(a, b):
            pairing.unsure.append((old, new))


RULES = (
    Rule("mark", "the author's own mark is the same", by_mark),
    Rule("text", "same title and answer in the same file", by_text_in_its_file),
    Rule("title", "same title in its old file, there once", by_title_in_its_file),
    Rule("letters", "the same as text but for signs in the title", by_letters_in_its_file),
    Rule(
        "spelling",
        "same title in its old file but for letters that changed places",
        by_spelling_in_its_file,
    ),
    Rule("repeated title", "of questions with one title the most alike", by_repeated_title),
    Rule("moved text", "same title and answer where its file went", by_text_where_its_file_went),
    Rule("moved title", "same title where its file went, once", by_title_where_its_file_went),
    Rule("text anywhere", "same title and answer in another file", by_text_anywhere),
    Rule("cut title", "a title that was cut, its end in the answer now", by_cut_title),
    Rule("answer", "same answer to the letter in its file, there once", by_answer_in_its_file),
    Rule("twins", "several that are the same, as many as before, with their answer", by_twins),
    Rule("equal change", "titles of a file all reworded alike", by_equal_change),
    Rule("slot", "one went and one came in the same slot", by_slot),
)

# What they share ---------------------------------------------------------------------------------


def _in_order(
    pairing: Pairing,
    key: Callable[[Item], Hashable],
    olds: list[int] | None = None,
    news: list[int] | None = None,
) -> Iterator[Pair]:
    """Pair what has an equal key, the first with the first."""
    waiting: dict[Hashable, list[int]] = defaultdict(list)
    for old in pairing.open_olds() if olds is None else olds:
        waiting[key(pairing.olds[old])].append(old)
    for group in waiting.values():
        group.sort(key=lambda old: (pairing.olds[old].file, pairing.olds[old].nth), reverse=True)
    for new in pairing.open_news() if news is None else news:
        group = waiting.get(key(pairing.news[new]), [])
        if group and new not in pairing.found:
            yield group.pop(), new


def _by_title(pairing: Pairing, olds: list[int], news: list[int]) -> Iterator[Pair]:
    """Sign for sign before by the letters: "What does `==` do?" has those of `===`."""
    for key in (written_title, title_of):
        for old, new in pairing.alike_once(olds, news, key):
            a, b = pairing.olds[old], pairing.news[new]
            if pairing.titles.is_once(a, b, key) and not pairing.titles.is_running(a, b):
                yield old, new


def _is_one_thing(pairing: Pairing, old: Item, new: Item) -> bool:
    relation = pairing.titles.relation(old, new)
    return relation in (Relation.SAME, Relation.SILENT) and not pairing.titles.are_two_things(
        old, new
    )


def _answers_once(pairing: Pairing, old_file: str, new_file: str) -> set[bytes]:
    """The answers that no second question of a file has, before and after."""
    sides = (pairing.file_of(True, old_file), pairing.file_of(False, new_file))
    ours, theirs = (Counter(item.checksum for item in side) for side in sides)
    return {answer for answer, number in ours.items() if number == theirs[answer] == 1}


Change = tuple[tuple[str, ...], tuple[str, ...]]  # words that went, words that came


def _change(old: Item, new: Item) -> Change | None:
    """The words that went and that came; None where the titles are equal."""
    if old.title == new.title:
        return None
    ours, theirs = (Counter(TOKEN.findall(it.raw_title.casefold())) for it in (old, new))
    return tuple(sorted((ours - theirs).elements())), tuple(sorted((theirs - ours).elements()))


def _changes(
    pairing: Pairing, old_file: str, new_file: str, olds: list[int], news: list[int]
) -> dict[Change, list[Pair]]:
    """The pairs whose titles share a thing, by what changed in them; one to one."""
    frame = pairing.titles.frame(old_file, new_file)
    index: dict[str, list[int]] = defaultdict(list)
    for new in news:
        for word in pairing.titles.words(pairing.news[new].raw_title) - frame:
            index[word].append(new)
    groups: dict[Change, list[Pair]] = defaultdict(list)
    for old in olds:
        things = pairing.titles.words(pairing.olds[old].raw_title) - frame
        for new in sorted({new for word in things for new in index.get(word, ())}):
            change = _change(pairing.olds[old], pairing.news[new])
            if change is not None:
                groups[change].append((old, new))
    return {change: _one_to_one(pairs) for change, pairs in groups.items()}


def _one_to_one(pairs: list[Pair]) -> list[Pair]:
    """Leave out what has several partners."""
    olds, news = Counter(old for old, _ in pairs), Counter(new for _, new in pairs)
    return [(old, new) for old, new in pairs if olds[old] == news[new] == 1]


def _slots(pairing: Pairing) -> Iterator[Pair]:
    """As many entries as candidates between the same two neighbours (or an end), in order."""
    for old_file, new_file, _, _ in pairing.open_places():
        ours, theirs = pairing.file_of(True, old_file), pairing.file_of(False, new_file)
        here, there = {item.at for item in theirs}, {item.at for item in ours}
        went = _gaps([(it.at, pairing.taken.get(it.at)) for it in ours], within=here)
        came = dict(_gaps([(it.at, pairing.found.get(it.at)) for it in theirs], within=there))
        for (left, right), olds in went:
            ends = pairing.taken.get(left, left), pairing.taken.get(right, right)
            news = came.get(ends, [])
            if len(olds) == len(news):
                yield from zip(olds, news, strict=True)


START, STOP = -1, -2  # of a file, in place of a neighbour


def _gaps(
    items: list[tuple[int, int | None]], *, within: set[int]
) -> list[tuple[tuple[int, int], list[int]]]:
    """The items without a partner between each two neighbours that have one `within` a file."""
    gaps = []
    left, waiting = START, list[int]()
    for at, partner in [*items, (STOP, STOP)]:
        if partner is None:
            waiting.append(at)
        elif partner in within or at == STOP:
            if waiting:
                gaps.append(((left, at), waiting))
            left, waiting = at, []
    return gaps


def _is_one_in_slot(pairing: Pairing, old: Item, new: Item) -> bool:
    """Whether title and answer do not both speak against it."""
    if pairing.titles.are_two_things(old, new):
        return False
    relation, alike = pairing.titles.relation(old, new), answers_alike(old, new)
    if relation is Relation.SILENT:
        phrases = pairing.phrases(old.file, new.file)
        return len(shared_bins(old, new) - phrases) >= STRETCHES.value
    if relation is Relation.SAME:
        return alike >= TOUCHED.value or pairing.titles.is_said_otherwise(old, new)
    if relation is Relation.OTHER or pairing.is_shared(old) or pairing.is_shared(new):
        return False
    is_long = min(old.words, new.words) >= ENOUGH.value
    return is_long and alike >= SHARED.value
