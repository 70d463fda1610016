"""Parsed logs kept in a folder, only when asked for: Parquet parts and a manifest.

    to_parquet("mail_logs/", "kept/")
    events = read_mail_logs("kept/")

A part holds rows of one file, with the columns of ``frames.EVENTS``. The manifest tells from what
each was made, and by which parser, so that reading can say what is stale (its log or the parser is
another by now) or damaged (then it is left out).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import polars as pl

from pvo_kit import frames
from pvo_kit.errors import InputError
from pvo_kit.mail_logs import engine
from pvo_kit.mail_logs.batches import Logs, Totals, of_kinds
from pvo_kit.mail_logs.columns import Events
from pvo_kit.mail_logs.forms import NO_TIME
from pvo_kit.mail_logs.kinds import KINDS
from pvo_kit.mail_logs.logfiles import LogFiles
from pvo_kit.mail_logs.running import NO_OFFSET
from pvo_kit.version import __version__

MANIFEST = "manifest.json"
_SCHEMA = 1
_ROWS = 1 << 19  # rows a part
_EDGE = 1 << 16  # bytes hashed at each end of a log
Frame = TypeVar("Frame", pd.DataFrame, pl.DataFrame)
_DAMAGE = (OSError, ValueError, pl.exceptions.PolarsError)


def parser() -> str:
    """What a row depends on besides the log: the kit's version and the table of kinds."""
    table = "\n".join(f"{kind.name} {kind.pattern}" for kind in KINDS)
    return f"{__version__}+{sha256(table.encode()).hexdigest()[:12]}"


class Keeper:
    """Writes rows into a folder, which must be new, empty, or one that was written so before."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        """Make the folder ready, without what it held before."""
        self._folder = Path(folder)
        if self._folder.exists() and not is_kept(self._folder) and any(self._folder.iterdir()):
            raise InputError(f"{self._folder} is not empty and holds no kept logs; give another")
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / MANIFEST).unlink(missing_ok=True)
        for part in self._folder.glob("part-*.parquet"):
            part.unlink()
        self._parts: list[dict[str, Any]] = []
        self._events, self._source = Events(), ""

    def add(self, rows: pl.DataFrame, source: str, logs: Logs) -> None:
        """Add rows of one file."""
        if source != self._source or self._events.rows >= _ROWS:
            self._write()
        self._source = source
        if len(rows):
            self._events.add(rows, source, logs)

    def close(self, files: LogFiles, asked: Iterable[str], logs: Logs) -> dict[str, Any]:
        """Write the rest and the manifest, without which there is nothing; return the account."""
        self._write()
        coverage = logs.totals.as_dict()
        manifest = {
            "schema": _SCHEMA,
            "parser": parser(),
            "kinds": sorted(asked),
            "coverage": coverage,
            "sources": {file: _identity(files.holder(file)) for file in sorted(files.logs)},
            "parts": self._parts,
        }
        text = json.dumps(manifest, indent=1, sort_keys=True) + "\n"
        (self._folder / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
        return coverage

    def _write(self) -> None:
        rows = self._events.rows
        if not rows:
            return
        part = self._folder / f"part-{len(self._parts):05}.parquet"
        self._events.frame().to_parquet(part, compression="zstd", index=False)
        self._events = Events()
        self._parts.append({"part": part.name, "source": self._source, "rows": rows,
                            "sha256": _digest(part)})  # fmt: skip


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        found = sha256()
        while block := file.read(1 << 20):
            found.update(block)
    return found.hexdigest()


def _identity(path: Path | None) -> dict[str, Any] | None:
    """What tells a log from another, without reading all of it; None where it is not on disk."""
    if path is None:
        return None
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        head = file.read(_EDGE)
        file.seek(max(0, size - _EDGE))
        tail = file.read(_EDGE)
    return {"path": os.path.abspath(path), "size": size, "head": sha256(head).hexdigest(),
            "tail": sha256(tail).hexdigest()}  # fmt: skip


def is_kept(folder: str | os.PathLike[str]) -> bool:
    """Whether this is a folder of kept logs."""
    return Path(folder, MANIFEST).is_file()


@dataclass
class Kept:
    """A folder of kept logs: ``stale`` names the parts of logs that changed, with the reason."""

    folder: Path
    manifest: dict[str, Any]
    stale: dict[str, str]

    @classmethod
    def open(cls, folder: str | os.PathLike[str]) -> Kept:
        """Read the manifest, and see what became of the logs."""
        path = Path(folder)
        try:
            manifest = json.loads((path / MANIFEST).read_text("utf-8"))
            parts, sources = manifest["parts"], manifest["sources"]
            if manifest["schema"] != _SCHEMA:
                raise ValueError(f"its schema is {manifest['schema']}, not {_SCHEMA}")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"{path / MANIFEST} cannot be used ({error}); keep the logs again"
            ) from error
        changed = {source: _changed(identity) for source, identity in sources.items()}
        if manifest["parser"] != parser():
            changed = dict.fromkeys(sources, f"was made by another parser, {manifest['parser']}")
        stale = {part["part"]: reason for part in parts if (reason := changed[part["source"]])}
        return cls(path, manifest, stale)

    def whole(self, logs: Logs) -> pd.DataFrame:
        """All that is kept, as it stands there: the quick way where no row is to be left out."""
        logs.totals = Totals.of(self.manifest["coverage"])
        logs.totals.stale = self.stale
        parts = []
        for part in self.manifest["parts"]:
            frame = self._read(part, pd.read_parquet)
            if isinstance(frame, str):
                logs.totals.unread.append((part["part"], frame))
            else:
                parts.append(frame)
        return _together(parts)

    def rows(
        self, asked: frozenset[str], told: frozenset[str], logs: Logs
    ) -> Iterator[tuple[pl.DataFrame, str]]:
        """Yield what the parts hold, as ``batches.rows`` tells it of the logs."""
        logs.totals = Totals.of(self.manifest["coverage"])
        logs.totals.stale = self.stale
        missing = sorted(told - set(self.manifest["kinds"]))
        if missing:
            raise InputError(f"{self.folder} was kept without {', '.join(missing)}; keep it again")
        for part in self.manifest["parts"]:
            frame = self._read(part, pl.read_parquet)
            if isinstance(frame, str):
                logs.totals.unread.append((part["part"], frame))
                continue
            rows = _as_rows(frame, logs)
            logs.totals.drop(of_kinds(rows, frozenset(engine.NAMES) - asked)["kind"])
            yield of_kinds(rows, told), part["source"]

    def _read(self, part: dict[str, Any], read: Callable[[Path], Frame]) -> Frame | str:
        """The part, or why it cannot be read."""
        path = self.folder / part["part"]
        try:
            if _digest(path) != part["sha256"]:
                return _damaged(part, "not what was written")
            return read(path)
        except _DAMAGE as error:
            return _damaged(part, str(error))


def _together(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Frames one behind the other; their categories are those of all of them."""
    if not parts:
        return frames.empty(frames.EVENTS)
    for name, column in frames.EVENTS.items():
        if column.dtype == "category":
            texts = {text for part in parts for text in part[name].cat.categories}
            names = engine.NAMES if name == "event" else sorted(texts)
            for part in parts:
                part[name] = part[name].cat.set_categories(pd.Index(names, dtype="str"))
    return pd.concat(parts, ignore_index=True)


def _damaged(part: dict[str, Any], why: str) -> str:
    rows, source = part["rows"], part["source"]
    return f"is damaged ({why}): {rows:,} rows of {source} are missing; keep the logs again"


def _changed(identity: dict[str, Any] | None) -> str | None:
    """How a log is another than that which was kept; None where it is not, or nobody can tell."""
    if identity is None or not Path(identity["path"]).is_file():
        return None
    try:
        return None if _identity(Path(identity["path"])) == identity else "its log changed"
    except OSError:
        return None


def _as_rows(part: pl.DataFrame, logs: Logs) -> pl.DataFrame:
    """The rows of a part as ``batches.rows`` gives them."""
    return part.select(
        "line",
        _microseconds("local_time"),
        pl.col("offset").fill_null(NO_OFFSET).cast(pl.Int32),
        _numbers(part["level"], logs.levels.number),
        _numbers(part["appliance"], logs.hosts.number),
        _numbers(part["event"], _KINDS.get).alias("kind"),
        *(pl.col(name).cast(pl.String) for name in engine.TEXTS),
        *(pl.col(name).cast(dtype) for name, dtype in engine.NUMBERS.items()),
        _microseconds("time"),
        "session",
    ).filter(pl.col("kind").is_not_null())


_KINDS = {name: place for place, name in enumerate(engine.NAMES)}


def _microseconds(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Datetime("us")).to_physical().fill_null(NO_TIME)


def _numbers(texts: pl.Series, number: Callable[[str], int | None]) -> pl.Series:
    """The numbers of a column's few different texts, -1 where there is none."""
    known = {text: number(text) for text in texts.unique().drop_nulls().cast(pl.String)}
    dtype = pl.Int32
    if not known:
        return pl.Series(texts.name, [-1], dtype).new_from_index(0, len(texts))
    return texts.cast(pl.String).replace_strict({**known, None: -1}, return_dtype=dtype)
