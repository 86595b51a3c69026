"""An end for work that offers none."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Result = TypeVar("Result")


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise TimeoutError if what is done within takes more than these seconds of processor time.

    Python's regular expressions look for signals while they search. Windows has no such timer, and
    only the main thread of a process gets its signals: elsewhere this sets no limit.
    """
    if (
        not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
    ):
        yield
        return

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def wait_at_most(seconds: float, work: Callable[[], Result]) -> Result:
    """Do what waits for a network, and raise TimeoutError after these seconds by the clock.

    A timeout of a socket begins anew with each byte, and asking a name server has none at all. So
    the work is done in a thread, which is left behind, and ends with the program, if it is slow.
    """
    outcome: list[Result] = []
    failure: list[Exception] = []

    def run() -> None:
        try:
            outcome.append(work())
        except Exception as error:
            failure.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if failure:
        raise failure[0]
    if not outcome:
        raise TimeoutError
    return outcome[0]
