import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { type PytestLine, pytestLines } from '../unit/frameworks/pytest/versions.ts';
import { type JestLine, jestLines, linkJest } from '../unit/frameworks/jest/versions.ts';
import { linkVitest, type VitestLine, vitestLines } from '../unit/frameworks/vitest/versions.ts';

export type Files = Readonly<Record<string, string>>;

export interface Debugged {
  readonly file: string;
  /** The fourth line of that file is where the debugger stops, for longer than the test's own limit. */
  readonly files: (more?: string) => Files;
  /** For it, 400 MiB of memory, 4 at a time. */
  readonly hog: string;
  /** For it, a first line that starts a process in a session of its own. */
  readonly sleeper: string;
  /** Why it cannot be had here. */
  readonly missing?: string;
  /** Absent: one that this repository has itself. */
  readonly install?: (root: string) => Promise<unknown>;
}

const javaScript = {
  file: 'a.test.js',
  hog: 'const held = []; for (let n = 0; n < 100; n++) held.push(Buffer.alloc(4 << 20, 1));',
  sleeper:
    "process.getBuiltinModule('node:child_process').spawn('sleep', ['300'], { detached: true, stdio: 'ignore' });\n",
};
const body = (more = '') => `const here = 1;\n  ${more}`;
export const mocha: Debugged = {
  ...javaScript,
  files: more => ({
    'package.json': '{}',
    '.mocharc.json': '{ "spec": "*.test.js" }',
    'a.test.js': `const mark = process.env.MARK;\nit('is looked at', function () {\n  this.timeout(50);\n  ${body(more)}\n});\n`,
  }),
};
export const nodeTest: Debugged = {
  ...javaScript,
  files: more => ({
    'package.json': JSON.stringify({ scripts: { test: 'node --test' } }),
    'a.test.js': `const { it } = require('node:test');\nit('is looked at', { timeout: 50 }, async () => {\n  await null;\n  ${body(more)}\n});\n`,
  }),
};
export const jest = (line: JestLine): Debugged => ({
  ...javaScript,
  install: root => linkJest(root, line),
  files: more => ({
    'package.json': '{ "jest": { "testTimeout": 50, "transform": {} } }',
    'a.test.js': `beforeEach(async () => {}, 50);\ntest('is looked at', async () => {\n  await null;\n  ${body(more)}\n}, 50);\n`,
  }),
});
export const vitest = (line: VitestLine): Debugged => ({
  ...javaScript,
  install: root => linkVitest(root, line),
  files: more => ({
    'package.json': '{ "type": "module" }',
    'vitest.config.js': "export default { test: { testTimeout: 50, hookTimeout: 50, pool: 'threads' } };",
    'a.test.js': `import { test } from 'vitest';\ntest('is looked at', async () => {\n  await null;\n  ${body(more)}\n});\n`,
  }),
});
export type DebuggedPython = PytestLine & { readonly debugpy?: string };

export async function withDebugpy(line: PytestLine): Promise<DebuggedPython> {
  if ('missing' in line) return line;
  try {
    const { stdout } = await promisify(execFile)(line.python, ['-c', 'import debugpy; print(debugpy.__file__)']);
    return { ...line, debugpy: resolve(stdout, '../..') };
  } catch {
    return { name: line.name, missing: `${line.python} has no debugpy; run "apt-get install python3-debugpy"` };
  }
}

export const pytest = (line: PytestLine): Debugged => ({
  ...('missing' in line ? { missing: line.missing } : {}),
  install: async () => {},
  file: 'test_a.py',
  hog: 'held = [bytearray(b"1") * (4 << 20) for n in range(100)]',
  sleeper: '__import__("subprocess").Popen(["sleep", "300"], start_new_session=True)\n',
  files: (more = 'pass') => ({
    'pytest.ini': '[pytest]\nfaulthandler_timeout = 0.05\n',
    ...('python' in line
      ? { 'bulkhead.config.json': JSON.stringify({ frameworks: { pytest: { python: line.python } } }) }
      : {}),
    'test_a.py': `import pytest\n@pytest.mark.timeout(0.05)\ndef test_is_looked_at():\n    here = 1\n    ${more}\n`,
  }),
});
export const pythons = (await Promise.all((await pytestLines()).map(withDebugpy))) as [DebuggedPython, DebuggedPython];

const named = <T extends string>(lines: readonly T[], made: (line: T) => Debugged) =>
  lines.map(line => [line, made(line)] as const);
export const newest = [
  ['mocha', mocha],
  ...named(['jest30'], jest),
  ...named(['vitest5'], vitest),
  [pythons[0].name, pytest(pythons[0])],
] as const;
export const each = [
  ['mocha', mocha],
  ['node:test', nodeTest],
  ...named(jestLines, jest),
  ...named(vitestLines, vitest),
  ...pythons.map(line => [line.name, pytest(line)] as const),
] as const;

export const titleOf = (framework: string, { missing }: Debugged) =>
  missing === undefined ? framework : `${framework} (skipped: ${missing})`;
