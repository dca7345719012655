"""Lists the test files of a folder as pytest itself collects them, without loading any."""

import os
import sys

import pytest

from .failure import describe, describe_report
from .overruled import hush, overrule, without_coverage


class Listing:
    def __init__(self):
        self._files = {}
        self._problems = []
        self._config = None
        self._unusable = None

    # The last, because an older pluggy passes over the wrappers around one that raises.
    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_cmdline_parse(self):
        outcome = yield
        if outcome.excinfo:
            self._unusable = unusable(outcome.excinfo[1])

    @pytest.hookimpl(hookwrapper=True)
    def pytest_load_initial_conftests(self, early_config):
        without_coverage(early_config)
        yield

    @pytest.hookimpl(hookwrapper=True)
    def pytest_cmdline_main(self, config):
        overrule(config, collect_only=True)
        self._config = config
        yield

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session):
        hush(session.config)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_collect_file(self, file_path):
        """Where something would collect tests from the file, that is enough to know."""
        outcome = yield
        if outcome.excinfo:
            return
        found = [collector for collector in flat(outcome.get_result()) if collector is not None]
        if found and (not all(is_doctest(each) for each in found) or has_example(str(file_path))):
            self._files[str(file_path)] = True
        outcome.force_result([])

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_make_collect_report(self):
        outcome = yield
        if outcome.excinfo or not outcome.get_result().failed:
            return
        report = outcome.get_result()
        error = getattr(getattr(report, "call", None), "excinfo", None)
        self._problems.append(unusable(error.value) if error else describe_report(report))

    def pytest_internalerror(self, excinfo):
        self._unusable = describe(excinfo.value)

    def answer(self):
        told = {"version": pytest.__version__, "program": sys.executable}
        if self._unusable or self._config is None:
            return dict(told, ok=False, failure=self._unusable or {"text": "pytest ended before it looked for tests"})
        config = self._config
        return dict(
            told,
            ok=True,
            files=list(self._files),
            problems=self._problems,
            config=str(config.inipath) if config.inipath else None,
            paths=[os.path.abspath(str(arg).split("::")[0]) for arg in config.args],
            patterns=list(config.getini("python_files")),
            functions=list(config.getini("python_functions")),
            classes=list(config.getini("python_classes")),
            doctests=bool(getattr(config.option, "doctestmodules", False)),
        )


def flat(results):
    """A hook may give one collector or, of old, a list of them."""
    for result in results or []:
        if isinstance(result, (list, tuple)):
            yield from result
        else:
            yield result


def is_doctest(collector):
    return type(collector).__name__ in ("DoctestModule", "DoctestTextfile")


def has_example(path):
    """Pytest takes every file into its hands that might have one."""
    try:
        with open(path, "rb") as file:
            return b">>>" in file.read()
    except OSError:
        return False


def unusable(error):
    cause = getattr(error, "cause", None) or getattr(error, "excinfo", (None, None))[1]
    cause = cause if isinstance(cause, BaseException) else None
    path = getattr(error, "path", None)
    described = describe(cause or error.__cause__ or error, file=path and os.path.realpath(str(path)))
    return dict({"file": str(path)}, **described) if path else described
