"""How alike two texts are: titles by words, answers by sketches."""

from __future__ import annotations

import pytest

from ankify.identity.likeness import normalise_title, title_likeness, words
from ankify.rendering.sketch import read_sketch, sketch


@pytest.mark.parametrize(
    ("title", "normal"),
    [
        ("What is C++, and what C#?", "whatisc++andwhatc#"),
        ("  什么是 ＬｏＲＡ？ ", "什么是lora"),
        ("snake_case", "snakecase"),
        ("???", "???"),
        ("? !\t?", "?!?"),
        ("？ …", "?..."),
        ("", ""),
    ],
)
def test_a_title_is_reduced_to_its_letters_and_digits(title: str, normal: str) -> None:
    assert normalise_title(title) == normal


def test_the_words_of_mixed_titles() -> None:
    assert words("Why C++?") == {"why", "c++"}
    assert words("LoRA是什么") == {"lora", "是什", "什么"}


def alike(one: str, other: str) -> float:
    return title_likeness(words(one), words(other), lambda _word: 1.0)


def test_endings_and_typing_errors_are_the_same_word() -> None:
    assert alike("hoisting functions", "hoistng function") == 1.0


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ("sun moon", "sun star", 1 / 2),
        ("sun moon star", "sun rain", 2 / 5),
        ("sun", "moon", 0.0),
        ("", "", 0.0),
        ("sun kernels", "rain kernel", 1 / 2),
        ("learned learner", "learners", 2 / 3),
    ],
)
def test_likeness_is_the_share_of_words(one: str, other: str, likeness: float) -> None:
    assert alike(one, other) == pytest.approx(likeness)


def test_a_word_is_paired_with_the_nearest_of_the_other_title() -> None:
    weights = {"learners": 1.0, "learned": 10.0, "learner": 100.0}
    found = title_likeness(words("learners"), words("learned learner"), weights.__getitem__)
    assert found == pytest.approx(101 / 111)


@pytest.mark.parametrize(
    ("one", "other"),
    [("advantages", "disadvantages"), ("python2", "python3"), ("Conv2D", "Conv3D"), ("L1", "L2")],
)
def test_opposites_and_other_numbers_are_other_words(one: str, other: str) -> None:
    assert alike(one, other) == 0.0


def shared(one: str, other: str) -> float:
    ours, theirs = (read_sketch(sketch(text)).bins for text in (one, other))
    pairs = list(zip(ours, theirs, strict=True))
    return sum(a == b for a, b in pairs if a) / sum(1 for a, b in pairs if a or b)


LONG = " ".join(f"word{n * n}" for n in range(200))


def test_a_sketch_tells_how_much_two_texts_share() -> None:
    assert shared(LONG, LONG) == 1.0
    assert 0.3 < shared(LONG, LONG[: len(LONG) * 2 // 3]) < 0.95
    assert shared(LONG, LONG.replace("word", "other")) == 0.0


SKETCHES = {
    "Yes": "TapzSQABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAHV9",
    "Yes no": "rCVz0wABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAGa1",
    "用": "nsx78wABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAhNUAAAAA",
    "一句话说明低秩矩阵": (
        "L9xvWwAIS2TSaQAAAACUX/PuAAAAADh/AAAAAAAAAAC2qwAAAAAAAAAA57QAAAAAAAAAAAAA"
    ),
    "LoRA 冻结原来的权重 and trains two small matrices 的乘积": (
        "AWK96wAP1rkAAK/bXMWHNFz2AAAAACf9AAAAAAAAWK/W0AAAibNMwQAAAAAAAAAAAAAAAAAA"
    ),
}


@pytest.mark.parametrize("text", SKETCHES)
def test_a_sketch_never_changes(text: str) -> None:
    """It stands in every lock that was ever committed."""
    assert sketch(text) == SKETCHES[text]


def test_all_sketches_have_one_length() -> None:
    assert len(sketch("")) == len(sketch(LONG)) == 72
    assert read_sketch(sketch("")).size == 0
