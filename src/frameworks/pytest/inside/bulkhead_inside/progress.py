"""What becomes of one test: its reports of set-up, call and teardown, read as one end."""

from .failure import capped, describe_report

INTRODUCTIONS = {"setup": "The set-up of the test failed: ", "teardown": "The teardown after the test failed: "}

# A test with sub-tests may have thousands.
MOST_FAILURES = 20


class Progress:
    def __init__(self, ref):
        self.path, self.ordinal = ref
        self._reports = []
        self._output = []
        self._retries = 0
        self._taken = 0

    def add(self, report):
        self._keep_output(report)
        # pytest-rerunfailures and its kin say so when they try again; what was seen of the failed attempt is void.
        if report.outcome not in ("passed", "failed", "skipped"):
            self._retries += 1
            self._reports.clear()
            return
        self._reports.append(report)

    def _keep_output(self, report):
        """Sections pile up from phase to phase, so each is taken once."""
        if len(report.sections) < self._taken:
            self._taken = 0
        for title, text in report.sections[self._taken :]:
            if title.startswith("Captured ") and text:
                self._output.append(text if text.endswith("\n") else text + "\n")
        self._taken = len(report.sections)

    def output(self):
        return "".join(self._output)

    def end(self):
        """The state and what belongs to it; None where nothing was heard."""
        if not self._reports:
            return None
        # The time of sub-tests is a part of the test's own.
        whole = [report for report in self._reports if sub_test(report) is None]
        told = dict(self._verdict(), ms=round(1000 * sum(getattr(r, "duration", 0) for r in whole), 3))
        if self._retries:
            told["retries"] = self._retries
        return told

    def _verdict(self):
        failed = [report for report in self._reports if report.failed]
        failures = [failure_of(report) for report in failed[:MOST_FAILURES]]
        if len(failed) > MOST_FAILURES:
            failures.append({"text": "%d more failures of the same test are not kept." % (len(failed) - MOST_FAILURES)})
        if any(report.when not in INTRODUCTIONS for report in failed):
            return {"state": "failed", "failures": failures}
        if failed:
            phase = "hook" if failed[0].when == "setup" else "teardown"
            return {"state": "error", "phase": phase, "failures": failures}
        for report in self._reports:
            # A test one of whose sub-tests is skipped has passed, as pytest has it.
            if sub_test(report) is not None:
                continue
            expected = getattr(report, "wasxfail", None)
            if expected is not None:
                state = "failed-as-expected" if report.skipped else "passed-unexpectedly"
                return dict({"state": state}, **reason(str(expected).replace("reason: ", "", 1)))
            if report.skipped:
                return dict({"state": "skipped"}, **reason(skip_reason(report)))
        return {"state": "passed"}


def sub_test(report):
    """What pytest 9, or pytest-subtests, calls it: `[its message] (its=parameters)`; None for the test itself."""
    for name in ("_sub_test_description", "sub_test_description"):
        describe = getattr(report, name, None)
        if describe is not None:
            return str(describe())
    return None


def failure_of(report):
    introduction = INTRODUCTIONS.get(report.when, "")
    told = getattr(report, "bulkhead", None) or describe_report(report)
    name = sub_test(report)
    # An error is known by the beginning of its first line.
    ending = "" if name is None else "\nin the sub-test %s" % name
    return dict(told, text=capped(introduction + told["text"] + ending))


def skip_reason(report):
    """Pytest gives (file, line, "Skipped: why")."""
    longrepr = report.longrepr
    text = str(longrepr[2] if isinstance(longrepr, tuple) and len(longrepr) == 3 else longrepr or "")
    return text[len("Skipped: ") :] if text.startswith("Skipped: ") else text


def reason(text):
    return {"reason": capped(text)} if text else {}
