"""Remedies, case by case: each folder of captures_remedies holds the evidence of one fault.

``evidence.txt`` is what was captured, ``main.txt`` the dialogue of that release's appliance in
which the remedy is typed, other dialogues answer the alternatives (their names are words of the
title), ``after.txt`` is the verification once it is mended. All are made, none was captured.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import pytest

from pvo_kit import case as cases
from pvo_kit import loading, scenarios, tls
from pvo_kit.case import Case
from pvo_kit.findings import Finding
from pvo_kit.remediation import Remedy, Step, ciphers, remedy
from pvo_kit.scenarios.verdict import finding

CAPTURES = Path(__file__).parent / "captures_remedies"
FOLDERS = sorted(path for path in CAPTURES.iterdir() if path.is_dir())
DIALOGUES = sorted(
    path for path in CAPTURES.glob("*/*.txt") if path.stem not in ("evidence", "after")
)
PLACEHOLDER = re.compile(r"<[^<>]+>")
KEYS = {"role", "appliance", "precondition", "steps", "effect", "risk", "verify",
        "rollback", "alternatives"}  # fmt: skip

each_folder = pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)


def build(text: str) -> Case:
    return cases.build(loading.load("-", stdin=BytesIO(text.encode())))


def judged(text: str, number: int) -> tuple[Case, Finding]:
    case = build(text)
    return case, finding(scenarios.SCENARIOS[number - 1], case)


def number_of(folder: Path) -> int:
    return int(folder.name[0])


def evidence(folder: Path) -> str:
    return (folder / "evidence.txt").read_text(encoding="utf-8")


def mended(folder: Path) -> Remedy:
    """The remedy of a folder's fault."""
    found = remedy(*judged(evidence(folder), number_of(folder)))
    assert found
    return found


def every(found: Remedy) -> list[Remedy]:
    return [found, *found.alternatives]


def words(found: Remedy) -> list[str]:
    """Every text of a remedy and its alternatives."""
    told = []
    for each in every(found):
        told += [each.title, each.when, each.role, each.effect, each.risk, *each.appliance,
                 *each.precondition, *each.verify, *each.rollback]  # fmt: skip
        for step in each.steps:
            told += [step.prompt or "", step.send or "", step.choose or "", step.gui or "",
                     step.asks, step.note]  # fmt: skip
    return told


# --- The dialogues --------------------------------------------------------------------------------

_ASKED = re.compile(
    r"^(?P<prompt>\((?:Cluster|Group|Machine) [^()]+\)>|[\w.-]+>|.*\[[^\[\]]*\]>|Enter passphrase:)"
    r"(?: (?P<typed>.*))?$"
)
_ENTRY = re.compile(r"^\s*(?P<number>\d+)\.\s+(?P<label>\S.*)$")


@dataclass(frozen=True)
class Asked:
    """One line of a capture at which the appliance waited, what was typed, the menu above it."""

    prompt: str
    typed: str
    menu: dict[str, str]
    above: str


def asked(capture: str) -> list[Asked]:
    found, above = [], []
    for line in capture.splitlines():
        if not (match := _ASKED.match(line)):
            above.append(line)
            continue
        entries = (_ENTRY.match(row) for row in above)
        menu = {entry["number"]: entry["label"] for entry in entries if entry}
        question = " ".join(" ".join(above).split())
        found.append(Asked(match["prompt"], (match["typed"] or "").strip(), menu, question))
        above = []
    # The prompt behind the last answer waits for nothing of this dialogue.
    while found and not found[-1].typed and found[-1].prompt.endswith(">"):
        if "[" in found[-1].prompt:
            break
        found.pop()
    return found


def like(text: str, shown: str, whole: bool) -> bool:
    """A printed text fits what a capture shows; a placeholder stands for anything."""
    pattern = ".+".join(re.escape(part) for part in PLACEHOLDER.split(text.strip()))
    return bool(re.fullmatch(pattern if whole else rf".*{pattern}", shown))


def answers(step: Step, there: Asked) -> str | None:
    """None where the step answers that prompt, else what does not fit."""
    assert step.prompt is not None
    whole = not step.prompt.endswith("]> ")
    if not like(step.prompt, there.prompt, whole):
        return f"{step.prompt!r} is not the prompt {there.prompt!r}"
    if step.choose is not None:
        label = there.menu.get(there.typed, "")
        if not like(step.choose, label.split(" (")[0].rstrip("."), False) and not label.startswith(
            step.choose
        ):
            return f"{step.choose!r} is not the entry {label!r}"
        return None if step.send in (None, there.typed) else f"{step.send} is not its number"
    if not like(step.send or "", there.typed, True):
        return f"{step.send!r} is not the answer {there.typed!r}"
    return None


@pytest.mark.parametrize("path", DIALOGUES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_each_send_answers_its_prompt_in_that_releases_dialogue(path: Path) -> None:
    found = mended(path.parent)
    if path.stem == "main":
        chosen = found
    else:
        named = path.stem.replace("-", " ")
        [chosen] = [each for each in found.alternatives if named in each.title.lower()]
    steps = [step for step in chosen.steps if step.gui is None]
    there = asked(path.read_text(encoding="utf-8"))
    problems = [answers(step, shown) for step, shown in zip(steps, there, strict=False)]
    assert [problem for problem in problems if problem] == []
    assert [step.send for step in steps[len(there) :]] == []
    assert [shown.prompt + shown.typed for shown in there[len(steps) :]] == []


@pytest.mark.parametrize(
    "path",
    # The questions of a static route are told in the kit's words.
    [path for path in DIALOGUES if path.parent.name[0] in "34" and path.stem != "static-route"],
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_questions_are_told_in_the_appliances_own_words(path: Path) -> None:
    found = mended(path.parent)
    named = path.stem.replace("-", " ")
    chosen = next((each for each in found.alternatives if named in each.title.lower()), found)
    shown = " ".join(path.read_text(encoding="utf-8").split())
    for step in chosen.steps:
        if step.asks and "fifth" not in step.asks:
            assert step.asks in shown


@pytest.mark.parametrize("folder", [path for path in FOLDERS if (path / "after.txt").exists()],
                         ids=lambda path: path.name)  # fmt: skip
def test_the_verification_turns_the_finding_to_resolved(folder: Path) -> None:
    after = folder / "after.txt"
    before, number = evidence(folder), number_of(folder)
    _, failing = judged(before, number)
    case, resolved = judged(before + "\n" + after.read_text(encoding="utf-8"), number)
    assert (failing.status, resolved.status) == ("fail", "resolved")
    told = " ".join(mended(folder).verify)
    commands = {cut.command.split()[0] for cut in build(after.read_text(encoding="utf-8"))
                .evidence.transcripts}  # fmt: skip
    assert all(command in told for command in commands if command != "version")
    done = remedy(case, resolved)
    assert done
    assert done.title.startswith(("What was done, as the evidence shows", "Resolved; "))
    assert done.steps
    assert done.alternatives == ()


# --- What every remedy holds ----------------------------------------------------------------------


def assert_shape(told: dict[str, object], depth: int = 0) -> None:
    assert set(told) == KEYS
    for key in ("role", "effect", "risk"):
        assert isinstance(told[key], str)
        assert told[key]
    for key in ("appliance", "precondition", "verify", "rollback"):
        assert told[key]
        assert all(isinstance(line, str) and line for line in told[key])  # type: ignore[attr-defined]
    for step in told["steps"]:  # type: ignore[attr-defined]
        if set(step) == {"gui"}:
            assert step["gui"]
        elif set(step) == {"prompt", "choose", "send"}:
            assert step["prompt"]
            assert step["choose"]
            assert step["send"] is None or step["send"].isdecimal()
        else:
            assert set(step) == {"prompt", "send"}
            assert step["prompt"]
            assert isinstance(step["send"], str)
    for other in told["alternatives"]:  # type: ignore[attr-defined]
        assert depth == 0
        assert_shape(other, depth + 1)


@each_folder
def test_the_json_has_the_documented_shape(folder: Path) -> None:
    found = mended(folder)
    told = found.to_dict()
    assert_shape(told)
    for other, as_told in zip(found.alternatives, told["alternatives"], strict=True):
        assert other.when
        assert as_told["precondition"][0] == other.in_short()
    assert json.loads(json.dumps(told)) == told
    assert told["alternatives"], "each scenario has another way"


@each_folder
def test_nothing_is_left_unfilled_or_unsafe(folder: Path) -> None:
    for text in words(mended(folder)):
        assert "None" not in text
        assert "{" not in text
        assert "}" not in text
        assert text.isprintable()


@each_folder
def test_the_configuration_is_saved_and_the_old_value_noted_first(folder: Path) -> None:
    before = " ".join(mended(folder).precondition)
    assert "saveconfig" in before
    assert re.search(r"[Nn]ote the old", before)


@each_folder
def test_a_change_is_reviewed_and_committed_for_the_ticket(folder: Path) -> None:
    for found in every(mended(folder)):
        sends = [step.send for step in found.steps]
        for place, send in enumerate(sends):
            if send == "commit":
                assert "showchanges" in sends[:place]
                assert (sends[place + 1] or "").startswith("<ticket>: ")
        for step in found.steps:
            if step.gui and "Commit Changes" in step.gui:
                assert "<ticket>" in step.gui


@each_folder
def test_the_text_fits_a_terminal_and_shows_each_step_once(folder: Path) -> None:
    found = mended(folder)
    lines = found.to_text()
    assert [line for line in lines if len(line) > 100 and "> " not in line] == []
    shown = [line for line in lines if re.match(r"\s+\d+  ", line)]
    assert len(shown) == len(found.steps)
    for head in ("  Before", "  Steps", "  Verify", "  Way back", "  Other ways"):
        assert lines.count(head) == 1


@pytest.mark.parametrize("status", ["unknown", "manual", "pass", "not_applicable", "error"])
def test_only_failing_and_resolved_findings_have_one(status: str) -> None:
    case, failing = judged(evidence(FOLDERS[0]), 1)
    assert remedy(case, replace(failing, status=status)) is None  # type: ignore[arg-type]


# --- Scenario by scenario -------------------------------------------------------------------------


def test_a_menus_number_is_printed_only_where_that_menu_was_seen() -> None:
    seen, unseen = (
        next(step for step in mended(CAPTURES / name).steps if step.choose == "Auto")
        for name in ("3-delivery-9.7-menu-seen", "3-delivery-8.0")
    )
    assert (seen.prompt, seen.send) == ("[2]> ", "1")
    # A telnet's menu shows Auto as well: it is another menu.
    assert unseen.send is None


def test_a_default_that_is_no_number_is_not_printed() -> None:
    text = evidence(CAPTURES / "3-delivery-9.7-menu-seen").replace("[2]> 2", "[2; suspend]> 2")
    found = remedy(*judged(text, 3))
    assert found
    chosen = next(step for step in found.steps if step.choose == "Auto")
    assert (chosen.prompt, chosen.send) == ("[<number>]> ", "1")


def test_what_was_done_starts_from_the_old_interface() -> None:
    folder = CAPTURES / "3-delivery-8.0"
    after = (folder / "after.txt").read_text(encoding="utf-8")
    found = remedy(*judged(evidence(folder) + after, 3))
    assert found
    assert "default interface to deliver mail: In (" in " ".join(found.precondition)


def test_the_old_interface_comes_back_by_its_name() -> None:
    told = " ".join(mended(CAPTURES / "3-delivery-8.0").rollback)
    assert "the entry In by its name" in told


def test_as_many_questions_are_kept_as_the_release_asks() -> None:
    kept = {name: sum(step.send == "" for step in mended(CAPTURES / name).steps[3:6])
            + sum("fifth" in step.asks for step in mended(CAPTURES / name).steps)
            for name in ("3-delivery-11.0", "3-delivery-13.5-machine")}  # fmt: skip
    assert kept == {"3-delivery-11.0": 3, "3-delivery-13.5-machine": 4}


def test_a_route_is_not_recommended_over_a_connected_subnet() -> None:
    found = mended(CAPTURES / "3-delivery-8.0")
    [route] = [each for each in found.alternatives if "static route" in each.title]
    assert "Here it will not help: 198.51.100.17 lies on the subnet of Management" in route.when


GATEWAY = """mx.example.com> setgateway

Enter new default gateway:
[192.0.2.254]>

"""


def test_the_effect_tells_where_mail_will_leave_from() -> None:
    text = evidence(CAPTURES / "3-delivery-8.0")
    found = remedy(*judged(text + GATEWAY, 3))
    assert found
    assert "the SMA is reached from Management (198.51.100.18)" in found.effect
    assert "leaves mx.example.com from In (192.0.2.1)" in found.effect


def test_a_way_that_opened_by_itself_is_not_told_as_a_change_to_auto() -> None:
    text = evidence(CAPTURES / "3-delivery-8.0")
    reached = text.rpartition("mx.example.com> telnet")[2].replace("[1]> 1", "[1]> 2")
    case, resolved = judged(f"{text}mx.example.com> telnet{reached}", 3)
    assert resolved.status == "resolved"
    found = remedy(case, resolved)
    assert found
    assert "Auto" not in [step.choose for step in found.steps]
    assert found.title.startswith("Resolved; the evidence does not show by what.")


IN_GUI = re.compile(r"cipher\(s\) to use: (?P<string>\S+), Submit")


def strings(found: Remedy) -> list[str]:
    """The cipher strings that a remedy and its alternatives set, the remedy's own first."""
    told = []
    for step in (step for each in every(found) for step in each.steps):
        if step.send and ":" in step.send and not step.send.startswith("<ticket>"):
            told.append(step.send)
        if step.gui and (match := IN_GUI.search(step.gui)):
            told.append(match["string"])
    return list(dict.fromkeys(told))


@pytest.mark.parametrize("folder", [path for path in FOLDERS if path.name[0] == "4"],
                         ids=lambda path: path.name)  # fmt: skip
def test_no_string_leaves_an_anonymous_suite_in_any_generation(folder: Path) -> None:
    found = strings(mended(folder))
    assert ciphers.TECHNOTE in found
    for string in found:
        assert tls.offers_anonymous(string) == "no"
        assert not any(tls.anonymous_suites(string, old) for old in ("1.0", "1.1", "3.0"))


@pytest.mark.parametrize(
    ("folder", "first", "smallest"),
    [
        ("4-tls-8.0", ciphers.TECHNOTE, "RC4-SHA:RC4-MD5:ALL:-aNULL:-SSLv2"),
        ("4-tls-9.7", ciphers.OF_2016, "ALL:!3DES:-aNULL:-SSLv2"),
        ("4-tls-11.1-cluster", ciphers.HARDENED, "RC4-SHA:RC4-MD5:ALL:-aNULL:-SSLv2"),
        ("4-tls-14.0-machine", ciphers.HARDENED, "RC4-SHA:RC4-MD5:ALL:-aNULL:-SSLv2"),
        ("4-tls-15.5", ciphers.HARDENED, "RC4-SHA:RC4-MD5:ALL:-aNULL:-SSLv2"),
        ("4-tls-no-version", ciphers.TECHNOTE, "HIGH:-aNULL:ALL:-aNULL:-SSLv2"),
    ],
)
def test_the_string_that_fits_the_release_comes_first(
    folder: str, first: str, smallest: str
) -> None:
    found = strings(mended(CAPTURES / folder))
    assert found[0] == first
    assert smallest in found


def test_what_a_new_string_costs_is_told() -> None:
    effect = mended(CAPTURES / "4-tls-8.0").effect
    assert "ADH-CAMELLIA256-SHA" in effect
    assert "Other classes that go, where the release has them: SSLv2." in effect
    assert "Still on, where the release has them: 3DES, EXPORT, IDEA, MD5, RC4" in effect
    hardened = mended(CAPTURES / "4-tls-11.1-cluster").effect
    assert "EXPORT, IDEA, MD5, RC4, SEED, single DES, SSLv2." in hardened
    assert "Still on" not in hardened


@pytest.mark.parametrize("string", ["HIGH:-aNULL:ALL", "HIGH:-aNULL:MEDIUM", "ALL:!ADH", "HIGH:X"])
def test_a_string_that_may_leave_one_is_not_clean(string: str) -> None:
    assert not ciphers.is_clean(string)


@pytest.mark.parametrize(
    ("string", "left"),
    [
        ("RC4-SHA:RC4-MD5", {"RC4", "MD5"}),
        ("EXP-RC4-MD5", {"RC4", "MD5", "EXPORT"}),
        ("MEDIUM:!RC4", {"SSLv2", "MD5", "SEED", "IDEA", "3DES"}),
        ("!RC4:RC4", {"MD5", "EXPORT", "SSLv2"}),
        ("-RC4:RC4-SHA", {"RC4"}),
        ("ECDHE+RC4", {"RC4"}),
        ("ECDHE+AES", set()),
        ("ALL:!MD5", {"RC4", "EXPORT", "3DES", "single DES", "SEED", "IDEA"}),
        ("+RC4:@STRENGTH", set()),
        ("ECDHE-RSA-DES-CBC3-SHA:NULL-SHA", {"3DES", "NULL (no encryption)"}),
    ],
)
def test_old_classes_of_a_string(string: str, left: set[str]) -> None:
    assert ciphers.classes(string) == left


def test_the_smas_inbound_string_is_looked_at_too() -> None:
    before = " ".join(mended(CAPTURES / "4-tls-8.0").precondition)
    assert "The inbound string of SMA sma.example.com is RC4-SHA:RC4-MD5:ALL, which lets" in before


def test_a_clean_string_that_fails_is_not_taken_for_the_one_in_force() -> None:
    text = evidence(CAPTURES / "4-tls-8.0").replace("RC4-SHA:RC4-MD5:ALL", "HIGH:!aNULL")
    found = remedy(*judged(text, 4))
    assert found
    assert "another one is in force" in " ".join(found.precondition)


def test_the_string_that_was_typed_is_told_as_what_was_done() -> None:
    folder = CAPTURES / "4-tls-9.7"
    typed = (folder / "smallest.txt").read_text(encoding="utf-8")
    after = (folder / "after.txt").read_text(encoding="utf-8")
    found = remedy(*judged("\n".join((evidence(folder), typed, after)), 4))
    assert found
    assert found.title == "What was done, as the evidence shows: sslconfig > OUTBOUND"
    assert strings(found) == ["ALL:!3DES:-aNULL:-SSLv2"]


def test_a_dormant_module_needs_no_key() -> None:
    found = mended(CAPTURES / "5-dormant-11.0")
    assert [step for step in found.steps if step.gui is None] == []
    assert "Security Services > Sophos" in (found.steps[0].gui or "")


def test_members_can_be_made_equal_the_other_way() -> None:
    [other] = mended(CAPTURES / "5-missing-8.0").alternatives
    assert other.appliance == ("esa1.example.com", "esa2.example.com")
    assert "disabled on all of them" in other.title


def test_dlp_settings_are_made_the_same_too() -> None:
    told = " ".join(step.gui or "" for step in mended(CAPTURES / "5-missing-8.0").steps)
    assert "Mail Policies > DLP Policy Manager, Mode: cluster Main" in told


def test_settings_move_up_before_a_machine_leaves_the_cluster() -> None:
    found = mended(CAPTURES / "6-content-filters-14.0")
    assert "Manage Settings > Move to cluster Main" in (found.steps[0].gui or "")
    last = found.alternatives[-1]
    assert last.title.startswith("Last resort")
    assert "Irreversible" in last.risk
    assert "loaded again" in last.precondition[0]
    assert last.steps[-1].choose == "Main_Group"


def test_a_groups_own_settings_are_not_cured_by_joining_again() -> None:
    found = mended(CAPTURES / "6-dmarc-group")
    assert "group Main_Group" in found.title
    assert not any("Last resort" in each.title for each in found.alternatives)


def test_where_only_the_sentence_is_known_every_page_of_both_members_is_looked_at() -> None:
    found = mended(CAPTURES / "6-by-the-sentence")
    assert found.appliance == ("esa1.example.com", "esa2.example.com")
    told = " ".join(step.gui or "" for step in found.steps)
    for page in ("Incoming Content Filters", "Outgoing Content Filters", "DLP", "DMARC"):
        assert told.count(f"Mail Policies > {page}") == 2


def test_an_operators_account_is_told_to_be_replaced() -> None:
    found = mended(CAPTURES / "2-operator-8.1")
    assert "role Administrator" in found.precondition[0]
    assert [step for step in found.steps if step.gui is None] == []


def test_the_gear_icon_is_named_on_newer_smas_only() -> None:
    old, new = (" ".join(step.gui or "" for step in mended(CAPTURES / name).steps)
                for name in ("2-operator-8.1", "2-pending-12.5"))  # fmt: skip
    assert "gear icon" not in old
    assert "gear icon" in new
