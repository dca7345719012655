"""How the process is started: what it is asked to do, and the look of an ordinary `python -m pytest`."""

import importlib.util
import json
import os
import sys
import types

from .event_pipe import EventPipe


def take_fd():
    """Out of the environment before any user code sees it."""
    return int(os.environ.pop("BULKHEAD_FD", "-1"))


def take_order():
    with open(os.environ.pop("BULKHEAD_ORDER"), encoding="utf-8") as file:
        return json.load(file)


def take_coverage():
    """The folder for what the tests run, where that is measured."""
    return os.environ.pop("BULKHEAD_COVERAGE", None)


def take_pipe():
    return EventPipe(take_fd())


def pose_as_pytest():
    """From here on nothing in the user's code can tell this process from `python -m pytest`."""
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = os.getcwd()
    spec = importlib.util.find_spec("pytest.__main__")
    if spec is None:
        raise ModuleNotFoundError("No module named pytest.__main__", name="pytest")
    # Processes that `multiprocessing` spawns import the main module again, which must not be this program.
    main = types.ModuleType("__main__")
    main.__spec__ = spec
    main.__file__ = spec.origin
    main.__package__ = "pytest"
    sys.modules["__main__"] = main
    sys.argv[0] = spec.origin


def narrowed(order):
    """The file; or, for a single test, its function in it, so that pytest need not make all other tests of a large file."""
    file = order["file"]
    tests = order.get("tests") or []
    if len(tests) != 1 or "[" in file or "::" in file:
        return file
    names = list(tests[0]["path"])
    if len(names) > 1 and names[-1].startswith("["):
        names.pop()
    # A doctest's name may be that of a function too.
    return "::".join([file, *names]) if all(name.isidentifier() for name in names) else file
