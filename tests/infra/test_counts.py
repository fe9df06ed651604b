import json

import pytest

from scripts.counts import Counts, from_junit, from_status, from_vitest

JUNIT = """<testsuites><testsuite name="pytest" tests="{tests}" failures="{failures}"
errors="{errors}" skipped="{skipped}"/></testsuites>"""


@pytest.fixture
def junit(tmp_path):
    def write(tests=0, failures=0, errors=0, skipped=0):
        path = tmp_path / "report.xml"
        path.write_text(
            JUNIT.format(tests=tests, failures=failures, errors=errors, skipped=skipped)
        )
        return path

    return write


def test_pytest_is_counted_from_its_report(junit):
    report = junit(tests=10, failures=2, errors=1, skipped=3)
    assert from_junit(report, 1) == Counts(passed=4, failed=3, skipped=3)


def test_a_run_that_found_no_test_has_failed(junit):
    assert from_junit(junit(), 5) == Counts(failed=1)
    assert from_junit(junit(), 0) == Counts(failed=1)


def test_a_run_that_died_after_its_tests_has_failed(junit):
    assert from_junit(junit(tests=4), 134) == Counts(passed=4, failed=1)


def test_a_run_without_a_report_has_failed(tmp_path):
    assert from_junit(tmp_path / "none.xml", 0) == Counts(failed=1)
    assert from_vitest(tmp_path / "none.json", 0) == Counts(failed=1)


def test_vitest_is_counted_from_its_report(tmp_path):
    report = tmp_path / "report.json"
    numbers = {"numPassedTests": 7, "numFailedTests": 1, "numPendingTests": 2, "numTodoTests": 1}
    report.write_text(json.dumps(numbers))
    assert from_vitest(report, 1) == Counts(7, 1, 3)


def test_a_checker_counts_once():
    assert from_status(0) + from_status(2) == Counts(passed=1, failed=1)


def test_the_closing_line_has_three_counts():
    assert str(Counts(412, 0, 3)) == "412 passed, 0 failed, 3 skipped"
