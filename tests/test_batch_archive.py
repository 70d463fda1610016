"""Archives to escalations: what is one, and under which name its results are kept."""

from __future__ import annotations

import os
import shutil
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pvo_kit as pvo
from pvo_kit import seal
from pvo_kit.batching import names
from pvo_kit.batching.archive import escalations
from pvo_kit.hashing import evidence_hash


def named(*paths):
    return [each.name for each in escalations(paths)]


def digits(path):
    return evidence_hash(path).removeprefix("sha256:")[:8]


@pytest.fixture
def archive(tmp_path):
    folder = tmp_path / "archive"
    folder.mkdir()
    return folder


# What is an escalation


def test_each_child_of_a_folder_is_one_and_nothing_deeper_is_split(archive):
    (archive / "acme" / "esa").mkdir(parents=True)
    (archive / "acme" / "sma").mkdir()
    (archive / "acme.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    (archive / "note.txt").write_text("sma> status\n")
    (archive / ".hidden").write_text("")
    hidden = f"hidden-{digits(archive / '.hidden')}"
    assert named(archive) == [hidden, "acme", "acme.zip", "note.txt"]


def test_an_archive_that_is_a_file_is_one(archive):
    path = archive / "case.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("one/a.txt", "sma> status\n")
        made.writestr("two/b.txt", "sma> status\n")
    (each,) = escalations([path])
    assert (each.name, each.source, each.path) == ("case.zip", "case.zip", str(path))


def test_children_come_sorted_and_archives_in_their_order(tmp_path):
    for name in ("b/2", "b/1", "a/4", "a/3"):
        (tmp_path / name).mkdir(parents=True)
    assert named(tmp_path / "b", tmp_path / "a") == ["1", "2", "3", "4"]


def test_of_several_archives_the_source_names_the_archive(tmp_path):
    (tmp_path / "a" / "acme").mkdir(parents=True)
    (tmp_path / "b" / "umbra").mkdir(parents=True)
    sources = [each.source for each in escalations([tmp_path / "a", tmp_path / "b"])]
    assert sources == ["a/acme", "b/umbra"]


def test_ten_thousand_empty_folders_are_ten_thousand_escalations(archive):
    for number in range(10_000):
        (archive / f"{number:05}").mkdir()
    found = named(archive)
    assert (len(found), found[0], found[-1]) == (10_000, "00000", "09999")


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_a_link_is_listed_as_one(archive):
    (archive / "acme").mkdir()
    try:
        (archive / "link").symlink_to(archive / "acme")
    except OSError:
        pytest.skip("links may not be made here")
    assert [each.is_link for each in escalations([archive])] == [False, True]


# What is refused


def test_no_archive_is_refused():
    with pytest.raises(pvo.InputError, match="no ARCHIVE"):
        escalations([])


def test_an_archive_that_is_not_there_is_refused_by_its_name(archive):
    with pytest.raises(pvo.InputError, match=r"^missing cannot be listed .*check the path"):
        escalations([archive, archive / "missing"])


def test_an_archive_without_any_child_is_refused(archive):
    with pytest.raises(pvo.InputError, match="archive holds no escalation"):
        escalations([archive])


def test_a_nul_in_a_path_is_refused():
    with pytest.raises(pvo.InputError, match="cannot be listed"):
        escalations(["a\0b"])


# Names


@pytest.mark.parametrize(
    "name",
    ["acme", "Acme 688231", "RE_ Case (2), part+1", "電話の記録", "a.tar.gz", "Übel", "_", "7"],
)
def test_a_plain_name_is_kept(archive, name):
    (archive / name).mkdir()
    assert named(archive) == [name]


UNSAFE = {
    "dots": "..hidden",
    "dots inside": "a..b",
    "newline": "a\nb",
    "emoji": "\U0001f525 fire",
    "long": "n" * 255,
    "hidden": ".acme",
    "option": "-rf",
    "formula": "=cmd",
    "markup": "<b>x",
    "percent": "a%2fb",
    "hash": "a#b",
    "direction": "a\u202eb",
    "trailing dot": "acme.",
    "trailing blank": "acme ",
    "device": "con",
    "device with an ending": "NUL.txt",
    "not composed": "U\u0308bel",
    "another letter composed": "\u212bbo",
}


@pytest.mark.parametrize("name", UNSAFE.values(), ids=UNSAFE)
def test_an_unsafe_name_becomes_a_slug_and_eight_digits_of_the_hash(archive, name):
    try:
        (archive / name).mkdir()
        (archive / name / "a.txt").write_text("sma> status\n")
    except OSError:
        pytest.skip("this system refuses the name itself")
    (found,) = named(archive)
    assert found == f"{names.slug(name)}-{digits(archive / name)}"
    assert names.is_safe(found)


def test_a_name_of_signs_alone_has_a_slug(archive):
    assert names.slug("\U0001f525\U0001f525") == "case"


@given(st.text(max_size=300))
def test_a_slug_with_digits_is_always_safe(name):
    assert names.is_safe(f"{names.slug(name)}-01234567")
    assert names.is_safe(f"{names.slug(name)}-01234567-2")


@given(st.text(min_size=1, max_size=120))
def test_a_safe_name_steers_no_path_no_link_and_no_table(name):
    if names.is_safe(name):
        assert not set(name) & set("/\\:*?\"<>|%#&'\n\r\t\0=@")
        assert name not in (".", "..")
        assert name[0] not in " .-+" and name[-1] not in " ."  # noqa: PT018 - one sentence
        assert len(name.encode()) <= names.LONGEST


def test_a_repeated_name_becomes_a_slug_and_digits_each_time(tmp_path):
    for archive, text in (("a", "sma> status\n"), ("b", "sma> version\n")):
        (tmp_path / archive / "acme").mkdir(parents=True)
        (tmp_path / archive / "acme" / "x.txt").write_text(text)
    paths = tmp_path / "a", tmp_path / "b"
    expected = [f"acme-{digits(path / 'acme')}" for path in paths]
    assert len(set(expected)) == 2
    assert named(*paths) == expected
    assert named(*reversed(paths)) == expected[::-1]


def test_names_that_differ_in_case_alone_are_the_same_name(tmp_path):
    (tmp_path / "a" / "acme").mkdir(parents=True)
    (tmp_path / "b" / "ACME").mkdir(parents=True)
    found = named(tmp_path / "a", tmp_path / "b")
    assert len({name.casefold() for name in found}) == 2


def test_the_same_evidence_twice_under_one_name_is_two_cases(tmp_path):
    for archive in "abc":
        shutil.copytree(pvo.example("too-little"), tmp_path / archive / "acme")
    first, second, third = named(*(tmp_path / archive for archive in "abc"))
    assert (second, third) == (f"{first}-2", f"{first}-3")


def test_a_slug_never_takes_the_name_of_another_case(archive):
    unsafe = archive / "a\u00a7b"
    unsafe.mkdir()
    taken = f"a-b-{digits(unsafe)}"
    (archive / taken).mkdir()
    assert sorted(named(archive)) == [taken, f"{taken}-2"]


# The hash


@pytest.mark.parametrize("name", pvo.examples())
def test_the_hash_is_that_of_load(name):
    assert evidence_hash(pvo.example(name)) == pvo.load(pvo.example(name)).hash


def test_the_hash_of_a_zip_is_that_of_its_folder(tmp_path):
    made = shutil.make_archive(str(tmp_path / "technote"), "zip", pvo.example("technote"))
    assert evidence_hash(made) == pvo.load(pvo.example("technote")).hash


def test_the_hash_of_damaged_evidence_is_that_of_load(tmp_path):
    made = shutil.make_archive(str(tmp_path / "case"), "zip", pvo.example("technote"))
    data = Path(made).read_bytes()
    (tmp_path / "cut").mkdir()
    (tmp_path / "cut" / "case.zip").write_bytes(data[: len(data) * 2 // 3])
    (tmp_path / "cut" / "more.txt").write_text("sma> status\n")
    assert evidence_hash(tmp_path / "cut") == pvo.load(tmp_path / "cut").hash


def sealed(folder, content=b"sma> status\n"):
    folder.mkdir()
    (folder / "a.txt").write_bytes(b"sma> status\n")
    report = {"evidence_hash": pvo.load(folder).hash}
    (folder / "a.txt").write_bytes(content)
    (folder / seal.FILE).write_bytes(seal.write(report))
    return folder


def test_the_hash_of_redacted_evidence_leaves_out_its_seal_as_load_does(tmp_path):
    folder = sealed(tmp_path / "case")
    assert pvo.load(folder).redacted
    assert evidence_hash(folder) == pvo.load(folder).hash
    (folder / seal.FILE).unlink()
    assert evidence_hash(folder) == pvo.load(folder).hash


def test_a_seal_that_does_not_fit_counts_as_a_file_as_in_load(tmp_path):
    folder = sealed(tmp_path / "case", b"sma> version\n")
    assert not pvo.load(folder).redacted
    assert evidence_hash(folder) == pvo.load(folder).hash
