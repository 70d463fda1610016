"""The evidence browser: the captured lines, by appliance, command and time, the proof marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from pvo_kit.report.story import Excerpt, Line, counted, scenarios
from pvo_kit.widgets import controls
from pvo_kit.widgets.blocks import MARK, Block, Cited, Paragraph
from pvo_kit.widgets.captured import CapturedLine, LineChoice, about, captured_lines, values
from pvo_kit.widgets.links import parse_time
from pvo_kit.widgets.opened import OpenCase
from pvo_kit.widgets.panel import Panel, the_panel

PAGE = 200
"""Lines shown at a time."""

EVERY = "all"


def evidence_browser(case: OpenCase) -> EvidenceBrowser:
    """Return the panel that shows the raw lines of the evidence."""
    return the_panel(case, EvidenceBrowser)


class EvidenceBrowser(Panel):
    """The captured lines and a choice among them. CSS classes:

    pvo-evidence-appliance, pvo-evidence-command, pvo-evidence-from, pvo-evidence-to,
    pvo-evidence-words, pvo-evidence-cited, pvo-evidence-show, pvo-evidence-earlier,
    pvo-evidence-later, pvo-evidence-lines (the lines), pvo-evidence-browser-message.
    """

    name = "evidence-browser"
    title = "The evidence, line by line"

    def __init__(self, case: OpenCase) -> None:
        """Make the panel's widgets."""
        super().__init__(case)
        self._lines: tuple[CapturedLine, ...] = ()
        self._of: object = None
        self.appliance = controls.choice("Appliance", "pvo-evidence-appliance")
        self.command = controls.choice("Command", "pvo-evidence-command")
        self.since = controls.text("From", "pvo-evidence-from")
        self.until = controls.text("To", "pvo-evidence-to")
        for field in (self.since, self.until):
            field.placeholder = "2014-07-21 12:05:00 in UTC; may stay empty"
        self.words = controls.text("With the words", "pvo-evidence-words")
        self.cited = controls.tick("only lines that a finding cites", "pvo-evidence-cited")
        self.button = controls.button("Show", "pvo-evidence-show", main=True)
        self.earlier = controls.button("Lines before", "pvo-evidence-earlier")
        self.later = controls.button("Lines after", "pvo-evidence-later")
        self.lines = controls.page("pvo-evidence-lines")
        self.button.on_click(self.calling(self.choose))
        for field in (
            self.appliance, self.command, self.since, self.until, self.words, self.cited
        ):  # fmt: skip
            field.observe(self.calling(self.choose), "value")
        self.earlier.on_click(self.calling(self.go_back))
        self.later.on_click(self.calling(self.go_on))
        self.arrange(
            controls.row(self.appliance, self.command),
            controls.row(self.since, self.until),
            self.words,
            controls.row(self.cited, self.button),
            self.message,
            self.lines,
            controls.row(self.earlier, self.later),
        )

    @property
    def choice(self) -> LineChoice:
        """Which lines are shown."""
        kept = self.case.choices.get(self.name)
        return kept if isinstance(kept, LineChoice) else LineChoice()

    @property
    def start(self) -> int:
        """How many of the chosen lines stand before the first that is shown."""
        return int(self.case.choices.get(f"{self.name} start", 0))

    def choose(self) -> None:
        """Take the choice from the fields, and show its first lines."""
        self.case.choices[self.name] = LineChoice(
            self.appliance.value or "",
            self.command.value or "",
            parse_time(self.since.value),
            parse_time(self.until.value),
            self.words.value,
            self.cited.value,
        )
        self._go(0)

    def go_on(self) -> None:
        """Show the lines after these."""
        self._go(self.start + PAGE)

    def go_back(self) -> None:
        """Show the lines before these."""
        self._go(self.start - PAGE)

    def _go(self, start: int) -> None:
        self.case.choices[f"{self.name} start"] = max(0, start)
        self.say("")
        self._show()

    def refresh(self) -> None:
        """Read the lines of the case anew where it is another one, and show them."""
        if self._of is not self.case.diagnosis:
            self._of = self.case.diagnosis
            self._lines = captured_lines(self.case.evidence, self.case.diagnosis)
            boxes, commands = (values(self._lines, name) for name in ("appliance", "command"))
            choice = self.choice
            with self.filling():
                controls.offer(self.appliance, boxes, EVERY, choice.appliance)
                controls.offer(self.command, commands, EVERY, choice.command)
                self.since.value, self.until.value = (
                    str(choice.since or ""),
                    str(choice.until or ""),
                )
                self.words.value, self.cited.value = choice.words, choice.cited
            self._show()

    def _show(self) -> None:
        chosen = self.choice.of(self._lines)
        self.earlier.disabled = self.start == 0
        self.later.disabled = self.start + PAGE >= len(chosen)
        controls.show(self.lines, tuple(_shown(chosen, self.start, len(self._lines))))

    def blocks(self) -> Sequence[Block]:
        """Return the lines that are shown."""
        return tuple(_shown(self.choice.of(self._lines), self.start, len(self._lines)))


def _shown(lines: Sequence[CapturedLine], start: int, of: int) -> Iterator[Block]:
    if not lines:
        yield Paragraph(f"None of {counted(of, 'line')} is chosen: leave a field open, or the case "
                        "holds no such line.")  # fmt: skip
        return
    cited = sum(bool(line.scenarios) for line in lines)
    here = lines[start : start + PAGE]
    part = f" Shown are {start + 1:,} to {start + len(here):,}." if len(here) < len(lines) else ""
    yield Paragraph(
        f"{counted(len(lines), 'line')} of {of:,}; {cited:,} cited by a finding and marked {MARK}."
        f"{part}"
    )
    for (file, *_), group in groupby(here, CapturedLine.origin):
        own = list(group)
        cites = sorted({number for line in own for number in line.scenarios})
        proof = f"; proof of {scenarios(cites)}" if cites else ""
        shown = tuple(Line(line.number, line.text, bool(line.scenarios)) for line in own)
        yield Cited(Excerpt(file, shown), about(own) + proof)
