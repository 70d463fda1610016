"""Questions that come up in the collecting threads, put by the thread that waits for them.

Ctrl-C reaches the main thread alone: a thread that waited for a person's answer itself could not
be interrupted, and would keep the process from ending.
"""

from __future__ import annotations

import queue
from contextlib import suppress
from threading import Event

from pvo_kit.collect.console import Console

_LOOK = 0.1  # seconds between looks at the order to stop


class Questions:
    """A console for threads; ``answer`` puts what they have asked."""

    def __init__(self, console: Console, stop: Event) -> None:
        """``console`` is the person's; once ``stop`` is set every answer is no."""
        self._console = console
        self._stop = stop
        self._asked: queue.SimpleQueue[tuple[str, queue.SimpleQueue[bool]]] = queue.SimpleQueue()

    @property
    def is_interactive(self) -> bool:
        """Whether there is somebody to answer."""
        return self._console.is_interactive

    def say(self, text: str) -> None:
        """Tell one line."""
        self._console.say(text)

    def confirm(self, question: str) -> bool:
        """Ask, and wait for the answer."""
        answer: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._asked.put((question, answer))
        while not self._stop.is_set():
            with suppress(queue.Empty):
                return answer.get(timeout=_LOOK)
        return False

    def answer(self) -> None:
        """Put what was asked until now to the person, in the calling thread."""
        with suppress(queue.Empty):
            while True:
                question, answer = self._asked.get_nowait()
                answer.put(self._console.confirm(question))
