"""Opens this process to a debugger that speaks the Debug Adapter Protocol, in the words of debugpy."""

import os
import sys

# Else it warns, among what the test prints, that Python has modules of its own without a file.
QUIET = "PYDEVD_DISABLE_FILE_VALIDATION"


class NoDebugger(Exception):
    """Its text says what to do."""


def await_debugger(pipe, brought):
    """Says where it waits, and returns when a debugger has come and set its breakpoints."""
    quiet = os.environ.get(QUIET)
    os.environ[QUIET] = "1"
    try:
        wait(pipe, imported(brought.get("debugpy")))
    finally:
        if quiet is None:
            del os.environ[QUIET]
        else:
            os.environ[QUIET] = quiet


def wait(pipe, debugpy):
    # It would put itself into every Python that the test starts.
    debugpy.configure(subProcess=False)
    try:
        host, port = debugpy.listen(("127.0.0.1", 0))
    except Exception as error:  # Its adapter, a Python of its own, could not be started.
        raise NoDebugger("debugpy could not be started for these tests: %s" % error)
    pipe.say(t="debugger", kind="python", host=host, port=port)
    debugpy.wait_for_client()


def imported(elsewhere):
    """That of the user's Python; else the one that an editor has brought along."""
    try:
        import debugpy

        return debugpy
    except ImportError as error:
        if (error.name or "").split(".")[0] != "debugpy":
            raise NoDebugger("debugpy of %s cannot be loaded: %s" % (sys.executable, error))
    if elsewhere is not None:
        # The last, so that it hides nothing of the project; pydevd imports parts of itself when they are first needed.
        sys.path.append(elsewhere)
        try:
            import debugpy

            return debugpy
        except ImportError as error:
            raise NoDebugger("debugpy in %s cannot be loaded by %s: %s" % (elsewhere, sys.executable, error))
    raise NoDebugger(
        "No debugger can come to these tests, because debugpy is not installed in %s.\n"
        'Run "%s -m pip install debugpy", or install the extension "Python Debugger" (ms-python.debugpy), which has its own.'
        % (sys.executable, sys.executable)
    )
