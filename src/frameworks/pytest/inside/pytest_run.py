"""python pytest_run.py [arguments for pytest]: lists or runs the tests of one file, told which by BULKHEAD_ORDER."""

import sys

written, sys.dont_write_bytecode = sys.dont_write_bytecode, True

from bulkhead_inside.commission import narrowed, pose_as_pytest, take_coverage, take_order, take_pipe  # noqa: E402


def main():
    pipe = take_pipe()
    order = take_order()
    folder = take_coverage()
    pose_as_pytest()
    import pytest
    from bulkhead_inside.session import Session
    from bulkhead_inside.slices import Slices

    sys.dont_write_bytecode = written
    session = Session(order, pipe, Slices(folder))
    session.say_hello()
    arguments = list(sys.argv[1:])
    if "debug" in order:
        from bulkhead_inside.debugger import await_debugger, NoDebugger

        try:
            await_debugger(pipe, order["debug"])
        except NoDebugger as error:
            session.refuse(str(error))
            return pytest.ExitCode.USAGE_ERROR
        # Of all that counts time, what pytest itself has: it may end the process.
        arguments += ["-o", "faulthandler_timeout=0"]
    return pytest.main([*arguments, narrowed(order)], plugins=[session])


if __name__ == "__main__":
    sys.exit(main())
