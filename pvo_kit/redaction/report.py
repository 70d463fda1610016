"""What a redaction did: how many of what, by file, what stayed and what is not covered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pvo_kit.hints import Hints
from pvo_kit.redaction.leaks import Leaks, is_secret
from pvo_kit.version import __version__

LIMITS = (
    "words of the appliance's own, even where they are somebody's name too (see kept)",
    "numbers below seven digits among understood text, and numbers of messages and connections",
    "dates and times, releases and models, cipher strings",
    "how long a word of free text is, and where its capitals and digits stand",
    "the first bits of a public address that lies beside a range that is kept",
)
"""What no redaction covers."""


@dataclass(frozen=True, slots=True)
class Redaction:
    """A finished and verified redaction in ``folder``.

    ``values`` counts different originals by kind, ``counts`` the places where they stood, by file.
    ``kept`` are words found where a name stands that are the appliance's own. ``stubs`` are files
    that are no text, of which only the kind is left; ``left_out`` could not be read, ``cut`` only
    to a point. ``coincidences`` are new names that are an original value of this case as well.
    ``hints`` are those that were given, with the new names of hosts.
    """

    folder: Path
    evidence_hash: str
    key_mark: str
    lasting: bool
    values: Mapping[str, int]
    counts: Mapping[str, Mapping[str, int]]
    kept: Sequence[str] = ()
    stubs: Sequence[str] = ()
    left_out: Sequence[str] = ()
    cut: Sequence[str] = ()
    coincidences: int = 0
    hints: Hints = field(default_factory=Hints)
    map: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as it is written into the folder: no original value is in it."""
        return {
            "pvo_kit": __version__,
            "evidence_hash": self.evidence_hash,
            "key": {"mark": self.key_mark, "lasting": self.lasting},
            "values": dict(sorted(self.values.items())),
            "files": {
                file: dict(sorted(counts.items())) for file, counts in sorted(self.counts.items())
            },
            "kept": list(self.kept),
            "not_covered": list(LIMITS),
            "removed": list(self.stubs),
            "left_out": list(self.left_out),
            "cut_off": list(self.cut),
            "coincidences": self.coincidences,
        }

    def originals_in(self, text: str) -> list[str]:
        """Return the original values that a text holds: an author's own words, as a rule."""
        values = (
            value
            for kind, names in self.map.items()
            for value, new in names.items()
            if kind != "path" and value != new and is_secret(value)
        )
        return sorted(set(Leaks(values).found(text)))

    @property
    def text(self) -> str:
        """The report for a person, a line each."""
        return "\n".join(self._lines())

    def __str__(self) -> str:
        """Return the report for a person."""
        return self.text

    def _lines(self) -> Iterator[str]:
        places: Counter[str] = Counter()
        for counts in self.counts.values():
            places.update(counts)
        yield f"{self.folder.name}: {_counted(len(self.counts), 'file')} redacted and verified"
        yield f"  places: {_listed(places)}"
        yield f"  different values: {_listed(self.values)}"
        for file, counts in sorted(self.counts.items()):
            yield f"  {file}: {_listed(counts)}"
        yield from self._rest()

    def _rest(self) -> Iterator[str]:
        lists = (
            ("kept as the appliance's own words", self.kept),
            ("removed, since they are no text", self.stubs),
            ("left out, since they could not be read", self.left_out),
            ("ended early, where the original is damaged", self.cut),
            ("not covered", LIMITS),
        )
        for title, items in lists:
            if items:
                yield f"{title}: {'; '.join(items)}"
        if self.coincidences:
            yield f"new names that are also an original value here: {self.coincidences}"
        if self.lasting:
            yield f"key: {self.key_mark}"
        else:
            yield (
                "key: a random one, gone with this run: no other case gets these names "
                "(--key-file keeps one)"
            )


def _listed(counts: Mapping[str, int]) -> str:
    told = (f"{kind} {number:,}" for kind, number in sorted(counts.items()))
    return ", ".join(told) or "nothing to replace"


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
