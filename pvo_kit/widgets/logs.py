"""The log filter: time, address, port and outcome choose the connections that the charts draw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, get_args

from pvo_kit import charts
from pvo_kit.charts.descriptions import Kind
from pvo_kit.errors import InputError
from pvo_kit.frames import connections_frame
from pvo_kit.report.story import counted
from pvo_kit.widgets import controls, links
from pvo_kit.widgets.blocks import Block, Paragraph, Picture, Table
from pvo_kit.widgets.links import LinkChoice, parse_time
from pvo_kit.widgets.opened import OpenCase
from pvo_kit.widgets.panel import Panel, the_panel

if TYPE_CHECKING:
    import pandas as pd

EVERY = "all"
CHARTS: dict[str, Kind] = {
    "each connection in time": "dcid_timeline",
    "TLS failures over time": "tls_failures_over_time",
    "cipher suites": "cipher_use",
}
ROWS = 20
"""Connections listed below the chart."""


def log_filter(case: OpenCase, connections: pd.DataFrame | None = None) -> LogFilter:
    """Return the panel that draws the delivery connections of a case.

    ``connections``, a frame of ``pvo.connections``, is drawn instead of the case's own where it is
    given; the case then holds only what is chosen.
    """
    panel = the_panel(case, LogFilter)
    panel.draw(connections)
    return panel


class LogFilter(Panel):
    """A choice of connections and their chart. CSS classes:

    pvo-log-from, pvo-log-to, pvo-log-address, pvo-log-port, pvo-log-outcome, pvo-log-kind (which
    chart), pvo-log-show, pvo-log-count (how many are chosen), pvo-log-chart (the picture),
    pvo-log-rows (the first connections as a table), pvo-log-filter-message.
    """

    name = "log-filter"
    title = "Delivery connections in the mail logs"

    def __init__(self, case: OpenCase) -> None:
        """Make the panel's widgets."""
        super().__init__(case)
        self._given: pd.DataFrame | None = None
        self._links = connections_frame(case.evidence.connections)
        self._of: object = None
        self._picture: Picture | None = None
        self.since = controls.text("From", "pvo-log-from")
        self.until = controls.text("To", "pvo-log-to")
        self.address = controls.choice("To address", "pvo-log-address")
        self.port = controls.choice("Port", "pvo-log-port")
        self.outcome = controls.choice("Outcome", "pvo-log-outcome")
        self.kind = controls.choice("Chart", "pvo-log-kind", [(text, text) for text in CHARTS])
        self.button = controls.button("Draw", "pvo-log-show", main=True)
        self.count = controls.page("pvo-log-count")
        self.chart = controls.page("pvo-log-chart")
        self.rows = controls.page("pvo-log-rows")
        self.button.on_click(self.calling(self.choose))
        self._fields = (
            self.since, self.until, self.address, self.port, self.outcome, self.kind
        )  # fmt: skip
        for field in self._fields:
            field.observe(self.calling(self.choose), "value")
        self.arrange(
            controls.row(self.since, self.until),
            controls.row(self.address, self.port, self.outcome),
            controls.row(self.kind, self.button),
            self.message,
            self.count,
            self.chart,
            self.rows,
        )

    @property
    def choice(self) -> LinkChoice:
        """Which connections are drawn."""
        kept = self.case.choices.get(self.name)
        return kept if isinstance(kept, LinkChoice) else LinkChoice()

    @property
    def chart_kind(self) -> Kind:
        """Which chart is drawn."""
        kept = self.case.choices.get(f"{self.name} kind")
        return next((kind for kind in get_args(Kind) if kind == kept), "dcid_timeline")

    def draw(self, connections: pd.DataFrame | None) -> None:
        """Draw this frame from now on, or the case's own connections where it is None."""
        self._given, self._of = connections, None
        self.refresh()

    def choose(self) -> None:
        """Take the choice from the fields, and draw what is chosen."""
        choice = LinkChoice(
            parse_time(self.since.value),
            parse_time(self.until.value),
            self.address.value or "",
            int(self.port.value) if self.port.value else None,
            self.outcome.value or "",
        )
        if choice.since and choice.until and choice.since > choice.until:
            raise InputError("The first time is later than the last one, so nothing is chosen.")
        self.case.choices[self.name] = choice
        self.case.choices[f"{self.name} kind"] = CHARTS[self.kind.value]
        self.say("")
        self._show()

    def refresh(self) -> None:
        """Take the connections of the case anew where it is another one, and draw them."""
        source = self.case.evidence if self._given is None else self._given
        if self._of is source:
            return
        self._of = source
        self._links = (
            connections_frame(self.case.evidence.connections)
            if self._given is None
            else self._given
        )
        with self.filling():
            choice = self.choice
            known = links.present
            controls.offer(self.address, known(self._links, "address"), EVERY, choice.address)
            port = "" if choice.port is None else str(choice.port)
            controls.offer(self.port, known(self._links, "port"), EVERY, port)
            controls.offer(self.outcome, known(self._links, "outcome"), EVERY, choice.outcome)
            self.kind.value = next(word for word, kind in CHARTS.items() if kind == self.chart_kind)
            self.since.value, self.until.value = str(choice.since or ""), str(choice.until or "")
            self.since.placeholder, self.until.placeholder = links.span(self._links)
        self._show()

    def _show(self) -> None:
        chosen = self.choice.of(self._links)
        axes = getattr(charts, self.chart_kind)(chosen)
        self._picture = Picture(charts.to_png(axes), charts.describe(self.chart_kind, chosen))
        count, picture, *rows = self.blocks()
        controls.show(self.count, [count])
        controls.show(self.chart, [picture])
        controls.show(self.rows, rows)

    def blocks(self) -> Sequence[Block]:
        """Return how many connections are chosen, their chart and the first of them."""
        return tuple(self._told())

    def _told(self) -> Iterator[Block]:
        chosen = self.choice.of(self._links)
        failed = int((chosen["tls"] == "failed").sum())
        yield Paragraph(
            f"{counted(len(chosen), 'connection')} of {len(self._links):,} chosen; TLS failed on "
            f"{failed:,}."
        )
        if self._picture:
            yield self._picture
        if len(chosen):
            first = f"The first {ROWS} of them" if len(chosen) > ROWS else ""
            yield Table(links.HEAD, links.rows(chosen, ROWS), first)
