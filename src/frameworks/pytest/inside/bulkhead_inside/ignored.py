"""What Python had to ignore while a test ran, and pytest makes a warning of."""

from .failure import capped


def ignored(warning):
    """The failure that a warning stands for; None: it is only a warning. What threads fail with is told by their origin."""
    message = str(warning.message)
    if warning.category.__name__ == "PytestUnraisableExceptionWarning":
        return {"text": capped("While it ran, Python had to ignore this: %s\n\n%s" % (error_in(message), message))}
    if issubclass(warning.category, RuntimeWarning) and " was never awaited" in message:
        text = capped("While it ran: " + message.split("\n")[0])
        return {"text": text, "file": warning.filename, "line": warning.lineno}
    return None


def error_in(message):
    """The last line of its last traceback, which is a paragraph; else what the error was ignored in."""
    tracebacks = [part for part in message.split("\n\n") if part.startswith("Traceback")]
    return (tracebacks[-1] if tracebacks else message).strip().split("\n")[-1 if tracebacks else 0]
