"""A diagnosis as text for a terminal, and as a small table for a notebook."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from pvo_kit.escape import html, terminal
from pvo_kit.findings import Diagnosis, Finding, Need
from pvo_kit.report.labels import LABELS
from pvo_kit.report.story import Ask, asks
from pvo_kit.version import __version__

WIDTH = 100
_LINES_SHOWN = 12


def to_text(diagnosis: Diagnosis) -> str:
    """Return the diagnosis as text: a line a scenario, the proof of what fails, what to ask for."""
    blocks = [
        _head(diagnosis),
        [line for found in diagnosis.findings for line in _status(found)],
        *(_proof(found) for found in diagnosis.failing),
        *(_remedy(found) for found in diagnosis.failing),
        _order(diagnosis),
        *(_proof(found) for found in diagnosis.findings if found.status == "resolved"),
        _open(diagnosis),
        _asked(diagnosis.needs),
        _listed("Captured", _captured(diagnosis)),
        _listed("Not used", _unused(diagnosis)),
        _listed("Not parsed", _unparsed(diagnosis)),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _head(diagnosis: Diagnosis) -> list[str]:
    failing = [str(found.scenario) for found in diagnosis.findings if found.status == "fail"]
    shown = f"shown: {', '.join(failing)}" if failing else "none shown"
    boxes = (
        ", ".join(
            f"{box.role.upper() if box.role != 'unknown' else 'unknown role'} {box.name}"
            for box in diagnosis.appliances
        )
        or "none recognised"
    )
    return [
        f"Why is [Enable...] grey? Of the known causes {shown}.",
        terminal(f"Appliances: {boxes}"),
        f"pvo-kit {__version__}, evidence {diagnosis.evidence_hash}",
    ]


def _status(found: Finding) -> list[str]:
    head = f"{found.scenario}  {LABELS[found.status]:<8}  "
    return _wrapped(_first_sentence(found.summary), head, " " * len(head))


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].rstrip(".") + "."


def _proof(found: Finding) -> list[str]:
    lines = [f"{found.scenario}  {LABELS[found.status]}  {found.title}", *_wrapped(found.summary)]
    width = max((len(_place(line.file, line.line)) for line in found.citations), default=0)
    for line in found.citations[:_LINES_SHOWN]:
        lines.append(terminal(f"     {_place(line.file, line.line):<{width}}  {line.text.strip()}"))
    if len(found.citations) > _LINES_SHOWN:
        lines.append(
            f"     ... and {len(found.citations) - _LINES_SHOWN} lines more (JSON has all)"
        )
    return lines


def _remedy(found: Finding) -> list[str]:
    if found.remedy is None:
        return []
    lines = [terminal(line) for line in found.remedy.to_text()]
    return [f"{found.scenario}  Remedy: {lines[0]}", *lines[1:]]


def _place(file: str, line: int) -> str:
    return f"{file}:{line}"


def _wrapped(text: str, first: str = "   ", indent: str = "   ") -> list[str]:
    return textwrap.wrap(
        terminal(text),
        WIDTH,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _order(diagnosis: Diagnosis) -> list[str]:
    if len(diagnosis.failing) < 2:
        return []
    numbers = ", then ".join(str(found.scenario) for found in diagnosis.failing)
    return [
        f"Order of fixing: {numbers} (the network first). The later ones can only be judged "
        "again after the earlier ones."
    ]


def _open(diagnosis: Diagnosis) -> list[str]:
    """What more there is to say of findings that are not decided."""
    lines = []
    for found in diagnosis.findings:
        rest = found.summary.removeprefix(_first_sentence(found.summary)).strip()
        told = found.error or rest
        if told and found.status in ("unknown", "manual", "error"):
            lines += _wrapped(told, f"{found.scenario}  ")
    return ["Not decided", *lines] if lines else []


def _asked(needs: Sequence[Need]) -> list[str]:
    """ONE block, ready to paste into a reply: per appliance, in the order to type."""
    found = asks(needs)
    return (
        ["To ask for", *(line for ask in found for line in ("", *_for_box(ask)))] if found else []
    )


def _for_box(ask: Ask) -> Iterator[str]:
    name = ask.host or ("each ESA" if ask.appliance == "esa" else "the SMA")
    yield terminal(f"  {ask.appliance.upper()} {name}, logged in as {ask.account}:")
    for need, reasons in ask.commands:
        mode = f"   [{need.mode} mode]" if need.mode else ""
        yield terminal(f"    {need.command}{mode}")
        for why in reasons:
            yield from _wrapped(why, "      - ", "        ")
    for need in ask.places:
        yield from _wrapped(f"look at: {need.where}", "    ", "      ")
        yield from _wrapped(need.why, "      - ", "        ")
        if need.record:
            yield terminal(f"        record it: {need.record}")


def _listed(title: str, rows: Iterable[str]) -> list[str]:
    found = [f"  {terminal(row)}" for row in rows]
    return [title, *found] if found else []


def _captured(diagnosis: Diagnosis) -> Iterator[str]:
    for entry in diagnosis.files:
        if entry.kind != "unused":
            yield f"{entry.file}: {entry.kind.replace('_', ' ')}, {entry.lines:,} lines"


def _unused(diagnosis: Diagnosis) -> Iterator[str]:
    for entry in diagnosis.files:
        if entry.reason:
            yield f"{entry.file}: {entry.reason}"


def _unparsed(diagnosis: Diagnosis) -> Iterator[str]:
    for row in diagnosis.unparsed:
        yield f"{_place(row.file, row.line)}  {row.host or 'unknown'}> {row.command}: {row.reason}"


def to_html_table(diagnosis: Diagnosis) -> str:
    """Return one table row a finding, everything escaped, for a notebook."""
    rows = "".join(
        f"<tr><td>{found.scenario}</td><td><b>{html(LABELS[found.status])}</b></td>"
        f"<td>{html(found.title)}</td><td>{html(found.summary)}</td></tr>"
        for found in diagnosis.findings
    )
    head = "<tr><th>Scenario</th><th>Status</th><th>Cause</th><th>Summary</th></tr>"
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"
