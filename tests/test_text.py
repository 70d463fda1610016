"""Encodings, and the line endings that every citation is counted by."""

import io
import random
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pvo_kit import text
from pvo_kit.sources import SourceError

LOG = "Mon Mar  3 09:00:00 2025 Info: New SMTP DCID 12 interface 10.0.0.1 address 10.0.0.2\n"
JAPANESE = "検疫の設定を確認しました。\nmx.example.com> status\n"
GERMAN = "Die Quarantäne für Köln läuft über Zürich\n"


def lines(data: bytes, encoding: str = "utf-8") -> list[str]:
    return list(text.lines(io.BytesIO(data), encoding))


def naive(decoded: str) -> list[str]:
    """The contract of line endings, said in the simplest way."""
    ending = "\r\r\n|\r\n|\n" if "\n" in decoded else "\r"
    found = re.split(ending, decoded)
    return found[:-1] if found[-1] == "" else found


# detect


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"", "utf-8"),
        (LOG.encode(), "utf-8"),
        (JAPANESE.encode(), "utf-8"),
        (JAPANESE.encode("utf-8-sig"), "utf-8-sig"),
        (LOG.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + LOG.encode("utf-16-be"), "utf-16"),
        (JAPANESE.encode("utf-16"), "utf-16"),
        (LOG.encode("utf-16-le"), "utf-16-le"),
        (LOG.encode("utf-16-be"), "utf-16-be"),
        (JAPANESE.encode("cp932"), "cp932"),
        ("ログを送ります\n".encode("cp932"), "cp932"),
        (GERMAN.encode("latin-1"), "latin-1"),
        ("don\u2019t \u2013 it is \u201cgrey\u201d\n".encode("cp1252"), "cp1252"),
    ],
)
def test_the_encoding_is_told_by_the_bytes(data, encoding):
    detected = text.detect(data, complete=True)
    assert detected == text.Detected(encoding)
    assert not data or data.decode(encoding)


def test_a_few_foreign_bytes_do_not_change_utf8():
    data = JAPANESE.encode() * 5 + b"\x82\xff\n" + "ああ".encode()[:-1] + b"\n" + LOG.encode()
    assert text.detect(data, complete=True).encoding == "utf-8"
    assert lines(data)[10] == "\ufffd\ufffd"


def test_bytes_that_are_no_letters_anywhere_stand_as_unknown():
    data = LOG.encode() + b"\xff\xfd\x01 \xff\xfb\x03\n" + LOG.encode()
    assert text.detect(data, complete=True).encoding == "utf-8"
    assert "\ufffd" in lines(data)[1]


def test_a_few_cut_characters_do_not_change_cp932():
    data = JAPANESE.encode("cp932") * 5 + "検".encode("cp932")[:1] + b"\n"
    assert text.detect(data, complete=True).encoding == "cp932"


def test_a_character_cut_by_the_end_of_the_head_is_no_damage():
    data = "説明書".encode()
    assert text.detect(data[:-1], complete=False).encoding == "utf-8"
    assert text.detect(b"abc\xe8", complete=True).encoding == "latin-1"


def test_accents_are_not_taken_for_kanji():
    for word in ("Größe", "naïve façade", "Ångström", "déjà vu à côté", "señor ¿qué?"):
        assert text.detect(word.encode("latin-1"), complete=True).encoding == "latin-1"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"%PDF-1.7\n%text", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "a PNG picture"),
        (b"\xff\xd8\xff\xe0", "a JPEG picture"),
        (b"\x7fELF" + bytes(50), "a program"),
        (b"MZ\x90\x00\x03\x00", "a program"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip archive"),
        (b"BZh91AY&SY", "bzip2"),
        ("text".encode("utf-32"), "UTF-32"),
        (random.Random(1).randbytes(5000), "a binary file"),
        (b"\xff\xfe" + b"\x01\x00\x02\x00" * 20, "a binary file"),
        (bytes(range(32)) * 10, "a binary file"),
        (bytes(5000), "a binary file"),
        (b"\x01\x00\x02\x00\x03\x00\x04\x00" * 20, "a binary file"),
    ],
)
def test_binary_files_are_told_with_the_reason(data, told):
    detected = text.detect(data, complete=True)
    assert detected.encoding is None
    assert told in detected.reason
    assert "; " in detected.reason


@pytest.mark.parametrize(
    "data",
    [
        bytes(4096) + LOG.encode(),
        LOG.encode() * 3 + bytes(3000) + LOG.encode(),
        LOG.encode() * 3 + b"\x00\x00\n",
        b"\x1b[1m" * 50 + b"-Press Any Key For More-\x08 \x08\x0c",
        b"MZone: a text that starts with two letters\n",
    ],
)
def test_terminal_codes_and_runs_of_nuls_are_still_text(data):
    assert text.detect(data, complete=True).encoding == "utf-8"


# lines


def test_a_line_ends_at_nothing_but_its_ending():
    odd = "a\x0cb\x0bc\x1cd\x85e\u2028f\u2029g\x1b[0mh\x00i"
    assert lines(f"{odd}\n{odd}\r\n{odd}\r\r\n".encode()) == [odd, odd, odd]


def test_inner_crs_stay_where_the_file_has_an_lf():
    more = "-Press Any Key For More-\r                \rnext"
    assert lines(f"{more}\r\r\r\nlast\r".encode()) == [more + "\r", "last\r"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", []),
        (b"\n", [""]),
        (b"a", ["a"]),
        (b"a\n\n", ["a", ""]),
        (b"a\rb\r", ["a", "b"]),
        (b"\r", [""]),
        (b"a\r\rb", ["a", "", "b"]),
        (b"a\r\r\nb\r\r\n", ["a", "b"]),
    ],
)
def test_endings(data, expected):
    assert lines(data) == expected


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932"])
def test_a_bom_is_not_part_of_the_first_line(encoding):
    decoded = "検疫\r\nstatus\r\r\nlast"
    assert lines(decoded.encode(encoding), encoding) == ["検疫", "status", "last"]


def test_the_head_that_was_read_comes_first():
    stream = io.BytesIO(b"one\r\ntwo\r\n")
    assert list(text.lines(stream, "utf-8", stream.read(4))) == ["one", "two"]


def test_a_lone_cr_ends_lines_until_a_block_with_an_lf(monkeypatch):
    monkeypatch.setattr(text, "BLOCK", 7)
    assert lines(b"ab\rcd\ref\rgh\nij\rkl\n") == ["ab", "cd", "ef\rgh", "ij\rkl"]


ENDINGS = st.sampled_from(["\n", "\r\n", "\r\r\n"])
PART = st.text(st.sampled_from("ab\r\x0c\x85\u2028あé\x00"), max_size=8)


@given(st.lists(st.one_of(PART, ENDINGS)).map("".join))
def test_lines_are_the_naive_ones(decoded):
    assert lines(decoded.encode()) == naive(decoded)


@given(
    first=st.text("ab あ", max_size=4),
    rest=st.lists(st.one_of(PART, ENDINGS)).map("".join),
    ending=ENDINGS,
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be"]),
    block=st.integers(1, 9),
)
def test_blocks_do_not_change_the_lines(first, rest, ending, encoding, block):
    decoded = first + ending + rest
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "BLOCK", block)
        assert lines(decoded.encode(encoding), encoding) == naive(decoded)


@given(st.text("ab\rあ"), st.integers(1, 9))
def test_blocks_do_not_change_the_lines_without_lf(decoded, block):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "BLOCK", block)
        assert lines(decoded.encode()) == naive(decoded)


@given(st.binary(), st.sampled_from(["utf-8", "cp932", "cp1252", "latin-1"]), st.integers(1, 5))
def test_unknown_bytes_are_the_same_in_blocks(data, encoding, block):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "BLOCK", block)
        data = b"\n" + data
        assert lines(data, encoding) == naive(data.decode(encoding, "replace"))


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_told_and_decoded(data, complete):
    detected = text.detect(data, complete)
    assert (detected.encoding is None) == bool(detected.reason)
    if detected.encoding:
        assert len(lines(data, detected.encoding)) <= len(data)


def test_long_lines_are_not_quadratic(monkeypatch):
    monkeypatch.setattr(text, "BLOCK", 4096)  # quadratic: 50 GB would be copied
    begin = time.process_time()
    assert lines(b"x" * 20_000_000 + b"\r\nlast") == ["x" * 20_000_000, "last"]
    assert time.process_time() - begin < 5


def test_nothing_but_crs_is_read_in_blocks():
    assert lines(b"\r" * 3_000_000) == [""] * 3_000_000


def test_a_line_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(text, "LONGEST", 3_000_000)
    found = text.lines(io.BytesIO(b"first\n" + b"x" * 5_000_000), "utf-8")
    assert next(found) == "first"
    with pytest.raises(SourceError, match="holds a line of more than 3,000,000 characters"):
        next(found)


class Broken(io.BytesIO):
    """A stream that breaks where it should end."""

    def read(self, size=-1):
        """Return the next bytes."""
        if block := super().read(size):
            return block
        raise SourceError("is cut off")


def test_what_stands_before_the_damage_is_told_first():
    found = text.lines(Broken(b"one\r\ntwo\r\nthr\xe3\x81"), "utf-8")
    assert [next(found), next(found), next(found)] == ["one", "two", "thr\ufffd"]
    with pytest.raises(SourceError, match="is cut off"):
        next(found)
