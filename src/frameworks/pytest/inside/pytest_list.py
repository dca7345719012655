"""python pytest_list.py [arguments for pytest]: lists the test files of the current folder on standard output."""

import json
import os
import sys

written, sys.dont_write_bytecode = sys.dont_write_bytecode, True

from bulkhead_inside.commission import pose_as_pytest, take_fd  # noqa: E402

# The configuration and conftest.py may print, so the answer stands on a line of its own, after this.
MARKER = "\x01bulkhead-listing:"


def answer():
    try:
        pose_as_pytest()
        import pytest
        from bulkhead_inside.listing import Listing
    except ImportError as error:
        kind = "missing" if error.name in ("pytest", "_pytest") else "unusable"
        return {"ok": False, "kind": kind, "program": sys.executable, "failure": {"text": str(error)}}
    if int(pytest.__version__.split(".")[0]) < 7:
        return {"ok": False, "kind": "too-old", "program": sys.executable, "version": pytest.__version__}
    sys.dont_write_bytecode = written
    listing = Listing()
    pytest.main(sys.argv[1:], plugins=[listing])
    told = listing.answer()
    return told if told["ok"] else dict(told, kind="unusable")


if __name__ == "__main__":
    take_fd()
    line = "\n%s%s\n" % (MARKER, json.dumps(answer()))
    sys.stdout.flush()
    data = line.encode("ascii")
    while data:
        data = data[os.write(1, data) :]
    # Whatever the user's code left running is no part of the answer.
    os._exit(0)
