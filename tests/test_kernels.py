"""A kernel that does not start is started once more; nothing else is done twice."""

from __future__ import annotations

import pytest

from pvo_kit import kernels


class DiedError(RuntimeError):
    """What nbclient raises where a kernel dies while it works is a class of its own."""


@pytest.mark.parametrize(
    ("errors", "calls", "raised"),
    [
        ([], 1, None),
        ([RuntimeError("Kernel died before replying to kernel_info")], 2, None),
        ([RuntimeError("a"), RuntimeError("b")], 2, "b"),
        ([DiedError("c")], 1, "c"),
        ([ValueError("d")], 1, "d"),
    ],
    ids=["well", "a port was taken", "twice", "died at work", "another"],
)
def test_a_kernel_that_does_not_start_is_started_once_more(errors, calls, raised):
    left, done = list(errors), []

    def execute():
        done.append(1)
        if left:
            raise left.pop(0)

    if raised:
        with pytest.raises(Exception, match=raised):
            kernels.twice(execute)
    else:
        kernels.twice(execute)
    assert len(done) == calls
