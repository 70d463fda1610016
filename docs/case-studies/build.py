"""Build the case studies beside this file from the made escalations in data/.

    python docs/case-studies/build.py            # all of them: make case-studies
    python docs/case-studies/build.py FOLDER     # the same into another folder

The key of the pseudonyms stands here for all to see: the evidence is made, so it hides nobody.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from pvo_kit import case_folder
from pvo_kit.report.study import Preface
from pvo_kit.resources import example

HERE = Path(__file__).resolve().parent
KEY = b"the key of the published case studies; it hides nobody"
MADE = (
    "The data of this case study is made, not captured: made from data/escalations/{} of pvo_kit, "
    "then redacted as the evidence of a customer would be."
)

CASES = {
    "anonymous-cipher": (
        "resolved",
        Preface(
            title="An anonymous cipher: why the ESA got no certificate from the SMA",
            symptom="The [Enable...] button is grey, although the network is fine and the "
            "migration wizard is finished. Each connection to the quarantine port opens and breaks "
            "at once.",
            fix="2014-06-12 07:48:20",
        ),
    ),
    "settings-below-the-cluster": (
        "cluster-levels",
        Preface(
            title="Filters of one member below the cluster's level, after an error of the wizard",
            symptom="In a cluster of two the page of the quarantines answers with an error that "
            "names members whose settings stand at another level. Both hold the same licences.",
        ),
    ),
    "suspended-sma": (
        "sma-offline",
        Preface(
            title="An SMA that nobody resumed after it was moved",
            symptom="After the SMA was moved at the weekend the [Enable...] button is grey. The "
            "SMA answers to ping and shows its web pages.",
        ),
    ),
}
"""By the folder's name: the bundled escalation, and what the author says."""


def build(target: Path) -> None:
    """Make every case study below ``target``; older ones there make room."""
    for name, (case, preface) in CASES.items():
        folder = target / name
        if case_folder.is_case_folder(folder):
            shutil.rmtree(folder)
        noted = Preface(preface.title, preface.symptom, MADE.format(case), preface.fix)
        case_folder.make(folder, [example(case)], noted, KEY)
        # Git keeps no other mode, and a copy for all to read needs none.
        for place in (folder, *(each for each in folder.rglob("*") if each.is_dir())):
            place.chmod(0o755)
        print(folder)


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
