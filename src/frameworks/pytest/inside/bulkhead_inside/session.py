"""The plugin that lists or runs the tests of one file, and says what becomes of each."""

import os
import traceback

import pytest

from .comparison import Comparisons
from .failure import describe, describe_report
from .ignored import ignored
from .leaks import Leaks
from .naming import file_of, Numbering, Places, tags_of
from .origins import Origins
from .overruled import hush, overrule, without_coverage, without_timeouts
from .progress import Progress

# The engine refuses events that are very long.
OUTPUT_PIECE = 64 * 1024


class Session:
    def __init__(self, order, pipe, slices):
        self._order = order
        self._pipe = pipe
        self._slices = slices
        self._file = os.path.realpath(order["file"])
        self._discovers = order["mode"] == "discover"
        self._debugs = "debug" in order
        self._leaks = None if self._discovers else Leaks()
        self._origins = None if self._discovers else Origins(pipe, self._file)
        self._numbering = Numbering()
        self._comparisons = Comparisons()
        self._waiting = {}
        self._open = None
        self._started_any = False
        self._session = None
        self._broken = False

    def say_hello(self):
        self._pipe.say(t="hello", framework="pytest", version=pytest.__version__)

    def refuse(self, why):
        """Before pytest has started."""
        self._say_error("load", {"text": why})

    # ---- how pytest starts

    # The last, because an older pluggy passes over the wrappers around one that raises.
    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_cmdline_parse(self):
        outcome = yield
        if outcome.excinfo:
            self._say_error("load", self._unusable(outcome.excinfo[1]))

    @pytest.hookimpl(hookwrapper=True)
    def pytest_load_initial_conftests(self, early_config):
        without_coverage(early_config)
        self._slices.begin(early_config.known_args_namespace)
        yield

    @pytest.hookimpl(hookwrapper=True)
    def pytest_cmdline_main(self, config):
        overrule(config, self._discovers)
        if self._debugs:
            without_timeouts(config)
        yield

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session):
        self._session = session
        hush(session.config)

    # ---- what it loads

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_make_collect_report(self, collector):
        outcome = yield
        if outcome.excinfo:
            return
        report = outcome.get_result()
        if report.failed:
            error = getattr(getattr(report, "call", None), "excinfo", None)
            self._say_error("load", loading_failure(error.value if error else None, report, self._file))
        elif report.skipped and os.path.realpath(str(collector.path)) == self._file:
            self._file_skipped(report)

    def _file_skipped(self, report):
        """The whole file stands for the tests that nobody will know."""
        path = [os.path.basename(self._order["file"])]
        if self._discovers:
            self._pipe.say(t="found", path=path, ordinal=0, skip=True)
            return
        progress = Progress((path, 0))
        progress.add(report)
        for path, ordinal in [(test["path"], test["ordinal"]) for test in self._order.get("tests", [])]:
            self._pipe.say(t="end", path=path, ordinal=ordinal, **progress.end())

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, config, items):
        ours = [item for item in items if file_of(item) == self._file]
        refs = [(item, self._numbering.ref_of(item)) for item in ours]
        yield
        kept = set(items)
        if self._discovers:
            places = Places(self._file)
            for item, (path, ordinal) in refs:
                if item in kept:
                    tags = tags_of(item)
                    more = {"tags": tags} if tags else {}
                    self._pipe.say(t="found", path=path, ordinal=ordinal, **places.of(item), **more)
            return
        wanted = self._wanted()
        chosen = [(item, ref) for item, ref in refs if wanted is None or key_of(ref) in wanted]
        self._waiting = {item: ref for item, ref in chosen if item in kept}
        for item, ref in chosen:
            if item not in kept:
                self._skip(ref, "deselected by the configuration of pytest" + selection_of(config))
        left_out = [item for item in items if item not in self._waiting]
        if left_out:
            items[:] = [item for item in items if item in self._waiting]
            config.hook.pytest_deselected(items=left_out)

    def _wanted(self):
        tests = self._order.get("tests")
        return None if tests is None else {key_of((test["path"], test["ordinal"])) for test in tests}

    # ---- what it runs

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtestloop(self):
        yield
        if self._leaks is not None:
            self._leaks.settle()

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item):
        progress = self._begin(item)
        outcome = yield
        if outcome.excinfo:
            self._break_off(outcome.excinfo[1])
        else:
            self._end(progress, progress.end())

    def _break_off(self, error):
        """Nothing more will be run here; the tests after this one need another process, so there is no last word."""
        self._broken = True
        if self._open is None:
            return
        if isinstance(error, Exception) and not isinstance(error, pytest.exit.Exception):
            failure = describe(error, stack="".join(traceback.format_exception(type(error), error, error.__traceback__)))
            failure["text"] = "INTERNALERROR of pytest: " + failure["text"]
            self._end(self._open, {"state": "error", "phase": "hook", "ms": 0, "failures": [failure]})
        else:
            failure = describe(error, introduction="The test ended the whole run of pytest: ", file=self._file)
            self._end(self._open, {"state": "failed", "ms": 0, "failures": [failure]})

    def _begin(self, item):
        ref = self._waiting.pop(item, None)
        if ref is None:
            ref = self._numbering.ref_of(item)
            self._pipe.say(t="found", path=ref[0], ordinal=ref[1], **Places(self._file).of(item))
        self._started_any = True
        self._comparisons.forget()
        self._open = Progress(ref)
        self._slices.test(*ref)
        self._pipe.say(t="start", path=ref[0], ordinal=ref[1])
        self._leaks.before(ref)
        self._origins.begin(ref)
        return self._open

    def _end(self, progress, told):
        if self._open is not progress:
            return
        self._open = None
        self._origins.end()
        self._leaks.after()
        # Before the verdict is told, so that what ran is on disk then.
        self._slices.rest()
        output = progress.output()
        for start in range(0, len(output), OUTPUT_PIECE):
            self._pipe.say(t="output", text=output[start : start + OUTPUT_PIECE])
        if told is not None:
            self._pipe.say(t="end", path=progress.path, ordinal=progress.ordinal, **told)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, call):
        outcome = yield
        if outcome.excinfo or call.excinfo is None:
            return
        report = outcome.get_result()
        if report.failed:
            error = call.excinfo.value
            # As plain data, for a report may come from another process.
            report.bulkhead = dict(
                describe(error, stack=report.longreprtext, file=self._file), **self._comparisons.of(error)
            )

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_assertrepr_compare(self, op, left, right):
        outcome = yield
        explained = [] if outcome.excinfo else [lines for lines in outcome.get_result() if lines]
        if op == "==" and explained:
            self._comparisons.note(left, right, explained[0][0])

    # Of pytest-timeout, which takes whatever is not None for a timer that somebody else has set.
    @pytest.hookimpl(tryfirst=True, optionalhook=True)
    def pytest_timeout_set_timer(self):
        return True if self._debugs else None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report):
        if self._open is not None:
            self._open.add(report)

    def pytest_warning_recorded(self, warning_message, when):
        failure = ignored(warning_message) if when == "runtest" and self._open is not None else None
        if failure is not None:
            self._pipe.say(t="unhandled", path=self._open.path, ordinal=self._open.ordinal, failure=failure)

    # ---- how it ends

    def pytest_internalerror(self, excinfo):
        if self._open is not None:
            self._break_off(excinfo.value)
        elif not self._broken:
            failure = describe(excinfo.value, introduction="INTERNALERROR of pytest: ", file=self._file)
            self._say_error("teardown" if self._started_any else "load", failure)

    def pytest_keyboard_interrupt(self, excinfo):
        if not self._broken:
            self._say_error("teardown" if self._started_any else "load", describe(excinfo.value, file=self._file))

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session):
        why = session.shouldstop or session.shouldfail
        if why and not self._broken and not self._discovers:
            for ref in self._waiting.values():
                self._skip(ref, "pytest stopped before it" + (": %s" % why if isinstance(why, str) else ""))
        outcome = yield
        if outcome.excinfo:
            self._say_error("teardown", describe(outcome.excinfo[1], introduction="The end of the session failed: "))

    @pytest.hookimpl(tryfirst=True)
    def pytest_unconfigure(self):
        """Some projects leave by os._exit() in their own hook of this name, so the last word is said before."""
        self._slices.rest()
        if self._session is not None and not self._broken:
            if self._leaks is not None:
                self._leaks.tell(self._pipe)
            self._pipe.say(t="bye", code=int(self._session.exitstatus))

    def _skip(self, ref, why):
        self._pipe.say(t="end", path=ref[0], ordinal=ref[1], state="skipped", ms=0, reason=why)

    def _say_error(self, phase, failure):
        self._pipe.say(t="error", phase=phase, failure=failure)

    def _unusable(self, error):
        cause = getattr(error, "cause", None) or getattr(error, "excinfo", (None, None))[1]
        if isinstance(cause, BaseException):
            conftest = str(getattr(error, "path", "conftest.py"))
            introduction = "%s cannot be loaded: " % os.path.basename(conftest)
            return describe(cause, introduction=introduction, file=os.path.realpath(conftest))
        return dict(describe(error, introduction="pytest cannot start: "), file=self._order["file"])


def key_of(ref):
    return tuple(ref[0]), ref[1]


def selection_of(config):
    """The options that leave tests out, as far as pytest itself has them."""
    used = [
        "%s %r" % (flag, getattr(config.option, name))
        for flag, name in (("-m", "markexpr"), ("-k", "keyword"), ("--deselect", "deselect"))
        if getattr(config.option, name, None)
    ]
    return " (%s)" % ", ".join(used) if used else ""


def loading_failure(error, report, file):
    """Pytest wraps what was raised while the module was imported; what it wraps tells more."""
    if error is None:
        return describe_report(report)
    return describe(error.__cause__ or error, stack=report.longreprtext, file=file)
