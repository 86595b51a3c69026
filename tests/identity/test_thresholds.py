"""A pair of cases at the edge of a threshold: one on either side of it.

The numbers are written out, so that a threshold that is moved turns its cases red.
"""

from __future__ import annotations

import pytest
from test_identity import Asked, Notes, build

from ankify.identity.items import Item, answers_alike

WORDS = [f"{a}{b}" for a in ("bar", "fen", "gol", "hum", "jat") for b in ("an", "er", "ik", "os")]
OTHERS = [f"{a}{b}" for a in ("lop", "mur", "nis", "pev", "qua") for b in ("an", "er", "ik", "os")]


def counted(number: int) -> str:
    """An answer that counts as so many words."""
    return " ".join(WORDS[: number + 1])


def partly(kept: int) -> str:
    """An answer that begins as `counted(19)` does."""
    return " ".join([*WORDS[:kept], *OTHERS[kept:]])


def ask(key: str, title: str, text: str, file: str = "a.md") -> Asked:
    return Asked(key, file, title, text)


TOP, END = ask("top", "Why is the sky blue?", "Light."), ask("end", "Who owns the moon?", "Nobody.")


def is_kept(before: Notes, after: Notes) -> bool:
    """Whether the question `it` keeps its guid through an edit."""
    first = build(before)
    return build(after, first.lock, 2000).guids["it"] == first.guids["it"]


def alike(kept: int) -> float:
    """How much of `counted(19)` an answer shares that begins like it."""
    one, other = build((ask("x", "x", counted(19)),)), build((ask("x", "x", partly(kept)),))
    ours, theirs = (it.matching.matches[0].candidate for it in (one, other))
    return answers_alike(Item(ours, "x", None), Item(theirs, "x", None))


def edge(value: float) -> tuple[int, int]:
    """How many words are kept just below a likeness, and just at or above it."""
    above = next(kept for kept in range(20) if alike(kept) >= value)
    return above - 1, above


@pytest.mark.parametrize("step", [0, -1])
def test_words_that_an_equal_answer_needs_where_titles_name_two_things(step: int) -> None:
    text = counted(12 + step)
    before = (TOP, ask("it", "When do you reach for Flask?", text), END)
    after = (TOP, ask("it", "When do you reach for Svelte?", text), END)
    assert is_kept(before, after) is (step == 0)


@pytest.mark.parametrize("step", [0, -1])
def test_words_that_an_equal_answer_needs_where_titles_share_nothing(step: int) -> None:
    text = counted(8 + step)
    before = (ask("it", "Why does bread rise?", text), TOP, END)
    after = (TOP, END, ask("it", "Name a painter of mills", text))
    assert is_kept(before, after) is (step == 0)


@pytest.mark.parametrize("step", [0, -1])
def test_titles_that_changed_before_it_is_a_change_of_all(step: int) -> None:
    number = 3 + step
    words = [("Hund", "le chien"), ("Katze", "le chat"), ("Maus", "la souris")][:number]
    names = ["it", *"abc"]
    before = tuple(ask(names[n], german, french) for n, (german, french) in enumerate(words))
    english = ("dog", "cat", "mouse")
    after = tuple(ask(names[n], english[n], french) for n, (_, french) in enumerate(words))
    assert is_kept(before, after) is (step == 0)


@pytest.mark.parametrize("step", [0, -1])
def test_titles_that_share_a_word_before_it_names_nothing(step: int) -> None:
    rest = [ask(land, f"Capital of {land}?", land) for land in ("Spain", "Peru", "Cuba")]
    rest = rest[: 3 - 1 + step]
    before = (ask("it", "Capital of France?", "Paris"), *rest, TOP)
    after = (*rest, TOP, ask("it", "Capital of some old Gallic tribes?", "Paris"))
    assert is_kept(before, after) is (step == -1)


@pytest.mark.parametrize(("titles", "kept"), [(20, False), (21, True)])
def test_share_of_the_titles_that_have_a_word_before_it_names_nothing(
    titles: int, kept: bool
) -> None:
    lands = [ask(land, f"Capital of {land}?", land) for land in ("Spain", "Peru", "Cuba")]
    rest = [ask(word, f"Meaning {word}", word) for word in WORDS[: titles - 4]]
    before = (ask("it", "Capital of France?", "Paris"), *lands, *rest)
    after = (*lands, *rest, ask("it", "Capital some old Gallic tribes?", "Paris"))
    assert is_kept(before, after) is kept


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize(
    ("value", "old", "new"),
    [
        (0.15, "What is a list?", "What is a circular doubly linked sentinel list?"),
        (0.3, "Capital letters of Greek", "How do you spell it in Athens?"),
        (0.8, "When do you reach for Flask?", "When do you reach for Svelte?"),
    ],
)
def test_what_answers_in_one_slot_must_share(value: float, old: str, new: str, side: int) -> None:
    kept = edge(value)[side]
    before = (TOP, ask("it", old, counted(19)), END)
    after = (TOP, ask("it", new, partly(kept)), END)
    assert is_kept(before, after) is (side == 1)
