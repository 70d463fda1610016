"""Kernels of Jupyter that start at the same time as others do."""

from __future__ import annotations

from collections.abc import Callable


def twice(execute: Callable[[], None]) -> None:
    """Call a function that executes a notebook; once more where its kernel did not start.

    A kernel's ports are chosen before it takes them: another process may be quicker.
    """
    try:
        execute()
    except RuntimeError as error:
        # One of a class of its own died while it worked, or a cell broke.
        if type(error) is not RuntimeError:
            raise
        execute()
