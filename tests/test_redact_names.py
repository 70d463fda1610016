"""Pseudonyms: what stands for an address, a host, a word, and what of it stays."""

from __future__ import annotations

import os
import re
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pvo_kit.errors import InputError
from pvo_kit.redaction import filenames, keys, read_key
from pvo_kit.redaction.addresses import Addresses, is_kept
from pvo_kit.redaction.leaks import Leaks, is_secret
from pvo_kit.redaction.lines import Lines
from pvo_kit.redaction.names import Names
from pvo_kit.redaction.vocabulary import is_own, role_of, words
from pvo_kit.redaction.wraps import break_like, cut_at_width

KEY = keys.given(b"a key of tests only, never more.")
secrets = st.binary(min_size=16, max_size=40)
v4 = st.integers(0, 2**32 - 1).map(IPv4Address)
v6 = st.integers(0, 2**128 - 1).map(IPv6Address)


def near(address):
    """Addresses that share some first bits with one."""
    width = address.max_prefixlen
    return st.builds(
        lambda bits, length: type(address)(int(address) ^ (bits >> length)),
        st.integers(0, 2**width - 1),
        st.integers(0, width),
    )


def shared(one, other):
    """How many first bits two addresses share."""
    return one.max_prefixlen - (int(one) ^ int(other)).bit_length()


# Addresses


@given(secrets, st.one_of(v4, v6), st.data())
def test_two_addresses_that_share_their_first_bits_do_so_afterwards_and_no_more(key, one, data):
    other = data.draw(near(one))
    addresses = Addresses(keys.given(key))
    assert shared(addresses.of(one), addresses.of(other)) == shared(one, other)


@given(secrets, st.one_of(v4, v6))
def test_an_address_changes_unless_it_names_nobody(key, address):
    new = Addresses(keys.given(key)).of(address)
    embedded = isinstance(address, IPv6Address) and address.ipv4_mapped
    assert (new == address) == is_kept(embedded or address)


@given(secrets, v4)
def test_private_addresses_stay_private_and_public_ones_public(key, address):
    new = Addresses(keys.given(key)).of(address)
    assert new.is_private == address.is_private
    assert new.is_global == address.is_global
    assert new.is_multicast == address.is_multicast


@pytest.mark.parametrize(
    ("inside", "prefix"),
    [
        ("10.20.1.25", "10."),
        ("172.31.7.1", r"172\.(1[6-9]|2\d|3[01])\."),
        ("192.168.40.5", r"192\.168\."),
        ("100.99.3.4", r"100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\."),
        ("fd12:3456::1", "fd"),
        ("::ffff:10.1.1.1", "::ffff:a"),
    ],
)
def test_a_private_range_is_never_left(inside, prefix):
    for number in range(50):
        new = Addresses(keys.given(bytes([number]) * 16)).of(ip_address(inside))
        assert re.match(prefix, str(new)), new
        assert str(new) != inside


@pytest.mark.parametrize(
    "kept",
    ["0.0.0.0", "127.0.0.1",  # noqa: S104
     "169.254.3.4", "192.0.2.7", "198.51.100.17", "203.0.113.44",
     "224.0.0.1", "255.255.255.0", "255.255.255.255", "::", "::1", "fe80::1", "ff02::1",
     "2001:db8::17"],
)  # fmt: skip
def test_an_address_that_names_nobody_is_kept(kept):
    assert Names(KEY).address(ip_address(kept)) == kept


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("10.1.1.0/24", r"10\.\d+\.\d+\.0/24"),
        ("10.0.0.0/8", r"10\.0\.0\.0/8"),
        ("2a02:1:2::/48", r"2[0-9a-f]{3}:[0-9a-f:]+::/48"),
    ],
)
def test_a_network_stays_a_network(text, pattern):
    assert re.fullmatch(pattern, Lines(Names(KEY), {}).told(text))


# Hosts, people, words


def test_the_hierarchy_of_names_stays():
    names = Names(KEY)
    host, sister, domain = map(
        names.host, ("mx1.corp.example.com", "mx2.corp.example.com", "corp.example.com")
    )
    assert host.endswith("." + domain)
    assert sister.endswith("." + domain)
    assert host != sister
    assert domain.endswith(".com")
    assert not re.search("mx|corp|example", host)
    assert names.mailbox("a", names.host("corp.example.com")).endswith("@" + domain)


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("mx.example.co.jp", r"mx\.d-\w{8}\.co\.jp"),
        ("h1.contoso", r"h-\w{8}\.d-\w{8}"),
        ("contoso-gw", r"h-\w{8}"),
        ("esa1.example.com", r"esa-\w{8}\.d-\w{8}\.com"),
        ("sma-tokyo.example.com", r"sma-\w{8}\.d-\w{8}\.com"),
        ("mail.com", r"d-\w{8}\.com"),
        ("the.cpq.host", r"the\.cpq\.host"),
        ("LocalHost", "LocalHost"),
        ("4.3.2.1.in-addr.arpa", r"(h-\w{8}\.){3}d-\w{8}\.in-addr\.arpa"),
    ],
)
def test_what_is_public_of_a_name_stays_and_nothing_else(name, pattern):
    assert re.fullmatch(pattern, Names(KEY).host(name))


@given(st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True))
def test_a_new_name_says_of_a_box_what_the_old_one_said(label):
    new = Names(KEY).host(f"{label}.example.com").partition(".")[0]
    assert role_of(new) == role_of(label)


def test_case_does_not_make_another_host_or_person():
    names = Names(KEY)
    assert names.host("ESA1.Example.COM") == names.host("esa1.example.com")
    assert names.user("Jane.Roe") == names.user("jane.roe")


@given(secrets, st.text(min_size=1, max_size=40))
def test_a_word_keeps_its_form_and_is_another_one(key, text):
    for word in re.findall(r"[^\W_]{4,}", text):
        new = Names(keys.given(key)).word(word)
        assert len(new) >= len(word)
        for old, sign in zip(word, new, strict=False):
            assert old.isascii() == sign.isascii() or not old.isalpha()
            assert old.isdigit() == sign.isdigit() or not old.isascii()
        assert new.isdigit() or not is_own(new)


def test_short_words_do_not_fall_together():
    names = Names(KEY)
    letters = "abcdefghijklmnopqrstuvwxyz"
    short = {a + b for a in letters for b in letters}
    assert len({names.word(word) for word in short}) == len(short)


def test_a_serial_number_keeps_its_form():
    new = Names(KEY).serial("564D2C0FFEE0000000A1-0000000000A1")
    assert re.fullmatch(r"[0-9A-F]{20}-[0-9A-F]{12}", new)
    assert new != "564D2C0FFEE0000000A1-0000000000A1"


def test_the_same_key_gives_the_same_names_and_another_key_others():
    values = ["esa1.example.com", "jane", "Hauptsitz", "00C3D1D1D1D3-DDDDDD3"]

    def made(secret):
        names = Names(keys.given(secret))
        forms = (names.host, names.user, names.word, names.serial)
        return [form(value) for form, value in zip(forms, values, strict=True)]

    assert made(b"1" * 16) == made(b"1" * 16)
    assert not set(made(b"1" * 16)) & set(made(b"2" * 16))


# Lines


@pytest.mark.parametrize(
    ("line", "pattern"),
    [
        ("Connected to 10.20.1.17.", r"Connected to 10(\.\d+){3}\."),
        ("Trying 10.20.1.17...", r"Trying 10(\.\d+){3}\.\.\."),
        ("220 sma.example.com. ready", r"220 sma\.d-\w{8}\.com\. ready"),
        ("to 10.1.1.1:7025, 10.1.1.1.25", r"to (10(\.\d+){3}):7025, \1\.25"),
        ("host IP10.1.1.1", r"host IP10(\.\d+){3}"),
        ("from=<a.b@example.com>", r"from=<u-\w{8}@d-\w{8}\.com>"),
        ("o'brien@[10.1.1.1]", r"u-\w{8}@\[10(\.\d+){3}\]"),
        ("は sma01.example.comで", r". sma-\w{8}\.d-\w{8}\.com."),
        ("CN=*.example.com", r"CN=\*\.d-\w{8}\.com"),
        ("[2a00:1450::8]:7025", r"\[2[0-9a-f:]+\]:7025"),
        ("SSL routines::no shared cipher", "SSL routines::no shared cipher"),
        ("HIGH:!aNULL:@STRENGTH", "HIGH:!aNULL:@STRENGTH"),
        ("ip=192.168.1.1", r"ip=192\.168(?!\.1\.1$)(\.\d+){2}"),
        ("to=2010.77.31.9", r"to=2010(?!\.77)(\.\d+){3}"),
        ("at%4010.77.31.9 at=3D192.168.1.1", r"at%4010(?!\.77)(\.\d+){3} at=3D192\.168(\.\d+){2}"),
        ("MID 10.77.31.9", r"MID 10(?!\.77)(\.\d+){3}"),
        ("MID 338573412.", r"MID 338573412\."),
        ("Version: 8.5.6.106", "Version: 8.5.6.106"),
        ("Mon Jul 21 11:57:38 2014 GMT", "Mon Jul 21 11:57:38 2014 GMT"),
        ("New SMTP DCID 338573412 close", "New SMTP DCID 338573412 close"),
        ("value 0312345678", r"value (?!0312345678)\d{10}"),
        ("Contoso_listener, cpq_listener", r"[B-Z][a-z]{6}_listener, cpq_listener"),
        ("00:0c:29:aa:bb:cc", "(?!00:0c:29:aa:bb:cc)[0-9a-f]{2}(:[0-9a-f]{2}){5}"),
    ],
)
def test_a_token_of_understood_text_is_replaced_by_its_form(line, pattern):
    assert re.fullmatch(pattern, Lines(Names(KEY), {}).told(line), re.I)


def test_free_text_keeps_the_appliances_own_words_and_nothing_else():
    lines = Lines(Names(KEY), {})
    text = "Hello Mrs Smith, the ESA at Contoso (tel. 03-1234-5678) is up, see 山本様 at 10:15."
    new = lines.free(text)
    assert (
        new == "Hello Xxx Xxxxx, the ESA at Xxxxxxx (xxx. 00-0000-0000) is up, see あああ at 10:15."
    )
    assert len(new) == len(text)


@pytest.mark.parametrize("before", ["> ", "> > ", "-Press Any Key For More-", "\t"])
def test_what_mail_programs_and_pagers_put_before_a_line_stays_apart(before):
    lines = Lines(Names(KEY), {})
    assert lines.told(before + "mx.example.com> ") == before + lines.told("mx.example.com> ")


def test_a_host_known_by_a_prompt_is_found_in_sentences():
    lines = Lines(Names(KEY), {"esa1": "label", "esa1.example.com": "host"})
    told = lines.free("esa1 grumbles, see ESA1.example.com")
    new = Names(KEY).host("esa1.example.com")
    assert told == f"{new.partition('.')[0]} xxxxxxxx, see {new}"


def test_a_cluster_called_by_a_word_is_replaced_where_it_is_one():
    lines = Lines(Names(KEY), {"mail": "place"})
    told = lines.told('(Cluster Mail)> mail_logs, "Cluster Mail", mail')
    word = Names(KEY).word("Mail")
    assert told == f'(Cluster {word})> mail_logs, "Cluster {word}", mail'


# The appliance's own words


def test_no_name_of_people_places_or_companies_is_an_own_word():
    for name in ("main", "branch", "example", "contoso", "smith", "jane", "tokyo", "april", "mark"):
        assert name not in words()


def test_the_words_are_sorted_lower_case_and_single():
    from importlib.resources import files

    text = files("pvo_kit.redaction").joinpath("words.txt").read_text(encoding="ascii")
    assert text.split() == sorted(set(text.lower().split()))
    assert max(map(len, text.splitlines())) <= 100


def test_words_that_rules_look_for_are_own_words():
    from pvo_kit import catalog
    from pvo_kit.mail_logs import KINDS
    from pvo_kit.scenarios import accounts
    from pvo_kit.scenarios.tls_sessions import NO_CERTIFICATE, OTHER_CAUSES

    texts = [NO_CERTIFICATE, *(row.name for row in catalog.COMMANDS)]
    texts += [word for reasons, _ in OTHER_CAUSES for word in reasons]
    texts += [*accounts.ADMINISTRATOR, *accounts.SUSPECT, *accounts.OTHER, *accounts.PRIVILEGES]
    texts += [
        re.sub(r"<\w+>|\(\?P<\w+>|\\.|\{[^}]*\}|\[[^\]]*\]", " ", kind.template) for kind in KINDS
    ]
    unknown = {word for text in texts for word in re.findall(r"[^\W_]+", text) if not is_own(word)}
    assert not {word for word in unknown if not word.isdigit()}


# Keys


def test_a_key_that_can_be_guessed_is_refused():
    with pytest.raises(InputError, match="less than 16 bytes"):
        keys.given(b"short")


def test_a_name_that_is_taken_or_the_value_itself_is_given_to_nobody_else(monkeypatch):
    monkeypatch.setattr(Names, "_sign", lambda _, kind, value, tried: f"sign{tried}")
    names = Names(KEY)
    assert names.user("jane") == names.user("Jane") == "u-sign0"
    assert names.user("joan") == "u-sign1"
    assert names.user("u-sign2") == "u-sign3"
    assert names.user("joan") == "u-sign1"
    assert names.host("jane") == "h-sign0"
    assert names.host("joan") == "h-sign1"


@pytest.mark.parametrize(
    "values",
    [[f"{number:07}" for number in range(20_000)], [f"{number:03X}A" for number in range(4096)],
     [chr(0x4E00 + number) for number in range(99)], ["½", "¾", "½½", "٣", "٤"]],
    ids=["numbers", "hexadecimal", "signs", "no letters"],
)  # fmt: skip
def test_values_of_few_forms_stay_apart(values):
    """Numbers, and words of few letters, have few names of their form: some meet."""
    names = Names(KEY)
    new = [names.word(value) for value in values]
    assert len(set(new)) == len(values)
    assert not [value for value, name in zip(values, new, strict=True) if value == name]
    assert new == [names.word(value) for value in values]


def test_few_serial_numbers_of_one_form_stay_apart():
    names = Names(KEY)
    values = [f"A{number}" for number in range(10)] + [str(number) for number in range(10)]
    assert len({names.serial(value) for value in values}) == 20


def test_names_that_go_on_from_others_leave_these_alone():
    names = Names(KEY)
    crowd = [f"{number:07}" for number in range(5000)]
    given = [names.word(value) for value in crowd]
    copied = names.going_on()
    assert [copied.word(value) for value in reversed(crowd)] == given[::-1]
    copied.host("mx9.example.com")
    assert "host" not in names.given
    fresh = Names(KEY)
    assert [fresh.word(value) for value in reversed(crowd)] != given[::-1]


def test_accounts_that_every_appliance_has_stay():
    names = Names(KEY)
    assert [names.user(name) for name in ("admin", "Root")] == ["admin", "Root"]
    assert names.user("adam") != "adam"


def test_a_key_is_told_by_no_text():
    assert "secret" not in repr(keys.given(b"secret " * 4))


def test_a_key_file_is_read_without_its_line_end(tmp_path):
    file = tmp_path / "key"
    file.write_bytes(b"0123456789abcdef0123\r\n")
    file.chmod(0o600)
    assert read_key(file) == b"0123456789abcdef0123"


def test_a_key_file_that_is_missing_or_short_is_refused(tmp_path):
    with pytest.raises(InputError, match="the key file none cannot be read"):
        read_key(tmp_path / "none")
    short = tmp_path / "short"
    short.write_bytes(b"0123")
    short.chmod(0o600)
    with pytest.raises(InputError, match="less than 16 bytes"):
        read_key(short)


if os.name == "posix":

    @pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620])
    def test_a_key_file_that_others_can_read_or_change_is_refused(tmp_path, mode):
        file = tmp_path / "key"
        file.write_bytes(b"0123456789abcdef0123")
        file.chmod(mode)
        with pytest.raises(InputError, match="chmod 600"):
            read_key(file)


# File names


def test_file_names_of_own_words_stay_and_others_keep_their_kind():
    files = ["mail_logs/mail.current", "mail_logs/mail.@20160905T000002.s", "ACME 688231/esa.txt",
             "ACME 688231/smith.log.gz"]  # fmt: skip
    renamed = filenames.rename(Names(KEY), files, {})
    assert renamed["mail_logs/mail.current"] == "mail_logs/mail.current"
    assert re.fullmatch(r"file-\w{8}/esa.txt", renamed[files[2]])
    assert renamed[files[3]].endswith(".log.gz")
    assert "@20160905T000002" in renamed[files[1]]


@given(st.lists(st.text(min_size=1, max_size=8).filter(lambda name: "/" not in name)))
def test_new_file_names_are_as_many_and_in_the_same_order(names):
    files = sorted({f"{name}/x.log" if len(name) % 2 else name for name in names})
    renamed = filenames.rename(Names(KEY), files, {})
    new = [renamed[file] for file in files]
    assert new == sorted(new)
    assert len({name.casefold() for name in new}) == len(files)


# Breaking lines again


@given(st.lists(st.text("ab1.", min_size=1, max_size=15), min_size=9), st.integers(2, 3))
def test_a_cut_row_is_cut_into_as_many_lines_and_reads_the_same(words, count):
    text = " ".join(words)
    assume(len(text) > 80 * (count - 1) - 12)  # new names are not that much shorter
    pieces = cut_at_width(text, 80, count)
    assert len(pieces) == count
    assert all(len(piece) == 80 and piece[-1] != " " for piece in pieces[:-1])
    assert pieces[-1].strip()
    assert "".join(pieces).split() == words


@given(st.lists(st.text("abc", min_size=1, max_size=30), min_size=6, max_size=20))
def test_a_broken_entry_gets_as_many_lines_and_no_empty_one(words):
    old = [" ".join(words[:2]), " ".join(words[2:4]), " ".join(words[4:])]
    new = " ".join(word.upper() + "-longer" for word in words)
    pieces = break_like(new, old, [False, False])
    assert "".join(pieces) == new
    assert [len(piece.split()) for piece in pieces] == [len(piece.split()) for piece in old]


# Looking for leaks

VALUES = ["mx1.contoso.com", "山本", "Jane Roe", "10.20.1.25", "lholm", "Q3 numbers, draft"]


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("at MX1.contoso.com.", "mx1.contoso.com"),
        ("root@mx1.contoso.com", "mx1.contoso.com"),
        ("see 10.20.1.25:7025", "10.20.1.25"),
        ("by Jane Roe today", "jane roe"),
        ("user=lholm%40x", "lholm"),
        ("q=mx1%2Econtoso%2Ecom", "mx1.contoso.com"),
        ("=6C=68olm said", "lholm"),
        ("%E5%B1%B1%E6%9C%AC", "山本"),
        ("=E5=B1=B1=E6=9C=AC", "山本"),
        ("=8ER=96{", "山本"),
        ("Re: Q3 numbers, draft", "q3 numbers, draft"),
    ],
)
def test_an_original_value_is_found_in_whatever_way_it_is_written(line, value):
    assert value in set(Leaks(VALUES).found(line))


@pytest.mark.parametrize("encoding", ["cp932", "utf-16-le", "utf-16-be"])
def test_an_original_value_is_found_in_bytes_of_another_encoding(encoding):
    raw = "x 山本 lholm ".encode(encoding)
    found = set(Leaks(VALUES).found(raw.decode("latin-1"), raw))
    assert {"山本", "lholm"} <= found


@pytest.mark.parametrize("line", ["mx12.contoso.com", "10.20.1.251", "lholmes", "Jane Roebuck"])
def test_a_part_of_a_longer_token_is_no_leak(line):
    assert not set(Leaks(VALUES).found(line))


@pytest.mark.parametrize("value", ["Data 1", "Management", "admin", "the.cpq.host", "7025", "xxx"])
def test_words_that_any_appliance_prints_are_no_secrets(value):
    assert not is_secret(value)
