"""python pytest_survey.py CONFIG FILE...: what of files could run, as coverage.py counts it; CONFIG may be empty."""

import ast
import hashlib
import json
import os
import sys

# Whatever coverage.py or a plugin of it prints, the answer stands on a line of its own, after this.
MARKER = "\x01bulkhead-survey:"


def main(config, files):
    sys.path[0] = os.getcwd()
    import coverage

    measuring = coverage.Coverage(data_file=None, config_file=config or True)
    measuring.get_data()
    surveys = []
    for file in files:
        try:
            surveys.append(survey(measuring, file))
        except MemoryError:
            raise  # It says nothing of the file.
        except Exception:
            continue  # Gone, changed meanwhile, or nothing that it can read.
    return surveys


def survey(measuring, file):
    with open(file, "rb") as opened:
        written = opened.read()
    # No public name, and yet the same in all versions: it knows the plugins and exclusions of the configuration.
    reporter = measuring._get_file_reporter(file)
    statements, excluded = reporter.lines(), reporter.excluded_lines()
    lines = reporter.source().splitlines()
    return {
        "file": file,
        "text": hashlib.sha256(written).hexdigest(),
        "statements": sorted(statements),
        "firsts": firsts_of(reporter, len(lines)),
        "branches": branches_of(reporter, excluded, lines),
        "functions": functions_of(written, excluded) if file.endswith((".py", ".pyw")) else [],
    }


def firsts_of(reporter, count):
    """By lines in the middle of a statement: the line that it begins in."""
    pairs = ((line, min(reporter.translate_lines([line]), default=line)) for line in range(1, count + 1))
    return [pair for pair in pairs if pair[0] != pair[1]]


def branches_of(reporter, excluded, lines):
    ways = {}
    for line, to in reporter.arcs():
        if to not in excluded:
            ways.setdefault(line, set()).add(to)
    free = reporter.no_branch_lines()
    counted = sorted(line for line, count in reporter.exit_counts().items() if count > 1)
    return [
        {"line": line, "column": indent_of(lines[line - 1]) + 1, "to": sorted(ways[line]), "free": line in free}
        for line in counted
        if line in ways and line <= len(lines)
    ]


def indent_of(text):
    return len(text) - len(text.lstrip())


def functions_of(written, excluded):
    functions = []
    waiting = [(ast.parse(written), "")]
    while waiting:
        node, within = waiting.pop()
        for child in ast.iter_child_nodes(node):
            named = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
            waiting.append((child, within + child.name + "." if named else within))
            if not named or isinstance(child, ast.ClassDef) or child.lineno in excluded:
                continue
            functions.append(
                {
                    "name": within + child.name,
                    "line": child.lineno,
                    "column": child.col_offset + 1,
                    "endLine": child.end_lineno,
                    "endColumn": child.end_col_offset + 1,
                    # Python numbers the beginning of a function by its first decorator.
                    "entry": min([child.lineno, *(each.lineno for each in child.decorator_list)]),
                    "body": child.body[0].lineno,
                }
            )
    return sorted(functions, key=lambda each: (each["line"], each["column"]))


if __name__ == "__main__":
    line = "\n%s%s\n" % (MARKER, json.dumps(main(sys.argv[1], sys.argv[2:])))
    sys.stdout.flush()
    data = line.encode("ascii")
    while data:
        data = data[os.write(1, data) :]
    os._exit(0)
