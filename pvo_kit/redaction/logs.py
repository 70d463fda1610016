"""Entries of mail logs, redacted: the header stays, the text behind it by its kind.

Subjects, names of attachments and a customer's own log texts are replaced whole. A line that no
kind takes is free text behind its header.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from pvo_kit.mail_logs import parse_header, recognise
from pvo_kit.mail_logs.header import Header, normalise
from pvo_kit.mail_logs.kinds import glued
from pvo_kit.mail_logs.plain import Entry, entries
from pvo_kit.mail_logs.telling import has_prompt, is_log_line
from pvo_kit.redaction.lines import Lines
from pvo_kit.redaction.vocabulary import is_own
from pvo_kit.redaction.wraps import breaks_like

_WHOLE = {
    "subject": "subject",
    "attachment": "attachment name",
    "custom-log-entry": "log text",
}
_MOST_TRIED = 2000  # ways to break an entry


def line_of(lines: Lines, shown: str, found: Entry) -> str:
    """Redact the only line of an entry that was read already."""
    return _behind(lines, shown, found.header, found.kind.name if found.kind else None)


def entry(
    lines: Lines,
    shown: Sequence[str],
    column: int | None,
    *,
    mixed: bool = False,
    behind: Sequence[str] = (),
) -> list[str]:
    """Redact the lines of an entry, given as they were seen.

    ``column`` is the width at which a terminal cut the file's lines, if one did. In ``mixed`` text
    the lines ``behind`` the entry are looked at too: none of them may become a part of it.
    """
    if len(shown) == 1:
        return [_one(lines, shown[0])]
    texts = [normalise(line) for line in shown]
    header = parse_header(texts[0])
    if not header:
        return [lines.free(line) for line in shown]
    body, breaks = header.body, []
    for before, line, text in zip(shown, shown[1:], texts[1:], strict=False):
        is_cut = len(before) == column and before[-1:] != " " and line[:1] != " "
        longer = glued(body, text) if is_cut else f"{body} {text}"
        breaks.append(len(longer) == len(body) + len(text))
        body = longer
    if not recognise(body) and not any(breaks):
        return [other(lines, line) for line in shown]
    before_body = texts[0][: len(texts[0]) - len(header.body)]
    joined = before_body + body
    new = _one(lines, joined)
    if new == joined and not any(breaks) and _reads_as(list(shown), shown, new, mixed, behind):
        return list(shown)
    return _broken(new, shown, breaks, len(before_body.split()), mixed, behind)


def _broken(
    new: str,
    shown: Sequence[str],
    breaks: Sequence[bool],
    least: int,
    mixed: bool,
    behind: Sequence[str],
) -> list[str]:
    """Break a redacted entry into as many lines as it stood on, so that it reads as it did.

    It is broken at blanks wherever a terminal had cut: a log is read as cut only where all of it
    is. Where a reader would end the entry too early like that, other blanks are taken.
    """
    texts = [normalise(line) for line in shown]
    first: list[str] = []
    for pieces in islice(breaks_like(new, texts, breaks, least), _MOST_TRIED):
        lines = [_placed(line, text, piece)
                 for line, text, piece in zip(shown, texts, pieces, strict=True)]  # fmt: skip
        if _reads_as(lines, shown, new, mixed, behind):
            return lines
        first = first or lines
    return first


def _reads_as(
    lines: list[str], shown: Sequence[str], joined: str, mixed: bool, behind: Sequence[str]
) -> bool:
    """Whether the reader finds one entry in these lines, and they look like a log's as before."""
    told = entries([*lines, *behind], mixed, None)
    found = next((each for each in told if isinstance(each, Entry)), None)
    whole = parse_header(normalise(joined))
    return (
        found is not None
        and whole is not None
        and len(found.pieces) == len(lines)
        and found.body.split() == whole.body.split()
        and is_log_line(normalise(lines[0])) == is_log_line(normalise(shown[0]))
        and has_prompt(lines) == has_prompt(shown)
    )


def other(lines: Lines, line: str) -> str:
    """Redact a line that belongs to no entry of a known kind."""
    header = parse_header(normalise(line))
    return _behind(lines, line, header, None) if header and header.stamped else lines.free(line)


def _one(lines: Lines, line: str) -> str:
    header = parse_header(normalise(line))
    found = recognise(header.body) if header else None
    if not header:
        return lines.free(line)
    return _behind(lines, line, header, found[0].name if found else None)


def _behind(lines: Lines, line: str, header: Header, kind: str | None) -> str:
    at = line.rfind(header.body) if header.body else len(line)
    if at < 0:
        return lines.told(line) if kind else lines.free(line)
    body = _body(lines, line[at:], kind) if kind else lines.free(line[at:])
    return _head(lines, line[:at], header.host) + body


def _head(lines: Lines, text: str, host: str | None) -> str:
    """Redact a header; what stands in the host's place is one, whatever it is called."""
    found = re.search(rf"(?<=\s){re.escape(host)}(?=\s)", text) if host else None
    if not found or not host:
        return lines.stamp(text)
    before, behind = text[: found.start()], text[found.end() :]
    return lines.told(before) + lines.as_host(host) + lines.told(behind)


def _body(lines: Lines, text: str, kind: str) -> str:
    what = _WHOLE.get(kind)
    found = recognise(text) if what else None
    detail = found[1].get("detail") if found else None
    if not what or not detail or (kind == "attachment" and detail[0] not in "'\""):
        return lines.told(text)
    at = text.rfind(detail)
    new = lines.whole(what, detail)
    if kind == "attachment":
        new = _with_suffix(new, detail)
    return lines.told(text[:at]) + new + text[at + len(detail) :]


def _with_suffix(new: str, name: str) -> str:
    """Keep what tells the kind of an attachment: ``'attachment-7xk2qd5v.pdf'``."""
    found = re.search(r"(\.[A-Za-z0-9]{1,5})(['\"]?)$", name)
    if not found or not is_own(found[1][1:]):
        return new
    return new.removesuffix(found[2]) + found[1].lower() + found[2]


def _placed(line: str, text: str, piece: str) -> str:
    """Put a piece where the text stood in its line, behind the marks of a quoted mail."""
    at = line.find(text) if text else -1
    return line[:at] + piece if at > 0 else piece
