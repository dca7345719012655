"""What tests run, counted by the coverage.py of the user's own environment and cut at the borders of tests."""

import hashlib
import json
import os
import re
import sys

# Taken before any test can replace it.
_encode = json.JSONEncoder(check_circular=False, ensure_ascii=False, separators=(",", ":")).encode

NOTE = "python.json"
DATA = "arcs"

# A project may have turned warnings into errors, and these are of no use to a part of its tests.
WARNINGS = [
    *["already-imported", "couldnt-parse", "trace-changed", "module-not-python", "module-not-imported"],
    *["no-data-collected", "module-not-measured", "include-ignored", "dynamic-conflict", "no-ctracer", "no-sysmon"],
]

# Of the user's configuration: what would write elsewhere, give files other names, or cut at other borders. The tracer that uses
# sys.monitoring tells of a line only once, and not once a test.
OVERRULED = {
    "run:disable_warnings": WARNINGS,
    "run:dynamic_context": None,
    "run:relative_files": False,
    "run:sigterm": False,
    "run:patch": [],
    "run:core": "ctrace",
}


class Slices:
    """Without a folder, nobody wants to know."""

    def __init__(self, folder):
        self._folder = folder
        self._coverage = None
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget)

    def begin(self, options):
        """Before any of the user's code is loaded; `options` are those of pytest's command line, for pytest-cov's are there."""
        if self._folder is None:
            return
        config = getattr(options, "cov_config", None) or True
        note = {"program": sys.executable, "config": config if isinstance(config, str) else None}
        try:
            self._coverage = started(os.path.join(self._folder, DATA), config, sources_of(options))
        except TooOld as error:
            note["lacking"] = {"kind": "too-old", "text": str(error)}
        except ImportError as error:
            # Only of coverage.py itself it is no fault that it is not there.
            missing = (error.name or "").split(".")[0] == "coverage"
            note["lacking"] = {"kind": "missing" if missing else "unusable", "text": str(error)}
        except Exception as error:  # Of a configuration that it cannot read, or a plugin of it.
            note["lacking"] = {"kind": "unusable", "text": "%s: %s" % (type(error).__name__, error)}
        with open(os.path.join(self._folder, NOTE), "w", encoding="utf-8") as file:
            json.dump(note, file)

    def test(self, path, ordinal):
        self._cut(path, ordinal)

    def rest(self):
        """What comes now is no test's own. What was before is on disk from here on."""
        self._cut()

    def _cut(self, *ref):
        if self._coverage is None:
            return
        try:
            self._coverage.switch_context(slice_name(*ref) if ref else "")
        except Exception:  # The disk is full, or a test has stopped or replaced something: what ran counts for no test.
            pass

    def _forget(self):
        """A forked child is no part of the run, even where it goes on with the tests by mistake."""
        self._coverage = None


class TooOld(Exception):
    """Before 5, coverage.py could not tell what ran when."""


def started(data_file, config, sources):
    import coverage

    if not hasattr(coverage.Coverage, "switch_context"):
        raise TooOld(coverage.__version__)
    measuring = coverage.Coverage(
        data_file=data_file, data_suffix=True, config_file=config, branch=True, source=sources
    )
    concurrency = measuring.get_option("run:concurrency") or []
    # Processes of it would write into the project's folder.
    overruled = dict(OVERRULED, **{"run:concurrency": [each for each in concurrency if each != "multiprocessing"]})
    for name, value in overruled.items():
        try:
            measuring.set_option(name, value)
        except Exception:  # Its errors have no common name in all versions.
            pass  # An older one does not have it.
    measuring.start()
    return measuring


def sources_of(options):
    """What `--cov` of pytest-cov names; all, where it stands alone."""
    named = getattr(options, "cov_source", None) or []
    return None if True in named else [each for each in named if each] or None


def slice_name(path, ordinal):
    """As `sliceName` in src/protocol/coverage.ts; half of a pair of surrogates is written as JavaScript writes it."""
    text = _encode([path, ordinal])
    text = re.sub("[\ud800-\udfff]", lambda match: "\\u%04x" % ord(match.group()), text)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:20]
