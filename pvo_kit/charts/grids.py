"""A grid of cells, each with a colour, a hatch and a word: rows by columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pvo_kit.charts import drawing, hosts, wording

_LETTER = 4.6
"""About how wide a small letter is, in points."""

_LONGEST = 26
"""Letters of a column's name."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, and the group of columns that it stands in."""

    name: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells by row and column; ``marked`` rows are bold. A cell that is missing stays blank.

    ``signs`` are the letters of words that do not go by their first one.
    """

    rows: Sequence[str]
    columns: Sequence[Column]
    cells: Mapping[tuple[int, int], str]
    marked: frozenset[int] = frozenset()
    signs: Mapping[str, str] = field(default_factory=dict)

    @property
    def domain(self) -> str:
        """The hosts' common domain, left out of the columns' names where one is too long with it.

        "" where none is left out.
        """
        names = [column.name for column in self.columns]
        is_long = max(map(len, names), default=0) > _LONGEST
        return hosts.common_domain(names) if is_long else ""

    @property
    def names(self) -> list[str]:
        """The columns' names as they are drawn."""
        domain = self.domain
        return [
            wording.label(hosts.without(column.name, domain), _LONGEST) for column in self.columns
        ]

    def sign(self, word: str) -> str:
        """The letter that stands for a word where there is no room for it."""
        return self.signs.get(word, word[0].upper())


def height(grid: Grid, above: float = 1.2) -> float:
    """Inches of a figure for this grid; ``above`` are those of title, notes and legend."""
    room = (drawing.WIDTH * 72 - 190) / max(len(grid.columns), 1)
    slanted = _longest(grid) > room
    names = drawing.slant(_longest(grid)) if slanted else 0.6
    return above + 0.3 * max(len(grid.rows), 3) + names


def draw(ax: Axes, grid: Grid, styles: Mapping[str, drawing.Style]) -> list[drawing.Entry]:
    """Draw the cells with their words; give the legend of the words that occur."""
    ax.set_yticks(range(len(grid.rows)), [wording.label(name, 38) for name in grid.rows])
    for number, tick in enumerate(ax.get_yticklabels()):
        tick.set_fontweight("bold" if number in grid.marked else "normal")
    ax.set_xlim(-0.5, max(len(grid.columns), 1) - 0.5)
    ax.set_ylim(len(grid.rows) - 0.5, -0.5)
    room = drawing.width(ax) / max(len(grid.columns), 1)
    is_narrow = max(map(len, grid.cells.values()), default=0) * _LETTER + 12 > room
    for (row, column), word in grid.cells.items():
        _cell(ax, (row, column), grid.sign(word) if is_narrow else word, word, styles[word])
    _columns(ax, grid, room)
    ax.tick_params(labelsize="small", length=0)
    ax.spines[:].set_visible(False)
    return [
        ((style.patch(),), f"{word} ({grid.sign(word)})" if is_narrow else word)
        for word, style in styles.items()
        if word in grid.cells.values()
    ]


def _cell(ax: Axes, place: tuple[int, int], shown: str, word: str, style: drawing.Style) -> None:
    row, column = place
    ax.add_patch(Rectangle((column - 0.46, row - 0.42), 0.92, 0.84, **style.fill, label=word))
    ax.text(
        column,
        row,
        shown,
        ha="center",
        va="center",
        fontsize="small",
        color=drawing.EDGE,
        # The hatch must not cross out the word.
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.2, "alpha": 0.85},
    )


def _columns(ax: Axes, grid: Grid, room: float) -> None:
    """Names below the columns, slanted where there is no room; lines between groups."""
    names = grid.names
    slanted = _longest(grid) > room
    groups = [column.group for column in grid.columns]
    if any(groups):
        names = [f"{group} {name}" if slanted else f"{group}\n{name}"
                 for group, name in zip(groups, names, strict=True)]  # fmt: skip
    ax.set_xticks(range(len(names)), names)
    if slanted:
        drawing.slanted(ax)
    else:
        ax.tick_params(axis="x", pad=12 if any(groups) else 6)
    for number in range(1, len(groups)):
        if groups[number] != groups[number - 1]:
            ax.axvline(number - 0.5, color=drawing.ink(), linewidth=1.4)


def _longest(grid: Grid) -> float:
    """How long the names of the columns are at most, in points."""
    return max(map(len, grid.names), default=0) * _LETTER + 8
