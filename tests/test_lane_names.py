"""Names below a chart: in full, without their domain, or slanted; never the same for two hosts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pvo_kit.charts import hosts
from pvo_kit.charts.lane_names import LETTER, lane_names

SMA = ("sma-frankfurt-01.gateway.corp.example.com", "system")
ESA = ("esa-frankfurt-01.gateway.corp.example.com", "port 7025")
OTHER = ("esa-frankfurt-02.gateway.corp.example.com", "port 7025")


def test_names_with_room_stand_in_full_beside_each_other():
    found = lane_names([SMA, ESA], 45 * LETTER)
    assert found.texts == ("\n".join(SMA), "\n".join(ESA))
    assert not found.slanted
    assert found.note == ""


def test_a_common_domain_is_left_out_and_named_where_there_is_less_room():
    found = lane_names([SMA, ESA, OTHER], 18 * LETTER)
    assert found.texts[1:] == ("esa-frankfurt-01\nport 7025", "esa-frankfurt-02\nport 7025")
    assert not found.slanted
    assert found.note == "Host names without their domain, gateway.corp.example.com."


def test_names_without_room_are_slanted_on_one_line():
    found = lane_names([SMA, ESA, OTHER], 8 * LETTER)
    assert found.slanted
    assert found.texts[1:] == ("esa-frankfurt-01 port 7025", "esa-frankfurt-02 port 7025")
    assert found.points == 26 * LETTER


def test_hosts_of_different_domains_keep_theirs():
    lanes = [SMA, ("mx.example.net", "port 7025")]
    found = lane_names(lanes, 16 * LETTER)
    assert found.slanted
    assert found.note == ""
    assert found.texts[1] == "mx.example.net port 7025"


def test_a_name_without_a_domain_has_none_in_common():
    assert hosts.common_domain(["mx", "sma"]) == ""
    assert hosts.common_domain(["Main_Group", "a.example.com", "b.example.com"]) == "example.com"
    assert hosts.without("Main_Group", "example.com") == "Main_Group"


@given(
    lanes=st.lists(
        st.tuples(st.from_regex(r"[a-z0-9-]{1,40}(\.[a-z]{1,12}){0,3}", fullmatch=True),
                  st.sampled_from(["system", "port 7025"])),
        min_size=1, max_size=8,
    ),
    points=st.floats(10, 300),
)  # fmt: skip
def test_names_beside_each_other_fit_into_their_lanes(lanes, points):
    found = lane_names(lanes, points)
    assert len(found.texts) == len(lanes)
    if not found.slanted:
        assert found.points <= points
