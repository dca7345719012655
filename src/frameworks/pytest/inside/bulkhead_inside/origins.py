"""Knows which test began what goes wrong after it has ended: in its threads and tasks,
and in what it has registered for the end of Python."""

import atexit
import functools
import os
import sys
import threading
import weakref

from .failure import describe
from .tasks import Tasks

# Taken before any test can replace them.
_this_thread = threading.current_thread
_main_thread = threading.main_thread
_getpid = os.getpid


class Origins:
    def __init__(self, pipe, file):
        self._pipe = pipe
        self._file = file
        # The test that is going on, which all that the main thread begins is of.
        self.current = None
        self._of_threads = weakref.WeakKeyDictionary()
        self._at_exit = None
        self._pid = _getpid()
        self._tasks = Tasks(self)
        self._mark_threads()
        self._mark_exits()

    def begin(self, test):
        self.current = test
        self._tasks.begin(test)

    def end(self):
        self.current = None
        self._tasks.end()

    def failed_late(self, test, error, where):
        self._say("unhandled", test, describe(error, introduction=where, file=self._file))

    def _here(self):
        thread = _this_thread()
        return self.current if thread is _main_thread() else self._of_threads.get(thread)

    def _late(self):
        """The test that has ended and whose code is running."""
        if self._at_exit is not None:
            return self._at_exit
        test = self._of_threads.get(_this_thread())
        return None if test == self.current else test

    def _mark_threads(self):
        genuine = threading.Thread.start

        @functools.wraps(genuine)
        def start(thread):
            self._mark(thread)
            return genuine(thread)

        threading.Thread.start = start

    def _mark(self, thread):
        test = self._here()
        # Python calls it for what `run` raises, whatever hook a plugin has set by then.
        hook = getattr(thread, "_invoke_excepthook", None)
        if test is None or hook is None:
            return
        self._of_threads[thread] = test

        def invoke(failed):
            error = sys.exc_info()[1]
            if self.current != test and not isinstance(error, SystemExit):
                self.failed_late(test, error, 'In its thread "%s", after the test had ended: ' % failed.name[:100])
            hook(failed)

        thread._invoke_excepthook = invoke

    def _mark_exits(self):
        genuine = atexit.register
        leave = os._exit

        @functools.wraps(genuine)
        def register(function, *args, **kwargs):
            test = self._here()
            genuine(function if test is None else AtExit(self, test, function), *args, **kwargs)
            return function

        @functools.wraps(leave)
        def _exit(status):
            test = self._late()
            # A forked child ends in this way too, and nobody waits for its word.
            if test is not None and status != 0 and _getpid() == self._pid:
                text = 'After "%s" had ended, it ended the process with code %s.' % (test[0][-1][:200], status)
                self._say("error", test, {"text": text, "file": self._file}, phase="teardown")
            leave(status)

        atexit.register = register
        os._exit = _exit

    def run_at_exit(self, test, function, args, kwargs):
        self._at_exit = test
        try:
            return function(*args, **kwargs)
        except Exception as error:
            self.failed_late(test, error, "At the end of Python: ")
            raise
        finally:
            self._at_exit = None

    def _say(self, kind, test, failure, **more):
        self._pipe.say(t=kind, path=test[0], ordinal=test[1], failure=failure, **more)


class AtExit:
    """Equal to the function that it stands for, by which that is taken back."""

    def __init__(self, origins, test, function):
        self._origins = origins
        self._test = test
        self._function = function

    def __call__(self, *args, **kwargs):
        return self._origins.run_at_exit(self._test, self._function, args, kwargs)

    def __eq__(self, other):
        return self._function == other

    def __hash__(self):
        return hash(self._function)
