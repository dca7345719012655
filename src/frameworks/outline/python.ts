import { pythonLines } from './python-lines.ts';

/** A test as the text shows it; `line` and `column` are one-based. */
export interface PythonTest {
  readonly titlePath: readonly string[];
  readonly line: number;
  readonly column: number;
}

/** The names that pytest takes for tests, as in its settings of the same names. */
export interface PythonNames {
  readonly functions: readonly string[];
  readonly classes: readonly string[];
}

const usual: PythonNames = { functions: ['test'], classes: ['Test'] };
const definition = /^(?<kind>class|(?:async\s+)?def)\s+(?<name>[\p{L}_][\p{L}\p{N}_]*)(?<rest>.*)$/su;
const ofUnittest = /(?:^|[\s,(.])\w*TestCase\b/;
const branch = /^(?:if|elif|else|try|except|finally|with|for|while|match|case)\b/;

interface Block {
  readonly indent: number;
  /** Null: a block that defines no names for pytest, such as a function's body or a class that is no test. */
  readonly titles: readonly string[] | null;
  readonly unittest: boolean;
}

/** The tests of a Python file, finished or not. One with parameters is one entry: only running its file tells them. */
export function outlinePython(text: string, names: PythonNames = usual): PythonTest[] {
  // Python keeps the last definition of a name, and so does pytest.
  const tests = new Map<string, PythonTest>();
  const blocks: Block[] = [{ indent: -1, titles: [], unittest: false }];
  for (const { code, line, indent } of pythonLines(text)) {
    while (blocks.length > 1 && indent <= blocks.at(-1)!.indent) blocks.pop();
    const { titles, unittest } = blocks.at(-1)!;
    const match = definition.exec(code);
    if (!match) {
      // What a condition defines counts like what stands beside it.
      if (branch.test(code)) blocks.push({ indent, titles, unittest });
      continue;
    }
    const { kind, name, rest } = match.groups as { kind: string; name: string; rest: string };
    const path = titles && [...titles, name];
    if (kind === 'class') {
      const isCase = ofUnittest.test(rest.split(':')[0]!);
      const taken = path && (isCase || matches(name, names.classes));
      blocks.push({ indent, titles: taken ? path : null, unittest: isCase });
      continue;
    }
    blocks.push({ indent, titles: null, unittest: false });
    if (!path || !(unittest ? name.startsWith('test') : matches(name, names.functions))) continue;
    const key = JSON.stringify(path);
    tests.delete(key);
    tests.set(key, { titlePath: path, line, column: indent + 1 });
  }
  return [...tests.values()];
}

/** Pytest takes each as a prefix, or as a glob where it has a special character. */
function matches(name: string, patterns: readonly string[]): boolean {
  return patterns.some(pattern =>
    /[*?[]/.test(pattern)
      ? new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.').replaceAll('[!', '[^')}$`, 'u').test(name)
      : name.startsWith(pattern),
  );
}
