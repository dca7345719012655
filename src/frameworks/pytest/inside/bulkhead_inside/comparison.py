"""Expected and actual of a failed comparison, as text."""

import pprint

LONGEST = 64 * 1024
# Beyond this, printing all of it would take longer than the test.
MOST_ELEMENTS = 5000


class Comparisons:
    """Remembers the last comparison that pytest explained, for the failure that follows from it."""

    def __init__(self):
        self._last = None

    def note(self, left, right, explanation):
        self._last = (left, right, explanation)

    def forget(self):
        self._last = None

    def of(self, error):
        """An earlier assertion may have been caught, so what pytest said of it must be what the error says."""
        if self._last is None or not isinstance(error, AssertionError):
            return {}
        left, right, explanation = self._last
        if not explanation or explanation not in str(error):
            return {}
        try:
            expected, actual = as_text(right), as_text(left)
        except Exception:  # Of a __repr__ of the user's.
            return {}
        return {"expected": expected, "actual": actual} if expected and actual and expected != actual else {}


def as_text(value):
    if isinstance(value, str):
        return value[:LONGEST]
    if isinstance(value, (list, tuple, dict, set, frozenset)):
        return pprint.pformat(value)[:LONGEST] if elements_of(value, MOST_ELEMENTS) <= MOST_ELEMENTS else None
    return repr(value)[:LONGEST]


def elements_of(value, most):
    """Counted no further than `most`, so that a structure that contains itself ends too."""
    waiting, count = [value], 0
    while waiting and count <= most:
        each = waiting.pop()
        count += 1
        if isinstance(each, dict):
            waiting.extend(each.keys())
            waiting.extend(each.values())
        elif isinstance(each, (list, tuple, set, frozenset)):
            waiting.extend(each)
    return count
