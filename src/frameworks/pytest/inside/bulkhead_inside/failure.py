"""What went wrong, in the form in which every framework tells it: text, stack, place."""

import os

LONGEST = 64 * 1024

_home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_foreign_folders = tuple(os.sep + name + os.sep for name in ("site-packages", "dist-packages"))


def capped(text):
    if len(text) <= LONGEST:
        return text
    return "%s\n… (%d more characters)" % (text[:LONGEST], len(text) - LONGEST)


def describe(error, stack="", introduction="", file=None):
    """`stack` is pytest's own account of it, where there is one."""
    place = syntax_place(error) or own_frame(error, file) or {}
    text = introduction + summary(error)
    return dict({"text": capped(text)}, **({"stack": capped(stack)} if stack else {}), **place)


def describe_report(report, introduction=""):
    """Of a report that came without its error: a plugin made it, or another process."""
    crash = getattr(getattr(report, "longrepr", None), "reprcrash", None)
    whole = str(getattr(report, "longreprtext", "") or report.longrepr or "")
    text = crash.message if crash else next((line for line in whole.splitlines() if line.strip()), "failed")
    place = {"file": os.path.abspath(crash.path), "line": crash.lineno} if crash else {}
    return dict({"text": capped(introduction + text)}, **({"stack": capped(whole)} if whole else {}), **place)


def summary(error):
    """In the words of pytest where it has some."""
    try:
        lookup = getattr(error, "formatrepr", None)
        if lookup is not None and hasattr(error, "argname"):
            return lookup().errorstring.strip()
        message = str(error)
    except Exception:  # Reading what was thrown may throw again.
        message = ""
    name = type(error).__name__
    if isinstance(error, AssertionError) and message:
        return message
    if type(error).__module__.startswith("_pytest.") and message:
        return message
    return "%s: %s" % (name, message) if message else name


def syntax_place(error):
    if not isinstance(error, SyntaxError) or not error.filename or not error.lineno:
        return None
    return {"file": os.path.abspath(error.filename), "line": error.lineno, "column": error.offset or 1}


def own_frame(error, file=None):
    """The innermost frame in the user's own code; with `file`, rather one of that file."""
    frames = []
    traceback = getattr(error, "__traceback__", None)
    while traceback is not None:
        code = traceback.tb_frame.f_code
        hidden = traceback.tb_frame.f_locals.get("__tracebackhide__", False) is True
        if not hidden and not is_foreign(code.co_filename):
            frames.append({"file": os.path.abspath(code.co_filename), "line": traceback.tb_lineno})
        traceback = traceback.tb_next
    in_file = [frame for frame in frames if file and os.path.realpath(frame["file"]) == file]
    return (in_file or frames or [None])[-1]


def is_foreign(file):
    """True for pytest's code, that of other packages, and Python's own, which tell the user nothing."""
    if file.startswith("<") or file.startswith(_home):
        return True
    return any(folder in file for folder in _foreign_folders) or file.startswith(os.path.dirname(os.__file__) + os.sep)
