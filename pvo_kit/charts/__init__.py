"""Charts of delivery connections, and of what the scenarios look at.

Each chart takes a frame (columns of ``connections`` or ``tls_failures``) and perhaps an Axes to
draw on, and returns the Axes; ``fix``, a time, parts it into before and after. ``describe`` tells
the same in words, ``show_figure`` puts both into a notebook, ``save`` and ``to_png`` keep the
picture: the same frame gives the same bytes.

    ax = charts.dcid_timeline(connections, fix="2014-04-07 16:02")
    charts.show_figure(ax, charts.describe("dcid_timeline", connections, fix="2014-04-07 16:02"))

``status_line``, ``reachability_map``, ``feature_matrix`` and ``level_matrix`` take the tables of
``pvo_kit.tables`` in the same way, without a fix, and ``scenarios_over_time`` that of a batch
(``read_fleet``).

Figures are made with matplotlib's objects. pyplot keeps figures of its own and loses pictures that
are drawn while a widget's callback runs, so it is never imported, and no setting is ever changed.
The modules here import matplotlib and pandas at their top: nothing loads them before a chart.
"""

from pvo_kit.charts.ciphers import cipher_use
from pvo_kit.charts.descriptions import describe
from pvo_kit.charts.failures import tls_failures_over_time
from pvo_kit.charts.features import feature_matrix
from pvo_kit.charts.levels import level_matrix
from pvo_kit.charts.pictures import save, show_figure, to_png
from pvo_kit.charts.reachability import reachability_map
from pvo_kit.charts.scenarios import scenarios_over_time
from pvo_kit.charts.status_line import status_line
from pvo_kit.charts.timeline import dcid_timeline

__all__ = [
    "cipher_use",
    "dcid_timeline",
    "describe",
    "feature_matrix",
    "level_matrix",
    "reachability_map",
    "save",
    "scenarios_over_time",
    "show_figure",
    "status_line",
    "tls_failures_over_time",
    "to_png",
]
