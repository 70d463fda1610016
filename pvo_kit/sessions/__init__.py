"""Terminal text of any origin to Transcripts.

Appliances print prompts (``mx.example.com> ``, ``(Machine esa1.example.com)> ``,
``(Cluster Main)> ``, ``example.com (SERVICE)> ``), questions (``[1]> ``), and a pager mark
(``-Press Any Key For More-``) that is erased again. People add quote marks, blank lines, wraps
and prose. ``clean`` takes away what the terminal and the mail program added to one line,
``rows`` joins what a terminal cut at its width, ``split`` cuts a file into commands. Sources:
prompts as seen in public configuration-backup drivers and technotes.
"""

from pvo_kit.sessions.commands import split
from pvo_kit.sessions.lines import clean, rows
from pvo_kit.sessions.prompts import PROMPT

__all__ = ["PROMPT", "clean", "rows", "split"]
