"""Knows which test began the tasks and timers of asyncio that fail when it has ended, where tests share a loop."""

import contextvars
import functools
import sys

# The test in whose context code runs: asyncio hands it down to all that the code begins.
_test = contextvars.ContextVar("bulkhead_test", default=None)
# The test that set a timer, in the context of that timer.
_timer_of = contextvars.ContextVar("bulkhead_timer_of", default=None)


class Tasks:
    def __init__(self, origins):
        self._origins = origins
        self._marked = set()

    def begin(self, test):
        # Not imported for those who have no use for it. The loop of uvloop is none of asyncio's, and tells of no timer's context.
        for module, name in (("asyncio.base_events", "BaseEventLoop"), ("uvloop", "Loop")):
            loop_class = getattr(sys.modules.get(module), name, None)
            if isinstance(loop_class, type) and loop_class not in self._marked:
                self._marked.add(loop_class)
                self._mark(loop_class)
        _test.set(test)

    def end(self):
        _test.set(None)

    def _here(self):
        """
        None where the context is that of an earlier test: it may be a straggler of that test, or a task that a plugin began there and
        runs all tests in.
        """
        test = _test.get()
        return test if test == self._origins.current else None

    def _mark(self, loop_class):
        create_task = loop_class.create_task
        call_at = loop_class.call_at
        call_exception_handler = loop_class.call_exception_handler

        @functools.wraps(create_task)
        def creating_task(loop, *args, **kwargs):
            task = create_task(loop, *args, **kwargs)
            test = self._here()
            if test is not None:
                note(task, test)
            return task

        @functools.wraps(call_at)
        def calling_at(loop, when, callback, *args, context=None):
            if context is None:
                context = contextvars.copy_context()
                context.run(_timer_of.set, self._here())
            return call_at(loop, when, callback, *args, context=context)

        @functools.wraps(call_exception_handler)
        def handling(loop, context):
            self._charge(context)
            return call_exception_handler(loop, context)

        loop_class.create_task = creating_task
        loop_class.call_at = calling_at
        loop_class.call_exception_handler = handling

    def _charge(self, context):
        """What asyncio would only log."""
        error = context.get("exception")
        if not isinstance(error, BaseException):
            return
        task = context.get("task") or context.get("future")
        test = getattr(task, "_bulkhead_test", None)
        where = "In a task of its, and nobody asked what came of that: "
        handle = context.get("handle")
        # Others run at once, and their contexts are inherited.
        if test is None and hasattr(handle, "when"):
            test = getattr(handle, "_context", {}).get(_timer_of)
            where = "In a timer of its, after the test had ended: "
        if test is not None and test != self._origins.current:
            self._origins.failed_late(test, error, where)


def note(task, test):
    try:
        # Of one that the garbage collector ends, weak references are gone before it tells of its error.
        task._bulkhead_test = test
    except AttributeError:
        pass  # Of a factory of the user's, whose tasks have no room for it: what it fails with is nobody's.
