"""Entries of mail logs, redacted: the header stays, the text behind it by its kind.

Subjects, names of attachments and a customer's own log texts are replaced whole. A line that no
kind takes is free text behind its header.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pvo_kit.mail_logs import parse_header, recognise
from pvo_kit.mail_logs.header import Header, normalise
from pvo_kit.mail_logs.kinds import glued
from pvo_kit.redaction.lines import Lines
from pvo_kit.redaction.vocabulary import is_own
from pvo_kit.redaction.wraps import break_like

_WHOLE = {
    "subject": "subject",
    "attachment": "attachment name",
    "custom-log-entry": "log text",
}


def entry(lines: Lines, shown: Sequence[str], column: int | None) -> list[str]:
    """Redact the lines of an entry of a known kind, given as they were seen.

    ``column`` is the width at which a terminal cut the file's lines, if one did.
    """
    if len(shown) == 1:
        return [_one(lines, shown[0])]
    texts = [normalise(line) for line in shown]
    header = parse_header(texts[0])
    if not header:
        return [lines.told(line) for line in shown]
    body, breaks = header.body, []
    for before, line, text in zip(shown, shown[1:], texts[1:], strict=False):
        is_cut = len(before) == column and before[-1:] != " " and line[:1] != " "
        longer = glued(body, text) if is_cut else f"{body} {text}"
        breaks.append(len(longer) == len(body) + len(text))
        body = longer
    joined = texts[0][: len(texts[0]) - len(header.body)] + body
    new = _one(lines, joined)
    if new == joined and not any(breaks):
        return list(shown)
    # Broken at blanks wherever a terminal had cut: a log is read as cut only where all of it is.
    pieces = break_like(new, texts, breaks)
    return [_placed(line, text, piece)
            for line, text, piece in zip(shown, texts, pieces, strict=True)]  # fmt: skip


def other(lines: Lines, line: str) -> str:
    """Redact a line that belongs to no entry of a known kind."""
    header = parse_header(normalise(line))
    return _behind(lines, line, header, None) if header and header.stamped else lines.free(line)


def _one(lines: Lines, line: str) -> str:
    header = parse_header(normalise(line))
    found = recognise(header.body) if header else None
    return _behind(lines, line, header, found[0].name if found else None) if header else line


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
        return lines.told(text)
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
