"""Names tests by (title path, ordinal), and finds where they are written."""

import linecache
import os
import re

import pytest

# A decorated function begins, for Python, at its first decorator; nobody writes more of those.
FURTHEST_DEF = 300


def file_node(item):
    """The node of the file that the test is in: what stands between it and the test are its classes."""
    for node in reversed(item.listchain()):
        if isinstance(node, pytest.File) and not isinstance(node, pytest.Package):
            return node
    return None


def file_of(item):
    node = file_node(item)
    return None if node is None else os.path.realpath(str(node.path))


def title_path(item):
    """Classes, then the function, then its parameters in brackets where it has some."""
    titles = []
    top = file_node(item)
    for node in reversed(item.listchain()):
        if node is top or (top is None and node is not item):
            break
        titles.insert(0, str(node.name))
    function = getattr(item, "originalname", None)
    if function and hasattr(item, "callspec") and titles[-1].startswith(function + "["):
        titles[-1:] = [function, titles[-1][len(function) :]]
    return titles


# What these marks say is no property of the test that anybody would choose it by.
OWN_MARKS = {"parametrize", "skip", "skipif", "xfail", "usefixtures", "filterwarnings"}


def tags_of(item):
    """Its marks and those of its class and module, each once."""
    names = (mark.name for mark in item.iter_markers())
    return ["@" + name for name in dict.fromkeys(names) if name not in OWN_MARKS]


class Numbering:
    """Tests of one file with the same title path are told apart by their order."""

    def __init__(self):
        self._counts = {}
        self._refs = {}

    def ref_of(self, item):
        known = self._refs.get(item)
        if known is None:
            path = title_path(item)
            key = tuple(path)
            ordinal = self._counts.get(key, 0)
            self._counts[key] = ordinal + 1
            known = self._refs[item] = (path, ordinal)
        return known


class Places:
    """Where in its file each test is written; the tests of one function share the answer."""

    def __init__(self, file):
        self._file = file
        self._of_functions = {}

    def of(self, item):
        function = getattr(item, "function", None)
        if function is None:
            return self._look(item, None)
        key = id(function)
        if key not in self._of_functions:
            self._of_functions[key] = self._look(item, getattr(function, "__name__", None))
        return self._of_functions[key]

    def _look(self, item, name):
        try:
            path, line, _ = item.reportinfo()
        except Exception:  # An item of somebody's own making.
            return {}
        if line is None or os.path.realpath(str(path)) != self._file:
            return {}
        lines = linecache.getlines(self._file)
        if name is not None:
            definition = re.compile(r"\s*(?:async\s+)?def\s+%s\b" % re.escape(name))
            for number in range(line, min(line + FURTHEST_DEF, len(lines))):
                if definition.match(lines[number]):
                    line = number
                    break
        text = lines[line] if line < len(lines) else ""
        return {"line": line + 1, "column": len(text) - len(text.lstrip()) + 1}
