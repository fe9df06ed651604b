"""How many checks passed: read from the reports that the test runners write."""

import json
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Counts:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def from_status(status: int) -> Counts:
    """One check that says only whether it passed."""
    return Counts(passed=1) if status == 0 else Counts(failed=1)


def from_junit(report: Path, status: int) -> Counts:
    """pytest's counts. A run that died, or failed outside any test, counts as one failure more.

    Args:
        report: JUnit XML, perhaps absent.
        status: pytest's exit status.
    """
    try:
        root = ElementTree.parse(report).getroot()
    except (OSError, ElementTree.ParseError):
        return Counts(failed=1)
    total = Counts()
    for suite in root.iter("testsuite"):
        tests, failures, errors, skipped = (
            int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")
        )
        # A test that passes and whose tear-down then fails counts once in `tests`, as an error.
        failed = failures + errors
        total += Counts(max(tests - failed - skipped, 0), failed, skipped)
    return _with_status(total, status)


def from_vitest(report: Path, status: int) -> Counts:
    """vitest's counts, from its JSON report."""
    try:
        data = json.loads(report.read_text())
    except (OSError, ValueError):
        return Counts(failed=1)
    skipped = data["numPendingTests"] + data.get("numTodoTests", 0)
    return _with_status(Counts(data["numPassedTests"], data["numFailedTests"], skipped), status)


def _with_status(counts: Counts, status: int) -> Counts:
    broken = status != 0 and counts.failed == 0
    nothing = counts == Counts()
    return counts + Counts(failed=1) if broken or nothing else counts
