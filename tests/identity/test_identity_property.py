"""Random histories of random notes: I1 - I4 of docs/identity.md hold after every build."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from test_identity import Asked, Build, build, candidates, fingerprint

from ankify.identity.lock import Lock, encode_lock, parse_lock

FILES = ("a.md", "b.md", "deep/c.md", "深/d.md")
FRAMES = ("What is {}?", "Why does {} work?", "{}是什么？", "How do you use {} in practice?")
PLACEHOLDER = "Leave your answer in the forum."
LONG = 40  # letters of an answer that is known without its title
pick = st.integers(0, 10**6)


def words(key: int, version: int, count: int) -> str:
    """Words that only this version of this question has, and some that all have."""
    own = [f"k{key}v{version}w{n}" for n in range(count)]
    return " ".join(f"{word} and so" if n % 4 == 0 else word for n, word in enumerate(own))


def name(key: int, version: int = 0) -> str:
    """Two words that nothing else has, and no digits: a title that says something."""
    digest = blake2b(f"{key} {version}".encode(), digest_size=8).hexdigest()
    letters = digest.translate(str.maketrans("0123456789", "ghijklmnop"))
    return f"{letters[:8]} {letters[8:]}"


class Author(RuleBasedStateMachine):
    """Edits a project, one edit a question between two builds, as `self.fresh` sees to."""

    def __init__(self) -> None:
        super().__init__()
        self.notes: list[Asked] = []
        self.bin: list[Asked] = []
        self.lock: Lock | None = None
        self.last: Build | None = None
        self.guids: dict[str, str] = {}
        self.fresh: set[str] = set()
        self.twins: list[tuple[str, str]] = []
        self.count = 0
        self.now = 1000

    @initialize(many=st.integers(1, 12), seed=pick)
    def begin(self, many: int, seed: int) -> None:
        for n in range(many):
            self.add(seed + n * 7, seed * n)
        self.make()

    @rule(where=pick, look=pick)
    def add(self, where: int, look: int) -> None:
        self.count += 1
        title = FRAMES[look % len(FRAMES)].format(name(self.count))
        text = words(self.count, 0, 1 if look % 5 == 0 else 12 + look % 40)
        new = Asked(str(self.count), FILES[look % len(FILES)], title, text)
        self.notes.insert(where % (len(self.notes) + 1), new)
        self.fresh.add(new.key)

    @rule(where=pick, look=pick)
    def add_placeholder(self, where: int, look: int) -> None:
        """A question whose answer is yet to come; others have the same answer."""
        self.add(where, look)
        self.notes = [
            replace(q, text=PLACEHOLDER) if q.key == str(self.count) else q for q in self.notes
        ]

    @rule(where=pick, look=pick)
    def add_twins(self, where: int, look: int) -> None:
        """The same question twice in one file; which is which is a matter of order."""
        self.add(where, look)
        (one,) = (q for q in self.notes if q.key == str(self.count))
        self.count += 1
        self.notes.append(replace(one, key=str(self.count)))
        self.fresh.add(str(self.count))
        self.twins.append((one.key, str(self.count)))

    @rule(which=pick, how=pick)
    def ask_twins_otherwise(self, which: int, how: int) -> None:
        """Both alike, as an author does who finds a mistake in both."""
        pairs = [pair for pair in self.twins if not self.fresh & {*pair}]
        if pairs:
            pair = pairs[which % len(pairs)]
            title = FRAMES[how % len(FRAMES)].format(name(int(pair[0])))
            self.notes = [replace(q, title=title) if q.key in pair else q for q in self.notes]
            self.fresh |= {*pair}

    @rule(which=pick, how=pick)
    def ask_otherwise(self, which: int, how: int) -> None:
        """Reword the title and leave the thing and the answer, short as it may be."""
        at = self.choose(which)
        if at is not None and self.notes[at].text != PLACEHOLDER:
            q = self.notes[at]
            self.notes[at] = replace(q, title=FRAMES[how % len(FRAMES)].format(name(int(q.key))))

    @rule(one=pick, other=pick)
    def merge(self, one: int, other: int) -> None:
        """Two branches reword and rewrite one question each, build, and are merged."""
        ours, theirs = self.choose(one), self.choose(other)
        if ours is None or theirs is None or not self.lock:
            return
        base, locks = self.notes, []
        for at in (ours, theirs):
            # In two steps: only the lock of this side knows the question after both.
            q = base[at]
            asked = replace(q, title=f"Tell me about {name(int(q.key))}")
            new = replace(asked, text=words(int(q.key), one + 1, 20))
            lock = self.lock
            for step in (asked, new):
                self.now += 1
                branch = tuple(step if it.key == q.key else it for it in base)
                lock = build(branch, lock, self.now).lock
            locks.append(encode_lock(lock).decode().split("\n"))
            self.notes = [new if it.key == q.key else it for it in self.notes]
        sides = ["<<<<<<< HEAD", *locks[0][:-2], "=======", *locks[1][:-2], ">>>>>>> other"]
        self.lock = parse_lock("\n".join([*sides, *locks[0][-2:]]))
        self.make()

    def choose(self, which: int, least: int = 0) -> int | None:
        """A question that was not edited since the build, with so long an answer, and no twin."""
        at = which % len(self.notes) if self.notes else None
        if at is None or self.notes[at].key in self.fresh or len(self.notes[at].text) < least:
            return None
        if any(self.notes[at].key in pair for pair in self.twins):
            return None
        self.fresh.add(self.notes[at].key)
        return at

    @rule(which=pick)
    def reword(self, which: int) -> None:
        at = self.choose(which, LONG)
        if at is not None:
            q = self.notes[at]
            self.notes[at] = replace(q, title=f"Tell me about {name(int(q.key), which + 1)}")

    @rule(which=pick)
    def rewrite_a_third(self, which: int) -> None:
        at = self.choose(which, LONG)
        if at is not None:
            q = self.notes[at]
            kept = q.text.split(" ")
            tail = words(int(q.key), which, len(kept) // 4)
            self.notes[at] = replace(q, text=" ".join(kept[: len(kept) * 2 // 3]) + " " + tail)

    @rule(which=pick)
    def rewrite_all(self, which: int) -> None:
        at = self.choose(which)
        if at is not None:
            q = self.notes[at]
            self.notes[at] = replace(q, text=words(int(q.key), which + 1, 20))

    @rule(which=pick, where=pick)
    def move(self, which: int, where: int) -> None:
        at = self.choose(which)
        if at is not None:
            q = self.notes.pop(at)
            self.notes.insert(where % (len(self.notes) + 1), replace(q, file=FILES[where % 4]))

    @rule(seed=st.randoms(use_true_random=False))
    def reorder(self, seed: object) -> None:
        seed.shuffle(self.notes)  # type: ignore[attr-defined]
        for pair in self.twins:
            one, other = (n for n, q in enumerate(self.notes) if q.key in pair)
            if self.notes[one].key != pair[0]:
                self.notes[one], self.notes[other] = self.notes[other], self.notes[one]

    @rule(which=pick)
    def delete(self, which: int) -> None:
        at = self.choose(which)
        if at is not None:
            self.bin.append(self.notes.pop(at))

    @rule(which=pick)
    def bring_back(self, which: int) -> None:
        waiting = [q for q in self.bin if q.key not in self.fresh]
        if waiting:
            q = waiting[which % len(waiting)]
            self.bin.remove(q)
            self.notes.append(q)
            self.fresh.add(q.key)

    @rule(tick=st.integers(-2, 5))
    def make(self, tick: int = 1) -> None:
        self.now += tick
        before, self.last = self.last, build(tuple(self.notes), self.lock, self.now)
        self.lock = self.last.lock
        self.fresh.clear()
        for key, guid in self.last.guids.items():
            assert self.guids.setdefault(key, guid) == guid, "I1: a question changed its guid"
        assert len(set(self.guids.values())) == len(self.guids), "I2: a guid has two questions"
        if before:
            self.check_times(before, self.last)

    def check_times(self, before: Build, after: Build) -> None:
        known = {m.guid: fingerprint(m.candidate) for m in before.matching.matches}
        for candidate, q in zip(candidates(tuple(self.notes)), self.notes, strict=True):
            guid = after.guids[q.key]
            if q.key in before.modified:
                old, new = before.modified[q.key], after.modified[q.key]
                same = known[guid] == fingerprint(candidate)
                assert new == old if same else new > old, "I3: an unchanged note was touched"

    @invariant()
    @precondition(lambda self: self.last is not None and not self.fresh)
    def a_second_build_changes_nothing(self) -> None:
        assert self.lock is not None
        again = build(tuple(self.notes), self.lock, self.now + 100)
        if [q.key for q in self.notes] == list(self.last.guids if self.last else ()):
            assert encode_lock(again.lock) == encode_lock(self.lock), "I4"
            assert not again.changes, "I4"


def test_random_histories_keep_every_promise() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Author,
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
