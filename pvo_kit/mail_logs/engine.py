"""Takes candidates apart: which kind each line is of, and its fields, thousands at a time.

    text ──slice──▶ body ──first letters──▶ a few kinds ──one regex a kind──▶ kind, fields

The kinds and their regexes are those of the one table. What no regex takes here (a way to begin
that the table's examples do not show, text that pasting changed, a line too long) is told by
``recognise``, the plain reader's own, one by one: slower, never lost.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from pvo_kit.mail_logs import plain
from pvo_kit.mail_logs.header import normalise, parse_header
from pvo_kit.mail_logs.kinds import KINDS, LONGEST_BODY, Kind, recognise
from pvo_kit.mail_logs.window import Places

NAMES: tuple[str, ...] = tuple(kind.name for kind in KINDS)
"""Names of the kinds; the column ``kind`` holds their places in this table."""

NOT_KNOWN, NOT_LOOKED_AT = len(NAMES), len(NAMES) + 1
"""What stands in ``kind`` for a line of no known kind, and for one without the word wanted."""

NUMBERS = dict.fromkeys(plain.NUMBERS, pl.Int64)
TEXTS = ("interface", "tls_protocol", "tls_cipher", "rids", "address", "domain", "detail")
SCHEMA: dict[str, type[pl.DataType]] = {
    "row": pl.UInt32, "kind": pl.UInt8, **dict.fromkeys(TEXTS, pl.String), **NUMBERS
}  # fmt: skip
"""Columns of the fields: ``row`` is a candidate's place among those given."""

_LETTERS = 4
_DIGITS = 19  # more do not fit an Int64
_WORD = r"^[^ ]+ +[0-9]+ +([A-Za-z_-]+)"  # "MID 5 Subject 'x'" is told by its second word
_FEW = 6  # kinds that are tried one after the other rather than told apart by a word
# What ``normalise`` would change in a line that is not all ASCII but has no control characters.
_PASTED = "[\u00a0\u2007\u202f\u3000\u200b\u200e\u200f\u2060\ufeff]|(?i:press any key)"


@dataclass(frozen=True)
class _Row:
    """A kind, its place in the table, and a field that no example of it leaves empty, if any."""

    place: int
    kind: Kind
    sure: str | None


def _rows() -> Iterator[_Row]:
    for place, kind in enumerate(KINDS):
        found = [kind.regex.match(example.rstrip(" ")) for example in kind.examples]
        sure = (name for name in kind.fields if all(one and one[name] for one in found))
        yield _Row(place, kind, next(sure, None))


def _letters(text: str) -> int:
    return int.from_bytes(text[:_LETTERS].encode(), "little")


def _by_letters() -> dict[int, dict[str | None, list[_Row]]]:
    """The kinds by the first letters of their examples, then by the word behind a number."""
    result: dict[int, dict[str | None, list[_Row]]] = {}
    for row in _rows():
        for example in row.kind.examples:
            words = result.setdefault(_letters(example), {})
            found = re.match(_WORD, example)
            for word in (None, found[1] if found else ""):
                rows = words.setdefault(word, [])
                if row not in rows:
                    rows.append(row)
    return result


_KINDS = _by_letters()


@dataclass(frozen=True)
class Candidates:
    """Lines to be taken apart: their texts, where the body of each begins, its first letters.

    ``foreign`` tells that some are not all ASCII. ``word`` is what a line must hold to be looked
    at, or None.
    """

    texts: pl.Series
    begins: Places
    letters: npt.NDArray[np.uint32]
    foreign: bool
    word: str | None = None


@dataclass
class Parsed:
    """``fields``: one row a line of a kind asked for, in order, with the columns of SCHEMA.

    ``others`` counts the lines of other kinds; ``not_known`` are the places of those of no kind,
    and ``passed_over`` the number of those that do not hold the word.
    """

    fields: pl.DataFrame
    others: Counter[str]
    not_known: list[int]
    passed_over: int


def parse(lines: Candidates, asked: frozenset[str]) -> Parsed:
    """Tell the kinds of these lines, and the fields of those that are asked for."""
    parsed = Parsed(pl.DataFrame(schema=SCHEMA), Counter(), [], 0)
    parts = []
    for kind, part in _parts(lines, asked):
        if kind == NOT_KNOWN:
            parsed.not_known += part["row"].to_list()
        elif kind == NOT_LOOKED_AT:
            parsed.passed_over += len(part)
        elif NAMES[kind] in asked:
            parts.append(part.with_columns(pl.lit(kind, pl.UInt8).alias("kind")))
        else:
            parsed.others[NAMES[kind]] += len(part)
    parsed.not_known.sort()
    if parts:
        parsed.fields = _complete(pl.concat(parts, how="diagonal", rechunk=True).sort("row"))
    return parsed


def _complete(fields: pl.DataFrame) -> pl.DataFrame:
    """The same with all columns of SCHEMA."""
    given = set(fields.columns)
    return fields.select(
        name if name in given else pl.lit(None, dtype).alias(name) for name, dtype in SCHEMA.items()
    )


_Part = tuple[int, pl.DataFrame]
"""A kind, and the rows of some lines of it with the fields that they fill."""


def _parts(lines: Candidates, asked: frozenset[str]) -> Iterator[_Part]:
    """Yield all rows, those of one kind at a time.

    Many lines are handed over at once, because every call costs more than some hundred lines do.
    """
    bodies = _bodies(lines)
    odd = bodies["odd"].to_numpy()
    yield from _by_hand(lines, np.flatnonzero(odd))
    letters = np.where(odd, 0, lines.letters)  # no text begins with zeros
    bodies = bodies.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"), "body",
                           letters=pl.Series(letters))  # fmt: skip
    waiting = [group for group in _groups(bodies) if len(group[0])]
    while waiting:
        tried = [(part, _first_asked(kinds, asked)) for part, kinds in waiting if kinds]
        told = iter(pl.collect_all([_query(part, kinds[0], asked) for part, kinds in tried]))
        rest = [part for part, kinds in waiting if not kinds]
        waiting = []
        for part, kinds in tried:
            found, left = _split(part, next(told), kinds[0])
            yield kinds[0].place, found
            if len(left):
                waiting.append((left, kinds[1:]))
        for part in rest:
            yield from _by_hand(lines, part["row"].to_numpy())


def _bodies(lines: Candidates) -> pl.DataFrame:
    """The text behind each header, and whether it is odd: for the plain reader, or for nobody."""
    same = len(lines.begins) > 0 and bool((lines.begins == lines.begins[0]).all())
    begin = int(lines.begins[0]) if same else pl.lit(pl.Series(lines.begins))
    text = pl.col("text")
    body = text.str.slice(begin).str.strip_chars_end(" ")
    odd = pl.col("body").str.len_bytes() > LONGEST_BODY
    if lines.foreign:
        foreign = text.str.len_bytes() != text.str.len_chars()
        odd |= foreign & text.str.contains(_PASTED)
        if lines.word:
            odd |= foreign & ~text.str.contains(lines.word, literal=True)
    texts = pl.DataFrame({"text": lines.texts}).lazy()
    return texts.with_columns(body=body).select("body", odd=odd).collect()


def _groups(bodies: pl.DataFrame) -> Iterator[tuple[pl.DataFrame, list[_Row]]]:
    """Yield lines that begin alike, and the few kinds that they can be of."""
    groups = bodies.partition_by("letters", as_dict=True, include_key=False)
    for (letters,), part in groups.items():
        kinds = _KINDS.get(int(str(letters)), {})
        if letters and len(kinds.get(None, ())) <= _FEW:
            yield part, kinds.get(None, [])
        elif letters:
            words = part.with_columns(word=pl.col("body").str.extract(_WORD).fill_null(""))
            told = words.partition_by("word", as_dict=True, include_key=False)
            yield from ((lines, kinds.get(str(word), [])) for (word,), lines in told.items())


def _first_asked(kinds: list[_Row], asked: frozenset[str]) -> list[_Row]:
    return sorted(kinds, key=lambda row: row.kind.name not in asked)


def _query(part: pl.DataFrame, row: _Row, asked: frozenset[str]) -> pl.LazyFrame:
    """The rows with the fields of a kind if they are asked for.

    Lines of other kinds have no value in the kind's sure field; without one, ``taken`` tells.
    """
    pattern = _without_choice(row.kind.pattern)
    told = part.lazy().with_columns(taken=pl.col("body").str.contains(pattern))
    if row.kind.name not in asked or not row.kind.fields:
        return told.select("row", "taken")
    if row.sure:
        told = part.lazy()
    fields = told.with_columns(fields=pl.col("body").str.extract_groups(pattern)).unnest("fields")
    texts = [_some(pl.col(name)).alias(name) for name in TEXTS if name in row.kind.fields]
    numbers = [_number(name).alias(name) for name in NUMBERS if name in row.kind.fields]
    known = pl.col(row.sure).is_not_null().alias("taken") if row.sure else pl.col("taken")
    return fields.select("row", *texts, *numbers, known)


def _some(text: pl.Expr) -> pl.Expr:
    """A text, if it is not empty."""
    return pl.when(text != "").then(text)


def _number(name: str) -> pl.Expr:
    """A field of digits as a number, if it is not too large."""
    digits = pl.col(name)
    number = (
        pl.when(digits.str.len_bytes() < _DIGITS).then(digits).cast(NUMBERS[name], strict=False)
    )
    return pl.when(number <= plain.LARGEST_PORT).then(number) if name == "port" else number


def _split(part: pl.DataFrame, told: pl.DataFrame, row: _Row) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that are of the kind, and the lines that are not."""
    taken = told["taken"]
    fields = told.drop("taken")
    if taken.all():
        return fields, part[:0]
    return fields.filter(taken), part.filter(~taken)


def _without_choice(pattern: str) -> str:
    """A pattern that takes nearly the same lines, more than twice as fast.

    Where every letter leaves one way to go on, the Rust regex engine need not try two: free text
    begins with a letter, an interface has a name. (Bodies have no blanks at their ends, and an
    interface without a name is told by hand.)
    """
    pattern = pattern.replace(" +(?P<detail>.*?))?$", " +(?P<detail>[^ ].*))?$")
    return pattern.replace("(?P<interface>[^ ()]*)", "(?P<interface>[^ ()]+)")


def _by_hand(lines: Candidates, rows: Places) -> Iterator[_Part]:
    """The same for lines that ``recognise`` looks at, one by one."""
    if len(rows):
        told = [_recognised(lines.texts[row], lines.word) | {"row": row} for row in rows.tolist()]
        parts = pl.DataFrame(told, schema=SCHEMA).partition_by("kind")
        yield from ((part["kind"][0], part) for part in parts)


def _recognised(text: str, word: str | None) -> dict[str, object]:
    line = normalise(text)
    if word and word not in line:
        return {"kind": NOT_LOOKED_AT}
    header = parse_header(line)
    found = recognise(header.body) if header else None
    if not found:
        return {"kind": NOT_KNOWN}
    kind, fields = found
    return {"kind": NAMES.index(kind.name), **fields, **plain.numbers(fields)}
