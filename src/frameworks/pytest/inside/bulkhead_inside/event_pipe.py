"""Events for the engine, one JSON object a line, in the pipe before the process can die of what comes next."""

import binascii
import errno
import json
import os
import select
import sys
import threading
import time

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

# Taken before any test can replace them: fake clocks, patched modules and the like must not touch the reporting.
_write = os.write
_close = os.close
_fstat = os.fstat
_leave = os._exit
_wait = select.select
_now = time.monotonic
_lock = threading.RLock
_encode = json.JSONEncoder(check_circular=False).encode

# A reader that takes nothing for so long is gone or stuck, and a run that nobody hears is of no use.
PATIENCE_S = 60
GONE_CODE = 70
# Beyond what a test opens or closes by number.
OUT_OF_THE_WAY = 200


class EventPipe:
    """Says what happens inside a framework, numbered without a gap."""

    def __init__(self, fd):
        self._fd = out_of_the_way(fd)
        # Due in every event: what a test writes there itself is recognised.
        self._key = binascii.hexlify(os.urandom(9)).decode("ascii")
        self._identity = self._look()
        self._next = 0
        # Threads of tests fail whenever they like.
        self._saying = _lock()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._mute)

    def say(self, **body):
        if self._fd is None:
            return
        with self._saying:
            self._say(body)

    def _say(self, body):
        # The empty line ends what a test may have begun there.
        line = b"\n" + _encode(dict(body, s=self._next, k=self._key)).encode("ascii") + b"\n"
        self._next += 1
        blocked_since = None
        while line:
            try:
                line = line[_write(self._fd, line) :]
                blocked_since = None
            except OSError as error:
                if error.errno != errno.EAGAIN:
                    give_up("their pipe is closed")
                blocked_since = blocked_since or _now()
                if _now() - blocked_since > PATIENCE_S:
                    give_up("they were not read for %d s" % PATIENCE_S)
                _wait([], [self._fd], [], 1)

    def _look(self):
        status = _fstat(self._fd)
        return status.st_dev, status.st_ino

    def _mute(self):
        """A forked child is no part of the run, even where it goes on with the tests by mistake."""
        fd, self._fd = self._fd, None
        try:
            # The test may have closed it and opened something of its own in its place.
            status = None if fd is None else _fstat(fd)
            if status and (status.st_dev, status.st_ino) == self._identity:
                _close(fd)
        except OSError:
            pass  # Closed already.


def out_of_the_way(fd):
    """Nothing that a test starts may hold the pipe open, and a test that closes or writes to fd 3 does not mean it."""
    os.set_inheritable(fd, False)
    if fcntl is None:
        return fd
    try:
        moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, OUT_OF_THE_WAY)
    except OSError:
        return fd  # The limit on open files is lower.
    os.close(fd)
    return moved


def give_up(why):
    try:
        _write(2, ("Bulkhead: the results of this test run are not delivered, because %s.\n" % why).encode())
    except OSError:
        pass  # Its stderr is gone too.
    _leave(GONE_CODE)
