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
    return pytest.main([*sys.argv[1:], narrowed(order)], plugins=[session])


if __name__ == "__main__":
    sys.exit(main())
