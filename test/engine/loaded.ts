import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { installedLine } from '../unit/frameworks/pytest/versions.ts';
import { linkJest } from '../unit/frameworks/jest/versions.ts';
import type { TestWorkspace } from './workspace.ts';

export interface Loaded {
  readonly framework: string;
  readonly files: Readonly<Record<string, string>>;
  /** By file, or its path where names are there twice: the verdicts of its tests. */
  readonly expected: Readonly<Record<string, readonly string[]>>;
  /** What the verdict or the message of a file says. */
  readonly said: Readonly<Record<string, RegExp>>;
  /** Why it cannot be had here. */
  readonly missing?: string;
  readonly prepare?: (workspace: TestWorkspace) => unknown;
}

const deep = (describe: string, it: string) =>
  `${`${describe}('d', () => {`.repeat(50)}${it}('deep', () => {});${'});'.repeat(50)}`;
const python = await installedLine();
/** As long as a line of a shell or a title of a framework may be that gets it as an argument. */
const long = 'x'.repeat(100_000);
const longest = 'x'.repeat(1_000_000);
const listfile = 'cmake_minimum_required(VERSION 3.14)\nproject(loading NONE)\nenable_testing()\n';
export const settings = { startup: '20s', timeout: '20s', isolation: 'file', 'build.timeout': '3 min' };
const blocked = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);';
const waiting = 'await new Promise(() => setInterval(() => {}, 1000));';

/** What of the words "0 tests, a syntax error, an import that hangs, an import that exits" a framework's own test does not try. */
export const table: readonly Loaded[] = [
  {
    framework: 'mocha',
    prepare: workspace => {
      const mocha = resolve(import.meta.dirname, '../../node_modules/mocha');
      workspace.write('node_modules/.keep', '');
      symlinkSync(mocha, join(workspace.root, 'node_modules/mocha'), 'junction');
    },
    files: {
      'package.json': '{ "devDependencies": { "mocha": "*" } }',
      'test/hangs.test.mjs': waiting,
      'test/blocks.test.js': blocked,
      'test/empty.test.js': '',
      'test/deep.test.js': deep('describe', 'it'),
      'test/marks.test.js':
        "it('is to do'); it.skip('is skipped', () => {}); for (const n of [1, 2]) it(`each ${n}`, () => {});",
    },
    expected: {
      'hangs.test.mjs': ['error'],
      'blocks.test.js': ['error'],
      'empty.test.js': [],
      'deep.test.js': ['passed'],
      'marks.test.js': ['skipped', 'skipped', 'passed', 'passed'],
    },
    said: { 'hangs.test.mjs': /still running after 20 s/, 'blocks.test.js': /still running after 20 s/ },
  },
  {
    framework: 'node:test',
    files: {
      'package.json': '{ "scripts": { "test": "node --test" } }',
      'hangs.test.mjs': `import 'node:test';\n${waiting}`,
      'blocks.test.cjs': `require('node:test');\n${blocked}`,
      'marks.test.cjs':
        "const { it } = require('node:test');\nit.only('is chosen', () => {}); it.skip('is skipped', () => {}); for (const n of [1, 2]) it(`each ${n}`, () => {});",
    },
    expected: {
      'hangs.test.mjs': ['error'],
      'blocks.test.cjs': ['error'],
      // As Node has it without --test-only.
      'marks.test.cjs': ['passed', 'skipped', 'passed', 'passed'],
    },
    said: { 'hangs.test.mjs': /still running after 20 s/, 'blocks.test.cjs': /still running after 20 s/ },
  },
  {
    framework: 'node:test, told to heed .only',
    files: {
      'package.json': '{ "scripts": { "test": "node --test --test-only" } }',
      'marks.test.cjs':
        "const { describe, it } = require('node:test');\nit('is not', () => {}); it.only('is', () => {}); it('is by an option', { only: true }, () => {}); describe.only('suite', () => { it('within', () => {}); });",
    },
    expected: { 'marks.test.cjs': ['skipped', 'passed', 'passed', 'passed'] },
    said: {},
  },
  {
    framework: 'jest',
    prepare: ({ root }) => linkJest(root),
    files: {
      'package.json': '{ "jest": { "transform": {} } }',
      'hangs.test.js': blocked,
    },
    expected: { 'hangs.test.js': ['error'] },
    said: { 'hangs.test.js': /still running after 20 s/ },
  },
  {
    framework: 'pytest',
    ...('missing' in python ? { missing: python.missing } : {}),
    files: {
      'pytest.ini': '[pytest]\n',
      'bulkhead.config.json': JSON.stringify({
        ...settings,
        frameworks: { pytest: 'python' in python ? { python: python.python } : false },
      }),
      'test_empty.py': '',
      'test_deep.py': `${Array.from({ length: 50 }, (_, depth) => `${' '.repeat(depth)}class TestD:\n`).join('')}${' '.repeat(50)}def test_deep(self): pass\n`,
      'test_marks.py': [
        'import pytest',
        '@pytest.mark.skip',
        'def test_skipped(): assert False',
        '@pytest.mark.parametrize("n", [1, 2], ids=["same", "same"])',
        'def test_each(n): assert n == 1',
        'def test_twice(): assert False',
        'def test_twice(): pass',
        '',
      ].join('\n'),
    },
    expected: {
      'test_empty.py': [],
      'test_deep.py': ['passed'],
      // Python has one function of a name.
      'test_marks.py': ['skipped', 'passed', 'failed', 'passed'],
    },
    said: {},
  },
  {
    framework: 'go',
    files: {
      'go.mod': 'module example.com/loading\n\ngo 1.19\n',
      'hangs/hangs_test.go':
        'package hangs\n\nimport (\n\t"testing"\n\t"time"\n)\n\nfunc init() { time.Sleep(time.Hour) }\n\nfunc TestNever(t *testing.T) {}\n',
      'exits/exits_test.go':
        'package exits\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc init() { os.Exit(0) }\n\nfunc TestNever(t *testing.T) {}\n',
      'empty/empty_test.go': 'package empty\n',
      'syntax/syntax_test.go': 'package syntax\n\nimport "testing"\n\nfunc TestNever(t *testing.T) {\n',
      'well/well_test.go': 'package well\n\nimport "testing"\n\nfunc TestWorks(t *testing.T) {}\n',
      'deep/deep_test.go': `package deep\n\nimport (\n\t"strings"\n\t"testing"\n)\n\nfunc TestDeep(t *testing.T) {\n${'t.Run("d", func(t *testing.T) {\n'.repeat(50)}${'})\n'.repeat(50)}}\n\nfunc TestLong(t *testing.T) {\n\tt.Run(strings.Repeat("x", 1_000_000), func(t *testing.T) {})\n}\n`,
    },
    expected: {
      'hangs_test.go': ['timed-out'],
      'exits_test.go': ['exited-early'],
      'empty_test.go': [],
      'syntax_test.go': ['error'],
      'well_test.go': ['passed'],
      'deep_test.go': Array.from({ length: 53 }, () => 'passed'),
    },
    said: { 'hangs_test.go': /start-up/, 'syntax_test.go': /expected '}'|syntax error/ },
  },
  {
    framework: 'cargo',
    files: {
      'Cargo.toml':
        '[package]\nname = "loading"\nversion = "0.1.0"\nedition = "2021"\n\n[lib]\npath = "lib.rs"\n\n[[test]]\nname = "hangs"\npath = "hangs.rs"\nharness = false\n\n[[test]]\nname = "exits"\npath = "exits.rs"\nharness = false\n',
      'lib.rs': `${'mod d {\n'.repeat(50)}#[test]\nfn deep() {}\n#[test]\n#[ignore]\nfn is_skipped() {}\n${'}\n'.repeat(50)}`,
      'hangs.rs': 'fn main() { std::thread::sleep(std::time::Duration::from_secs(3600)); }\n',
      'exits.rs': 'fn main() { std::process::exit(3); }\n',
    },
    expected: { 'lib.rs': ['passed', 'skipped'], 'hangs.rs': ['timed-out'], 'exits.rs': ['failed'] },
    said: {},
  },
  {
    framework: 'ctest',
    prepare: workspace => {
      for (const name of ['syntax', 'empty', 'well']) {
        execFileSync('cmake', ['-S', name, '-B', `${name}/build`], { cwd: workspace.root });
      }
      workspace.write('syntax/CMakeLists.txt', `${listfile}add_test(NAME never COMMAND true`);
    },
    files: {
      'syntax/CMakeLists.txt': `${listfile}add_test(NAME never COMMAND true)`,
      'empty/CMakeLists.txt': listfile,
      'well/CMakeLists.txt': `${listfile}add_test(NAME works COMMAND true)\nadd_test(NAME ${longest} COMMAND true)`,
    },
    expected: {
      'syntax/CMakeLists.txt': ['error'],
      'empty/CMakeLists.txt': [],
      'well/CMakeLists.txt': ['passed', 'passed'],
    },
    said: { 'syntax/CMakeLists.txt': /Function missing ending.*\/syntax\/CMakeLists\.txt","line":4/ },
  },
  {
    framework: 'bats',
    files: {
      'test/syntax.bats': '@test "never" {\n  echo "\n}\n',
      'test/exits.bats': 'exit 0\n@test "never" { true; }\n',
      'test/hangs.bats': 'sleep 3600\n@test "never" { true; }\n',
      'test/empty.bats': '# Nothing yet.\n',
      'test/well.bats': `@test "works" { true; }\n@test "${long}" { true; }\n@test "skips" { skip "for now"; }\n`,
    },
    expected: {
      'syntax.bats': ['error'],
      'exits.bats': ['error'],
      'hangs.bats': ['timed-out'],
      'empty.bats': [],
      'well.bats': ['passed', 'passed', 'skipped'],
    },
    said: { 'hangs.bats': /start-up/ },
  },
  {
    framework: 'prove',
    files: {
      't/syntax.t': 'print "1..1\n',
      't/exits.t': 'exit 0;\n',
      't/hangs.t': 'BEGIN { sleep 3600 }\nprint "1..1\\nok 1\\n";\n',
      't/dies.t': 'use Test::More tests => 1;\ndie "no database";\n',
      't/none.t': 'print "1..0 # SKIP nothing yet\\n";\n',
      't/well.t': 'print "1..1\\nok 1 - works\\n";\n',
    },
    expected: {
      'syntax.t': ['exited-early'],
      'exits.t': ['failed'],
      'hangs.t': ['timed-out'],
      'dies.t': ['exited-early'],
      'none.t': ['skipped'],
      'well.t': ['passed', 'passed'],
    },
    said: { 'syntax.t': /Can't find string terminator/, 'dies.t': /no database/ },
  },
  {
    framework: 'command',
    files: {
      'bulkhead.config.json': JSON.stringify({
        ...settings,
        frameworks: {
          command: [
            { name: 'shell', files: 'scripts/*.sh', command: ['sh', '${file}'] },
            { name: 'listed', files: '*.list', command: ['sh', '-c', '${test}'], list: ['sh', '${file}'] },
            { name: 'missing', files: '*.none', command: ['no-such-program', '${file}'] },
          ],
        },
      }),
      'scripts/syntax.sh': 'if true; then\n',
      'scripts/exits.sh': 'exit 0\n',
      'scripts/hangs.sh': 'sleep 3600\n',
      'scripts/empty.sh': '',
      'hangs.list': 'sleep 3600\n',
      'exits.list': 'echo true; echo "no database" >&2; exit 3\n',
      'empty.list': '',
      'well.list': `echo true; echo false; echo "true '${long}'"\n`,
      'a.none': '',
    },
    expected: {
      'syntax.sh': ['failed'],
      'exits.sh': ['passed'],
      'hangs.sh': ['timed-out'],
      'empty.sh': ['passed'],
      'hangs.list': ['error'],
      'exits.list': ['error'],
      'empty.list': [],
      'well.list': ['passed', 'failed', 'passed'],
      'a.none': ['error'],
    },
    said: {
      'hangs.list': /still running after 20 s/,
      'exits.list': /cannot be listed.*no database/,
      'a.none': /no-such-program/,
    },
  },
];
