"""Charts of delivery connections: their life, their TLS failures, the suites they agreed on.

Each chart takes a frame (columns of ``connections`` or ``tls_failures``) and perhaps an Axes to
draw on, and returns the Axes; ``fix``, a time, parts it into before and after. ``describe`` tells
the same in words, ``show_figure`` puts both into a notebook, ``save`` and ``to_png`` keep the
picture: the same frame gives the same bytes.

    ax = charts.dcid_timeline(connections, fix="2014-04-07 16:02")
    charts.show_figure(ax, charts.describe("dcid_timeline", connections, fix="2014-04-07 16:02"))

Figures are made with matplotlib's objects. pyplot keeps figures of its own and loses pictures that
are drawn while a widget's callback runs, so it is never imported, and no setting is ever changed.
The modules here import matplotlib and pandas at their top: nothing loads them before a chart.
"""

from pvo_kit.charts.ciphers import cipher_use
from pvo_kit.charts.descriptions import describe
from pvo_kit.charts.failures import tls_failures_over_time
from pvo_kit.charts.pictures import save, show_figure, to_png
from pvo_kit.charts.timeline import dcid_timeline

__all__ = [
    "cipher_use",
    "dcid_timeline",
    "describe",
    "save",
    "show_figure",
    "tls_failures_over_time",
    "to_png",
]
