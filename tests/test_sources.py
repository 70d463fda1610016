"""Every file below a path, through archives; whatever cannot be read is told, never raised."""

import gzip
import io
import os
import random
import shutil
import socket
import stat
import struct
import tarfile
import tempfile
import zipfile
import zlib
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pvo_kit.sources import LIMITS, Limits, Source, SourceError, Unread, archives, streams, walk
from pvo_kit.sources.formats import archive_format
from pvo_kit.sources.paths import is_junction

LOG = b"Mon Mar  3 09:00:00 2025 Info: New SMTP DCID 12\n"
NOISE = random.Random(7).randbytes(60_000).hex().encode()  # packs to about half, in order
AGAIN = "ask for it again"


# Making evidence


def zipped(members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def tarred(members, mode="w"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, data in members:
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def write(path, data=LOG):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


# Reading it


def content(item):
    """Return the bytes of a source, and the error that it ended with."""
    data = b""
    try:
        while block := item.stream.read(1 << 16):
            data += block
    except SourceError as error:
        return data, str(error)
    return data, ""


def read(*paths, limits=LIMITS, stdin=None):
    """Return name -> content of what can be read whole, and name -> reason of the rest."""
    good, bad = {}, {}
    for item in walk(paths, limits, stdin):
        if isinstance(item, Unread):
            assert "; " in item.reason, "a reason names the way out"
            assert item.file not in bad
            bad[item.file] = item.reason
            continue
        assert item.file not in good
        data, error = content(item)
        good[item.file] = data
        if error:
            bad[item.file] = error
    return good, bad


# Names


def test_a_file_has_its_name_and_a_folder_its_paths(tmp_path):
    write(tmp_path / "case" / "b" / "session.log", b"two")
    write(tmp_path / "case" / "a.txt", b"one")
    write(tmp_path / "case" / "b.txt", b"three")
    (tmp_path / "case" / "empty").mkdir()
    good, bad = read(tmp_path / "case")
    assert list(good) == ["a.txt", "b/session.log", "b.txt"]
    assert good["b/session.log"] == b"two"
    assert not bad
    assert read(tmp_path / "case" / "a.txt") == ({"a.txt": b"one"}, {})
    assert read(tmp_path / "case" / "empty") == ({}, {})


def test_names_go_through_archives(tmp_path):
    inner = zipped([("case/esa/session.log", LOG)])
    write(tmp_path / "case" / "upload.zip", inner)
    assert list(read(tmp_path / "case")[0]) == ["upload.zip/case/esa/session.log"]


def test_archives_are_known_by_content_not_by_name(tmp_path):
    write(tmp_path / "zip.txt", zipped([("a", LOG)]))
    write(tmp_path / "tar.log", tarred([("a", LOG)]))
    write(tmp_path / "tgz", tarred([("a", LOG)], "w:gz"))
    write(tmp_path / "v7", tarred([("a", LOG)]).replace(b"ustar", b"\0\0\0\0\0"))
    write(tmp_path / "mail.current.gz", gzip.compress(LOG) + gzip.compress(b"more"))
    write(tmp_path / "text.zip", b"PK is no archive")
    good, bad = read(tmp_path)
    assert sorted(good) == ["mail.current.gz", "tar.log/a", "text.zip", "tgz/a", "v7", "zip.txt/a"]
    assert good["mail.current.gz"] == LOG + b"more"
    assert not bad


def test_an_old_tar_is_known_by_its_checksum():
    info = tarfile.TarInfo("a")
    header = bytearray(info.tobuf(tarfile.USTAR_FORMAT))
    header[257:265] = bytes(8)
    total = sum(header[:148]) + 8 * 32 + sum(header[156:])
    header[148:156] = b"%06o\0 " % total
    assert archive_format(bytes(header)) == "tar"
    assert archive_format(b"a" * 512) is None


def test_several_paths_start_with_their_last_component(tmp_path):
    one = write(tmp_path / "case.zip", zipped([("case/session.log", LOG)]))
    two = write(tmp_path / "notes.txt", b"one")
    three = write(tmp_path / "x" / "notes.txt", b"two")
    write(tmp_path / "case" / "a.log", b"three")
    good, bad = read(one, two, str(three), str(tmp_path / "case") + os.sep)
    assert good == {
        "case.zip/session.log": LOG,
        "notes.txt": b"one",
        "notes.txt~2": b"two",
        "case/a.log": b"three",
    }
    assert not bad


def test_the_current_folder_has_a_name(tmp_path, monkeypatch):
    write(tmp_path / "case" / "a.log")
    monkeypatch.chdir(tmp_path / "case")
    assert list(read(".")[0]) == ["a.log"]
    assert list(read(".", "a.log")[0]) == ["case/a.log", "a.log"]


@pytest.mark.parametrize(
    ("members", "names"),
    [
        (["case/a", "case/b/c"], ["a", "b/c"]),
        (["./case/a", "./b"], ["case/a", "b"]),
        (["./a", "b//c"], ["a", "b/c"]),
        (["other/a"], ["other/a"]),
        (["case"], ["case"]),
    ],
)
@pytest.mark.parametrize("suffix", ["zip", "tar", "tar.gz", "TGZ"])
def test_the_top_folder_of_an_archive_is_taken_off(tmp_path, members, names, suffix):
    pack = {"zip": zipped, "tar": tarred}.get(suffix, lambda m: tarred(m, "w:gz"))
    path = write(tmp_path / f"case.{suffix}", pack([(name, LOG) for name in members]))
    assert sorted(read(path)[0]) == sorted(names)


def test_names_that_occur_twice_are_kept_apart(tmp_path):
    members = [("a", b"1"), ("a", b"2"), ("a~2", b"3"), ("./a", b"4")]
    expected = {"a": b"1", "a~2": b"2", "a~2~2": b"3", "a~3": b"4"}
    assert read(write(tmp_path / "x.tar", tarred(members)))[0] == expected
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = write(tmp_path / "x.zip", zipped(members[:2]))
    assert read(path)[0] == {"a": b"1", "a~2": b"2"}


def test_odd_names_are_made_printable(tmp_path):
    members = [("a\nb", LOG), ("\x1b[1m", LOG), ("\u202egol", LOG), ("検疫\u3000x", LOG)]
    expected = ["a\\nb", "\\x1b[1m", "\\u202egol", "検疫\u3000x"]
    assert list(read(write(tmp_path / "x.tar", tarred(members)))[0]) == expected


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_names_in_no_encoding_are_made_printable(tmp_path):
    raw = os.fsencode(tmp_path / "case") + b"/"
    os.mkdir(raw)
    for name in (b"\xff.log", b"caf\xe9.log", "検疫.log".encode("cp932")):
        with open(raw + name, "wb"):
            pass
    assert sorted(read(tmp_path / "case")[0]) == ["\\xff.log", "caf\\xe9.log", "検疫.log"]
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        archive.add(tmp_path / "case", "")
    assert read(tmp_path / "x.tar") == read(tmp_path / "case")


def raw_zip(name: bytes, flags=0, method=0, system=3, mode=0o100644, data=LOG, crc=None):
    """Return a zip of one stored member, with whatever bytes in its headers."""
    crc = crc if crc is not None else zipfile.crc32(data)
    fields = struct.pack(
        "<5H3I2H", 20, flags, method, 0, 33, crc, len(data), len(data), len(name), 0
    )
    local = b"PK\3\4" + fields + name + data
    attributes = struct.pack("<HHHII", 0, 0, 0, mode << 16, 0)
    central = b"PK\1\2" + bytes([20, system]) + fields + attributes + name
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("検疫.log".encode("cp932"), "検疫.log"),
        ("ログ/a.log".encode("cp932"), "ログ/a.log"),
        ("検疫.log".encode(), "検疫.log"),
        ("Größe.log".encode("cp437"), "Größe.log"),
        ("château.log".encode("cp437"), "château.log"),
    ],
)
def test_zip_names_without_an_encoding(tmp_path, raw, name):
    assert list(read(write(tmp_path / "x.zip", raw_zip(raw)))[0]) == [name]


def test_backslashes_in_a_zip_of_windows_are_separators(tmp_path):
    assert list(read(write(tmp_path / "x.zip", raw_zip(b"a\\b.log", system=0)))[0]) == ["a/b.log"]
    assert list(read(write(tmp_path / "y.zip", raw_zip(b"a\\b.log", system=3)))[0]) == ["a\\b.log"]


# Standard input


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (LOG, ["-"]),
        (gzip.compress(LOG), ["-"]),
        (zipped([("case/a.log", LOG)]), ["case/a.log"]),
        (tarred([("case/a.log", LOG)], "w:gz"), ["case/a.log"]),
        (b"", ["-"]),
    ],
    ids=["text", "gzip", "zip", "tar.gz", "nothing"],  # packed bytes hold the time of day
)
def test_standard_input(data, names):
    good, bad = read("-", stdin=io.BytesIO(data))
    assert list(good) == names
    assert not bad


def test_standard_input_beside_a_file(tmp_path):
    path = write(tmp_path / "a.log")
    assert list(read("-", path, stdin=io.BytesIO(LOG))[0]) == ["-", "a.log"]
    assert list(read("-", path, stdin=io.BytesIO(zipped([("b", LOG)])))[0]) == ["-/b", "a.log"]


def test_standard_input_of_the_process(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(LOG)))
    assert read("-")[0] == {"-": LOG}


# The same evidence, however it is packed

NAMES = st.lists(
    st.text("ab.é検 ", min_size=1, max_size=4).filter(lambda name: name.strip(". ") != ""),
    min_size=1,
    max_size=3,
).map("/".join)
FILES = st.binary(max_size=50).map(lambda data: b"-" + data)  # no archive by chance


def hashes(path):
    return {(item.file, sha256(item.stream.read()).hexdigest()) for item in walk([path])}


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(NAMES, FILES, min_size=1, max_size=5), st.booleans())
def test_a_folder_its_zip_and_its_tars_are_the_same(files, with_top):
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "case"
        for name, data in files.items():
            path = folder / name
            if not any(p.is_file() for p in path.parents) and not path.is_dir():
                write(path, data)
        folder.mkdir(exist_ok=True)
        if {entry.name for entry in folder.iterdir()} == {"case"}:
            return  # case/case: nobody can tell which of the two was packed
        root, base = (temporary, "case") if with_top else (folder, ".")
        expected = hashes(folder)
        assert expected
        for kind in ("zip", "tar", "gztar"):
            made = shutil.make_archive(str(Path(temporary) / "case"), kind, root, base)
            assert hashes(made) == expected


def test_nested_archives_are_the_same_in_a_folder_and_its_zip(tmp_path):
    data = LOG
    for level in range(3):
        data = zipped([(f"{level}.zip", data)])
    write(tmp_path / "case" / "upload", data)
    shutil.make_archive(str(tmp_path / "case"), "gztar", tmp_path / "case")
    expected = ({"upload/2.zip/1.zip/0.zip": LOG}, {})
    assert read(tmp_path / "case") == read(tmp_path / "case.tar.gz") == expected


# Archives in archives


@pytest.mark.parametrize("pack", [zipped, tarred, lambda m: tarred(m, "w:gz")])
def test_archives_are_opened_three_levels_deep(tmp_path, pack):
    data = pack([("deep.log", LOG)])
    for level in (3, 2, 1):
        data = pack([(f"beside{level}.log", LOG), (f"{level}", data)])
    good, bad = read(write(tmp_path / "x", data))
    names = ["1/2/3/deep.log", "1/2/beside3.log", "1/beside2.log", "beside1.log"]
    assert sorted(good) == names
    assert not bad
    good, bad = read(write(tmp_path / "y", pack([("0", data)])))
    assert sorted(good) == [f"0/{name}" for name in names[1:]]
    assert bad == {"0/1/2/3": "lies more than 3 archives deep; unpack it and give the folder"}
    assert read(tmp_path / "y", limits=Limits(depth=4))[1] == {}


def test_what_is_too_deep_is_hashed(tmp_path):
    inner = zipped([("a", LOG)])
    path = write(tmp_path / "x.zip", zipped([("in.zip", inner)]))
    [item] = walk([path], Limits(depth=0))
    assert isinstance(item, Unread)
    assert item.digest == sha256(inner).hexdigest()


def test_gz_in_gz_ends_too(tmp_path):
    data = LOG
    for _ in range(4):
        data = gzip.compress(data)
    assert read(write(tmp_path / "x.gz", data)) == ({"x.gz": LOG}, {})
    good, bad = read(write(tmp_path / "y.gz", gzip.compress(data)))
    assert not good
    assert "more than 3 archives deep" in bad["y.gz"]


def test_members_are_streamed_and_nothing_is_left_behind(tmp_path, monkeypatch):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setattr(archives, "IN_MEMORY", 10)
    inner = zipped([("a", NOISE)])
    path = write(tmp_path / "x.tgz", tarred([("in.zip", inner), ("b", LOG)], "w:gz"))
    before = sorted(tmp_path.rglob("*"))
    assert read(path)[0] == {"in.zip/a": NOISE, "b": LOG}
    assert sorted(tmp_path.rglob("*")) == before


def test_a_stream_need_not_be_read(tmp_path):
    members = [("a", NOISE), ("b.zip", zipped([("c", NOISE)])), ("d", LOG)]
    for data in (tarred(members), tarred(members, "w:gz"), zipped(members)):
        path = write(tmp_path / "x", data)
        assert [item.file for item in walk([path])] == ["a", "b.zip/c", "d"]
        found = []
        for item in walk([path]):
            item.stream.read(5)
            found.append(item.file)
        assert found == ["a", "b.zip/c", "d"]


# What is refused


def test_a_missing_path_is_told_and_the_rest_goes_on(tmp_path):
    path = write(tmp_path / "a.log")
    good, bad = read(tmp_path / "none", path, tmp_path / "a.log" / "below", "a\0b")
    assert good == {"a.log": LOG}
    reason = "does not exist; check the path"
    assert bad == {"none": reason, "below": reason, "a\\x00b": reason}


def test_what_may_not_be_read_is_told(tmp_path, monkeypatch):
    write(tmp_path / "a.log")
    write(tmp_path / "b.log")
    write(tmp_path / "closed" / "c.log")

    def refuse(real, name):
        def call(path, *rest):
            if os.path.basename(path) == name:
                raise PermissionError(13, "Permission denied")
            return real(path, *rest)

        return call

    monkeypatch.setattr("builtins.open", refuse(open, "a.log"))
    monkeypatch.setattr(os, "listdir", refuse(os.listdir, "closed"))
    good, bad = read(tmp_path)
    assert good == {"b.log": LOG}
    reason = "may not be read; ask for the right to read it"
    assert bad == {"a.log": reason, "closed": reason}
    monkeypatch.setattr(os, "stat", refuse(os.stat, "b.log"))
    assert read(tmp_path / "b.log")[1] == {"b.log": reason}


def test_a_disk_that_breaks_is_told():
    def broken():
        yield LOG
        raise OSError(5, "Input/output error")

    data, error = content(Source("a", streams.Stream(broken())))
    assert data == LOG
    assert error == "cannot be read (Input/output error); copy it to a local folder"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files there")
def test_links_and_special_files_in_a_folder_are_told(tmp_path, monkeypatch):
    case = tmp_path / "case"
    write(case / "a.log")
    (case / "link.log").symlink_to("a.log")
    (case / "up").symlink_to(tmp_path)
    os.mkfifo(case / "pipe")
    monkeypatch.chdir(case)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
    (tmp_path / "given").symlink_to(case)
    for path in (case, tmp_path / "given"):
        good, bad = read(path)
        assert good == {"a.log": LOG}
        assert sorted(bad) == ["link.log", "pipe", "socket", "up"]
        assert bad["up"] == bad["link.log"] == "is a link; give the file that it points to"
        assert "is a pipe, a socket or a device" in bad["pipe"]
    assert read(case / "link.log") == ({"link.log": LOG}, {})
    assert "is a pipe" in read(case / "pipe")[1]["pipe"]


def test_a_junction_is_a_link():
    class Status:
        st_reparse_tag = 0xA0000003

    assert is_junction(Status())
    assert not is_junction(os.stat("."))


def test_links_and_devices_in_a_tar_are_told(tmp_path):
    members = [("a.log", LOG)]
    for name, kind in (
        ("soft", tarfile.SYMTYPE),
        ("hard", tarfile.LNKTYPE),
        ("null", tarfile.CHRTYPE),
        ("disk", tarfile.BLKTYPE),
        ("pipe", tarfile.FIFOTYPE),
    ):
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, "a.log"
        members.append((info, b""))
    members.append(("z.log", LOG))
    good, bad = read(write(tmp_path / "x.tar", tarred(members)))
    assert good == {"a.log": LOG, "z.log": LOG}
    assert list(bad) == ["soft", "hard", "null", "disk", "pipe"]
    assert "is a link" in bad["hard"]
    assert "device" in bad["null"]


def test_a_sparse_member_is_told(tmp_path):
    info = tarfile.TarInfo("holes")
    info.pax_headers = {"GNU.sparse.map": "0,1", "GNU.sparse.size": str(1 << 40)}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(info)
        archive.addfile(tarfile.TarInfo("z"))
    good, bad = read(write(tmp_path / "x.tar", out.getvalue()))
    assert list(good) == ["z"]
    assert "sparse" in bad["holes"]


def test_links_and_devices_in_a_zip_are_told(tmp_path):
    link = raw_zip(b"a", mode=stat.S_IFLNK | 0o777)
    assert "is a link" in read(write(tmp_path / "x.zip", link))[1]["a"]
    device = raw_zip(b"a", mode=stat.S_IFCHR | 0o666)
    assert "is a pipe" in read(write(tmp_path / "y.zip", device))[1]["a"]


@pytest.mark.parametrize(
    "name",
    ["../x", "a/../../x", "/etc/x", "..", "C:/x", "c:x", "\\x", "..\\x", "a\\..\\x", "./../x"],
)
def test_a_path_that_leads_out_is_refused(tmp_path, name):
    for data in (tarred([(name, LOG), ("ok", LOG)]), zipped([(name, LOG), ("ok", LOG)])):
        good, bad = read(write(tmp_path / "archive", data))
        assert good == {"ok": LOG}
        assert list(bad) == [name]
        assert "leads out of its archive" in bad[name]


@pytest.mark.parametrize("name", ["..x", "a..", "a/...", "09:00.log", "mx:log"])
def test_dots_and_colons_are_no_way_out(tmp_path, name):
    assert read(write(tmp_path / "x", tarred([(name, LOG)]))) == ({name: LOG}, {})


def test_an_encrypted_member_is_told(tmp_path):
    for method in (8, 99):
        path = write(tmp_path / "x.zip", raw_zip(b"secret.log", flags=1, method=method))
        assert read(path) == (
            {},
            {"secret.log": "is encrypted; unpack it with its password and give the folder"},
        )


def test_an_unknown_compression_is_told(tmp_path):
    members = [("a", LOG)]
    for method, data in (
        (9, raw_zip(b"a", method=9)),
        (12, zipped(members, zipfile.ZIP_BZIP2)),
        (14, zipped(members, zipfile.ZIP_LZMA)),
    ):
        bad = read(write(tmp_path / "x.zip", data))[1]
        assert f"by a method that is not supported ({method})" in bad["a"]


def test_an_office_document_is_told(tmp_path):
    data = zipped([("[Content_Types].xml", b"<xml/>"), ("word/document.xml", b"<xml/>")])
    [item] = walk([write(tmp_path / "paste.docx", data)])
    assert isinstance(item, Unread)
    assert item.reason == "is an Office document; save it as plain text and give that"
    assert item.digest == sha256(data).hexdigest()


def test_mac_folders_are_ordinary(tmp_path):
    data = zipped([("__MACOSX/._a", LOG), (".DS_Store", LOG), ("a", LOG)])
    assert sorted(read(write(tmp_path / "x.zip", data))[0]) == [".DS_Store", "__MACOSX/._a", "a"]


# Damage

MEMBERS = [("a.log", LOG), ("b.log", NOISE), ("c.log", LOG)]


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_a_tar_that_is_cut_off(tmp_path, mode, nested):
    data = tarred(MEMBERS, mode)
    data = data[: len(data) // 2]
    if nested:
        data = tarred([("in", data), ("z", LOG)])
    good, bad = read(write(tmp_path / "x", data))
    prefix = "in/" if nested else ""
    assert good["z" if nested else "a.log"] == LOG
    assert len(good[f"{prefix}b.log"]) > 20_000
    assert NOISE.startswith(good[f"{prefix}b.log"])
    assert f"{prefix}c.log" not in good
    reason = "is cut off: it ends too early"
    assert reason in bad[f"{prefix}b.log"]
    assert set(bad) == {f"{prefix}b.log", "in" if nested else "x"}


def test_a_tar_that_is_cut_between_members(tmp_path):
    data = tarred(MEMBERS)
    good, bad = read(write(tmp_path / "x.tar", data[:1024]))
    assert good == {"a.log": LOG}
    assert bad == {"x.tar": f"is damaged (empty header); {AGAIN}"}


def test_a_damaged_header_is_not_the_end_of_a_tar(tmp_path):
    data = bytearray(tarred(MEMBERS))
    data[1030] ^= 1
    good, bad = read(write(tmp_path / "x.tar", bytes(data)))
    assert good == {"a.log": LOG}
    assert "bad checksum" in bad["x.tar"]


def test_a_gz_that_is_cut_off_or_damaged(tmp_path):
    data = gzip.compress(NOISE)
    good, bad = read(write(tmp_path / "a.gz", data[:30_000]))
    assert len(good["a.gz"]) > 50_000
    assert NOISE.startswith(good["a.gz"])
    assert bad == {"a.gz": f"is cut off: it ends too early; {AGAIN}"}
    wrong_sum = data[:-8] + bytes([data[-8] ^ 1]) + data[-7:]
    good, bad = read(write(tmp_path / "b.gz", wrong_sum))
    assert good == {"b.gz": NOISE}
    assert "CRC" in bad["b.gz"]
    good, bad = read(write(tmp_path / "c.gz", data[:20_000] + bytes(3000) + data[23_000:]))
    assert good["c.gz"][:30_000] == NOISE[:30_000]
    assert "is damaged" in bad["c.gz"]
    assert (
        "is damaged"
        in read(write(tmp_path / "d.gz", b"\x1f\x8b\x08" + bytes(7) + b"\xff" * 99))[1]["d.gz"]
    )


def test_a_damaged_zip_member(tmp_path):
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        data = bytearray(zipped(MEMBERS, method))
        middle = data.index(b"b.log") + 20_000
        data[middle : middle + 3000] = bytes(3000)
        good, bad = read(write(tmp_path / "x.zip", bytes(data)))
        assert good["a.log"] == good["c.log"] == LOG
        assert good["b.log"][:19_000] == NOISE[:19_000]
        assert list(bad) == ["b.log"]
        assert "is damaged" in bad["b.log"]


def test_what_is_packed_before_the_damage_is_kept(tmp_path):
    for wbits, suffix in ((31, "gz"), (-15, "zip")):
        packer = zlib.compressobj(wbits=wbits)
        data = packer.compress(NOISE) + packer.flush(zlib.Z_FULL_FLUSH) + b"\xff" * 9000
        if suffix == "zip":
            data = raw_zip(b"x.gz", method=8, data=data)
        good, bad = read(write(tmp_path / f"x.{suffix}", data))
        assert NOISE.startswith(good["x.gz"])
        assert len(good["x.gz"]) > len(NOISE) - 2500
        assert "is damaged (Error -3" in bad["x.gz"]


def test_a_zip_whose_member_has_no_header(tmp_path):
    data = zipped(MEMBERS)
    where = data.index(b"b.log") - 30
    good, bad = read(write(tmp_path / "x.zip", data[:where] + b"XXXX" + data[where + 4 :]))
    assert good["c.log"] == LOG
    assert "no header before the member" in bad["b.log"]


class Unseekable(io.BytesIO):
    """A file that a zip is written to as to a pipe: the sizes then stand behind the data."""

    def seekable(self):
        """Return False."""
        return False

    def tell(self):
        """Refuse."""
        raise OSError("a pipe")

    def seek(self, *_):
        """Refuse."""
        raise OSError("a pipe")


def streamed(members):
    out = Unseekable()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("pack", [zipped, streamed])
def test_a_zip_that_is_cut_off(tmp_path, pack):
    whole = pack(MEMBERS)
    good, bad = read(write(tmp_path / "x.zip", whole[:-10]))
    assert good == dict(MEMBERS)
    assert list(bad) == ["x.zip"]
    assert "its list of members is missing" in bad["x.zip"]
    good, bad = read(write(tmp_path / "y.zip", whole[: len(whole) // 2]))
    assert good["a.log"] == LOG
    assert len(good["b.log"]) > 20_000
    assert NOISE.startswith(good["b.log"])
    assert "c.log" not in good
    assert "is cut off" in bad["b.log"]
    assert "its list of members is missing" in bad["y.zip"]


def test_a_stored_member_without_a_size_ends_what_can_be_saved(tmp_path):
    data = streamed([("a.log", LOG)])[:-60]
    data = data[:8] + bytes(2) + data[10:]  # the method of the member: stored
    good, bad = read(write(tmp_path / "x.zip", data))
    assert not good
    assert list(bad) == ["x.zip"]


def test_the_next_header_is_found_across_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr(streams, "BLOCK", 5)
    for size in range(5):
        members = [("a" * (size + 1), LOG), ("b.log", LOG)]
        assert read(write(tmp_path / "x.zip", streamed(members)[:-9]))[0] == dict(members)


def test_extra_fields_and_empty_members_of_a_zip(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("a.log")
        info.extra = struct.pack("<2HI", 0x5455, 4, 0)
        archive.writestr(info, LOG)
        archive.writestr("b.log", LOG)
    expected = {"a.log": LOG, "b.log": LOG}
    assert read(write(tmp_path / "x.zip", out.getvalue())) == (expected, {})
    assert read(write(tmp_path / "y.zip", out.getvalue()[:-9]))[0] == expected
    empty = raw_zip(b"empty", method=8, data=b"")
    assert read(write(tmp_path / "z.zip", empty)) == ({"empty": b""}, {})


def test_a_zip_that_is_written_to_a_pipe(tmp_path):
    assert read(write(tmp_path / "x.zip", streamed(MEMBERS))) == (dict(MEMBERS), {})


def test_a_zip_that_is_only_garbage_is_hashed(tmp_path):
    data = b"PK\3\4 garbage"
    [item] = walk([write(tmp_path / "x.zip", data)])
    assert isinstance(item, Unread)
    assert "its list of members is missing" in item.reason
    assert item.digest == sha256(data).hexdigest()


def test_an_empty_archive_gives_nothing(tmp_path):
    assert read(write(tmp_path / "x.zip", zipped([]))) == ({}, {})


WHOLE = [zipped(MEMBERS), tarred(MEMBERS), tarred(MEMBERS, "w:gz"), streamed(MEMBERS)]
WHOLE.append(zipped([("in.tgz", WHOLE[2]), ("in.zip", WHOLE[0])]))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(WHOLE),
    st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=4)), max_size=4),
    st.floats(0, 1),
)
def test_no_damage_is_raised(data, changes, cut):
    changed = bytearray(data)
    for place, value in changes:
        start = int(place * len(data)) if cut < 0.5 else int(place * 1600)
        changed[start : start + len(value)] = value
    if cut < 0.9:
        changed = changed[: int(cut / 0.9 * len(changed))]
    read("-", stdin=io.BytesIO(bytes(changed)))


# Bombs

ZEROS = bytes(3_000_000)
SMALL = Limits(free_bytes=100_000, ratio=50)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("bomb.gz", gzip.compress(ZEROS)),
        ("x.zip", zipped([("bomb", ZEROS)])),
        ("y.zip", zipped([("in.gz", gzip.compress(ZEROS))])),
        ("z.zip", zipped([("in.zip", zipped([("bomb", ZEROS)]))])),
        ("z.tgz", tarred([("bomb", ZEROS)], "w:gz")),
    ],
)
def test_a_member_that_expands_too_much_is_stopped(tmp_path, name, data):
    good, bad = read(write(tmp_path / name, data), limits=SMALL)
    assert sum(map(len, good.values())) <= max(100_000, 50 * len(data))
    assert bad
    for reason in bad.values():
        assert reason.startswith("expands more than 50 times, as a bomb does; unpack it")
    assert not read(tmp_path / name)[1], "below 64 MiB any ratio is fine"
    assert not read(tmp_path / name, limits=Limits(free_bytes=0, ratio=2000))[1]


def test_the_size_that_a_zip_declares_is_not_trusted(tmp_path):
    data = bytearray(zipped([("bomb", ZEROS)]))
    central = data.index(b"PK\1\2")
    data[central + 24 : central + 28] = struct.pack("<I", 10)
    data[central + 20 : central + 24] = struct.pack("<I", 1 << 30)
    bad = read(write(tmp_path / "x.zip", bytes(data)), limits=SMALL)[1]
    assert "expands more than 50 times" in bad["bomb"]


def test_the_rest_goes_on_behind_a_bomb(tmp_path):
    data = zipped([("a", LOG), ("bomb", ZEROS), ("z", LOG)])
    good, bad = read(write(tmp_path / "x.zip", data), limits=SMALL)
    assert good["a"] == good["z"] == LOG
    assert list(bad) == ["bomb"]


@pytest.mark.parametrize("pack", [zipped, tarred, lambda m: tarred(m, "w:gz")])
def test_an_archive_beyond_its_total_is_stopped(tmp_path, pack):
    data = pack([(name, NOISE) for name in "abcdef"])
    good, bad = read(write(tmp_path / "x", data), limits=Limits(total_bytes=300_000))
    assert good["a"] == good["b"] == NOISE
    assert "f" not in good
    assert sum(map(len, good.values())) <= 300_000
    assert "holds more than 300,000 bytes" in bad["x"]


def test_the_total_holds_through_nested_archives(tmp_path):
    inner = [(f"{name}.zip", zipped([("a", NOISE)])) for name in "abcdef"]
    bad = read(write(tmp_path / "x", zipped(inner)), limits=Limits(total_bytes=300_000))[1]
    assert "holds more than 300,000 bytes" in bad["x"]
    for name, data in inner:
        write(tmp_path / "case" / name, data)
    assert not read(tmp_path / "case", limits=Limits(total_bytes=300_000))[1]


@pytest.mark.parametrize("pack", [zipped, tarred, lambda m: tarred(m, "w:gz")])
def test_an_archive_with_too_many_members_is_stopped(tmp_path, pack):
    path = write(tmp_path / "x", pack([(f"{n}", LOG) for n in range(9)]))
    good, bad = read(path, limits=Limits(members=5))
    assert len(good) == 5
    assert bad == {"x": "holds more than 5 members; unpack it and give the folder"}
    assert not read(path, limits=Limits(members=9))[1]


def test_read_without_a_size_tells_damage_too(tmp_path):
    found = walk([write(tmp_path / "a.gz", gzip.compress(NOISE)[:3000])])
    item = next(found)
    assert isinstance(item, Source)
    assert item.stream.readable()
    with pytest.raises(SourceError, match="is cut off"):
        item.stream.read()
