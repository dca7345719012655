"""What each test leaves in the process that it shares with others, or on the disk, and what nothing has put back at the end."""

import functools
import os
import re
import sys
import threading
import time

# Taken before any test can replace them.
_getcwd = os.getcwd
_listdir = os.listdir
_readlink = os.readlink
_exists = os.path.lexists
_threads = threading.enumerate
_now = time.monotonic
_Foreign = getattr(threading, "_DummyThread", ())

LINGER_S = 0.05

DESCRIPTORS = "/proc/self/fd"
DIRECTORY = "=directory"
UMASK = "=umask"

# What runners write for themselves, at whatever moment, and the threads of their timers and debuggers.
RUNNERS_OWN = re.compile("BULKHEAD_|PYTEST_|COV_|COVERAGE_")
RUNNERS_THREADS = re.compile("pytest_timeout|pydevd|debugpy")


class Leaks:
    """Looks from before the set-up of a test until after its teardown, and once more when all is over."""

    def __init__(self):
        self._environ = os.environ
        self._umask = self._listen()
        self._first = self._look()
        self._last = None
        self._before = None
        self._test = None
        # The last change of each, and what was opened, with the test that did it.
        self._changes = {}
        self._threads = []
        self._sockets = {}
        self._made = {}
        if hasattr(sys, "addaudithook"):
            sys.addaudithook(self._hear)

    def before(self, test):
        self._test = test
        self._before = self._look(), set(_threads()), sockets()

    def after(self):
        if self._before is None:
            return
        test, (look, threads, open_before) = self._test, self._before
        self._test = self._before = None
        now = self._look()
        for name in set(look) | set(now):
            if look.get(name) != now.get(name):
                self._changes[name] = test, look.get(name), now.get(name)
        self._threads += [(test, thread) for thread in _threads() if thread not in threads]
        self._sockets.update((each, test) for each in sockets() if each not in open_before)

    def settle(self):
        """Before pytest goes back to the folder that it began in."""
        self._last = self._look()

    def tell(self, pipe):
        for (test, leak), what in self._left().items():
            pipe.say(t="leak", path=test[0], ordinal=test[1], leak=leak, what=what)
        for test, names in self._unending().items():
            pipe.say(t="left", path=test[0], ordinal=test[1], what=names)

    def _left(self):
        left = {}

        def add(test, leak, what):
            left.setdefault((key_of(test), leak), []).append(what)

        last = self._last or self._look()
        for name, (test, was, now) in self._changes.items():
            # A hook, or another test, may have put it back.
            if last.get(name) != now or last.get(name) == self._first.get(name):
                continue
            if name in (DIRECTORY, UMASK):
                add(test, "changed-directory" if name == DIRECTORY else "changed-umask", "%s instead of %s" % (now, was))
            elif not RUNNERS_OWN.match(os.fsdecode(name)):
                how = "" if was is None else " (removed)" if now is None else " (changed)"
                # Never the value: it may be a secret.
                add(test, "changed-environment", os.fsdecode(name) + how)
        deadline = _now() + LINGER_S
        for test, thread in self._threads:
            if isinstance(thread, _Foreign) or RUNNERS_THREADS.match(thread.name):
                continue
            # One that was told to end and is not waited for may be on its way.
            thread.join(max(0, deadline - _now()))
            if thread.is_alive():
                add(test, "running-threads", thread.name)
        for each, fd in sockets().items():
            address = listening_at(fd) if each in self._sockets else None
            if address:
                add(self._sockets[each], "open-ports", address)
        # What ends with the process may yet remove them, so whoever hears of these looks again.
        for path, test in self._made.items():
            if _exists(path):
                add(test, "temporary-files", path)
        return left

    def _unending(self):
        """What Python waits for before it ends."""
        left = {}
        for test, thread in self._threads:
            if thread.is_alive() and not thread.daemon and not isinstance(thread, _Foreign):
                left.setdefault(key_of(test), []).append("thread %s" % thread.name)
        return left

    def _listen(self):
        """Asking for the umask would set it for a moment, also for what other threads create meanwhile."""
        genuine = os.umask

        @functools.wraps(genuine)
        def umask(mask):
            was = genuine(mask)
            self._umask = "%04o" % (mask & 0o777)
            return was

        first = genuine(0)
        genuine(first)
        os.umask = umask
        return "%04o" % first

    def _hear(self, event, args):
        """Of all that Python tells its auditors: `mkstemp`, `mkdtemp` and what stands on them have made something."""
        if event in ("tempfile.mkdtemp", "tempfile.mkstemp") and self._test is not None:
            self._made[os.fsdecode(args[0])] = self._test

    def _look(self):
        # Decoding all of it would take ten times as long.
        look = dict(getattr(self._environ, "_data", self._environ))
        look[DIRECTORY] = directory_now()
        look[UMASK] = self._umask
        return look


def directory_now():
    try:
        return _getcwd()
    except OSError:
        return "a folder that is gone"


def sockets():
    """By their own names, for the number of one that is closed is given to the next; none where this is not Linux."""
    found = {}
    try:
        for fd in _listdir(DESCRIPTORS):
            target = target_of(fd)
            if target.startswith("socket:"):
                found[target] = int(fd)
    except OSError:  # Not Linux, or no descriptor is left to read them by.
        pass
    return found


def target_of(fd):
    try:
        return _readlink("%s/%s" % (DESCRIPTORS, fd))
    except OSError:  # That of the listing itself is closed by now.
        return ""


def listening_at(fd):
    """Where a socket waits for others, or nothing."""
    import _socket  # Which no test replaces, as some do with the module above it.

    try:
        own = _socket.socket(fileno=os.dup(fd))
        try:
            if not own.getsockopt(_socket.SOL_SOCKET, _socket.SO_ACCEPTCONN):
                return None
            address = own.getsockname()
        finally:
            own.close()
    except OSError:  # Closed meanwhile.
        return None
    if not isinstance(address, tuple):
        return os.fsdecode(address) or None
    host = address[0]
    return ("[%s]:%d" if ":" in host else "%s:%d") % (host, address[1])


def key_of(test):
    return tuple(test[0]), test[1]
