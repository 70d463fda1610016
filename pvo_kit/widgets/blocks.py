"""What a panel shows, as a few kinds of block; each is HTML for a page and text for a terminal.

A panel tells its content once, as blocks. Its live form, the form that stays in a saved notebook
and the plain text all come from them, so they cannot say different things.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from markupsafe import Markup

from pvo_kit import escape
from pvo_kit.report.story import Excerpt
from pvo_kit.widgets.markup import copy_button, element, wrapped

MARK = "\u25b6"
"""Stands before a cited line."""


class Block(Protocol):
    """One piece of a panel."""

    def html(self, live: bool) -> Markup:
        """Return it as HTML; ``live`` adds what only works on a page with its scripts."""
        ...

    def text(self) -> list[str]:
        """Return it as lines for a terminal."""
        ...


def to_html(blocks: Iterable[Block], live: bool = False) -> Markup:
    """Return blocks as HTML, one below the other."""
    return Markup("\n").join(block.html(live) for block in blocks)


def to_text(blocks: Iterable[Block]) -> str:
    """Return blocks as text, a blank line between them, that cannot steer a terminal."""
    parts = ("\n".join(map(escape.terminal, block.text())) for block in blocks)
    return "\n\n".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Heading:
    """A title within a panel."""

    title: str

    def html(self, live: bool) -> Markup:
        """Return a heading below those of a notebook's own text."""
        return element("h4", self.title)

    def text(self) -> list[str]:
        """Return the title, underlined."""
        lines = wrapped(self.title)
        return [*lines, "-" * max(map(len, lines), default=0)]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences, with a word before them that stands out where ``lead`` is given."""

    words: str
    lead: str = ""

    def html(self, live: bool) -> Markup:
        """Return a paragraph."""
        lead = element("strong", self.lead) + " " if self.lead else Markup()
        return element("p", lead, self.words)

    def text(self) -> list[str]:
        """Return the sentences in lines."""
        return wrapped(f"{self.lead} {self.words}".strip())


@dataclass(frozen=True, slots=True)
class State:
    """How something stands: a sign and a word, never a colour alone."""

    sign: str
    word: str
    words: str = ""
    kind: str = "plain"

    def html(self, live: bool) -> Markup:
        """Return a line whose class tells the style sheet its colour."""
        head = element("strong", f"{self.sign} {self.word}", class_=f"pvo-state pvo-{self.kind}")
        return element("p", head, f" {self.words}" if self.words else "")

    def text(self) -> list[str]:
        """Return sign, word and sentences in lines."""
        return wrapped(f"{self.sign} {self.word}  {self.words}".rstrip(), "", "  ")


@dataclass(frozen=True, slots=True)
class Listing:
    """A list, numbered where its order counts."""

    rows: Sequence[str]
    title: str = ""
    ordered: bool = False

    def html(self, live: bool) -> Markup:
        """Return a list below its title; nothing where it is empty."""
        if not self.rows:
            return Markup()
        head = element("p", element("strong", self.title)) if self.title else Markup()
        rows = Markup().join(element("li", row) for row in self.rows)
        return head + element("ol" if self.ordered else "ul", rows)

    def text(self) -> list[str]:
        """Return a line or more an entry."""
        marks = (f"{n:>3}  " if self.ordered else "  - " for n in range(1, len(self.rows) + 1))
        lines = [
            line
            for mark, row in zip(marks, self.rows, strict=True)
            for line in wrapped(row, mark, " " * len(mark))
        ]
        return [self.title, *lines] if self.title and lines else lines


@dataclass(frozen=True, slots=True)
class Code:
    """Lines as they are typed or pasted. ``label`` says what they are."""

    lines: Sequence[str]
    label: str

    def html(self, live: bool) -> Markup:
        """Return preformatted lines, live with a button that copies them."""
        lines = Markup("\n").join(Markup(escape.html(line)) for line in self.lines)  # noqa: S704
        shown = element("pre", lines, tabindex="0", role="region", aria_label=self.label)
        return (
            element("div", copy_button(self.label), shown, class_="pvo-copied") if live else shown
        )

    def text(self) -> list[str]:
        """Return the lines, moved in."""
        return [f"    {line}" for line in self.lines]


@dataclass(frozen=True, slots=True)
class Cited:
    """Neighbouring lines of a file, the proof among them marked by a sign.

    ``about`` says where they come from: appliance, command, time.
    """

    excerpt: Excerpt
    about: str = ""

    @property
    def title(self) -> str:
        """File, lines and where they come from."""
        head = f"{self.excerpt.file}, {self.excerpt.span}"
        return f"{head} ({self.about})" if self.about else head

    def html(self, live: bool) -> Markup:
        """Return a figure: a row a line, its number, and the sign of the cited ones."""
        rows = Markup("\n").join(
            _line(f"{MARK if line.cited else ' '} {line.number}", line.text, line.cited)
            for line in self.excerpt.lines
        )
        shown = element(
            "pre", rows, class_="pvo-lines", tabindex="0", role="region", aria_label=self.title
        )
        return element("figure", element("figcaption", self.title), shown)

    def text(self) -> list[str]:
        """Return the lines with their numbers, ``>`` before the cited ones."""
        return [
            *wrapped(self.title),
            *(
                f"  {'>' if line.cited else ' '}{line.number:>6}  {line.text}"
                for line in self.excerpt.lines
            ),
        ]


def _line(number: str, text: str, cited: bool) -> Markup:
    told = element("span", "cited ", class_="pvo-hidden") if cited else Markup()
    cells = (element("i", number), told, element("span", text))
    return element("mark" if cited else "span", *cells, class_="pvo-line")


@dataclass(frozen=True, slots=True)
class Table:
    """A table with one line a row in its text form. The first cell heads its row."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""

    def html(self, live: bool) -> Markup:
        """Return a table with scopes, which a screen reader reads with each cell."""
        caption = element("caption", self.caption) if self.caption else Markup()
        head = Markup().join(element("th", cell, scope="col") for cell in self.head)
        rows = Markup().join(
            element(
                "tr",
                element("th", first, scope="row"),
                *(element("td", cell) for cell in rest),
            )
            for first, *rest in self.rows
        )
        parts = (element("thead", element("tr", head)), element("tbody", rows))
        return element("div", element("table", caption, *parts), class_="pvo-scroll")

    def text(self) -> list[str]:
        """Return columns of the width that they need; long cells push the rest."""
        rows = [[escape.terminal(cell) for cell in row] for row in (self.head, *self.rows)]
        widths = [min(40, max(map(len, column))) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        return [*wrapped(self.caption), *lines]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture (PNG) and what it shows in words."""

    png: bytes
    alt: str

    def html(self, live: bool) -> Markup:
        """Return an image with its alternative text; notebooks drop that of other pictures."""
        source = f"data:image/png;base64,{b64encode(self.png).decode('ascii')}"
        return Markup(f'<img alt="{escape.html(self.alt)}" src="{source}">')  # noqa: S704

    def text(self) -> list[str]:
        """Return what it shows in words."""
        return wrapped(self.alt)


@dataclass(frozen=True, slots=True)
class Download:
    """A text that can be kept as a file; the link holds it, so no server is asked."""

    name: str
    content: str

    def html(self, live: bool) -> Markup:
        """Return a link."""
        data = b64encode(self.content.encode("utf-8")).decode("ascii")
        return element(
            "p",
            element(
                "a",
                f"Download as text ({self.name})",
                class_="pvo-download",
                download=self.name,
                href=f"data:text/plain;charset=utf-8;base64,{data}",
            ),
        )

    def text(self) -> list[str]:
        """Return nothing: a terminal has the text already."""
        return []


@dataclass(frozen=True, slots=True)
class Folded:
    """Blocks behind a title; open where no page folds them."""

    title: str
    blocks: Sequence[Block]

    def html(self, live: bool) -> Markup:
        """Return details, which the keyboard opens; they are open where nobody may."""
        state = {} if live else {"open": "open"}
        shown = to_html(self.blocks, live)
        return element("details", element("summary", self.title), shown, **state)

    def text(self) -> list[str]:
        """Return the title and the blocks below it."""
        return [self.title, "", *to_text(self.blocks).split("\n")]


@dataclass(frozen=True, slots=True)
class Shown:
    """An object of the kit that shows itself: its HTML (escaped by its own module) and text."""

    page: str
    words: str

    def html(self, live: bool) -> Markup:
        """Return the object's own HTML."""
        return Markup(self.page)  # noqa: S704 - of _repr_html_ alone, which escapes

    def text(self) -> list[str]:
        """Return the object's own text."""
        return self.words.rstrip("\n").split("\n")
