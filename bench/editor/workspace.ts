import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

export interface BenchWorkspace {
  readonly folder: string;
  remove(): void;
}

/** Real files of mocha, for what listing and opening them costs. */
export function mochaWorkspace(files: number, testsEach: number): BenchWorkspace {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-bench-mocha-'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'bench', scripts: { test: 'mocha' } }));
  writeFileSync(join(folder, '.mocharc.json'), JSON.stringify({ spec: ['test/**/*.test.js'] }));
  writeFileSync(join(folder, 'bulkhead.config.json'), JSON.stringify({ isolation: 'file' }));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const text = `for (let i = 0; i < ${testsEach}; i++) it('test ' + i, () => {});\n`;
  each(files, (place, name) => {
    mkdirSync(join(folder, 'test', place), { recursive: true });
    writeFileSync(join(folder, 'test', place, `${name}.test.js`), text);
  });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Files of TAP that `cat` prints, each in a cage: the tests themselves cost nothing, and all the rest is as real as can be. */
export function tapWorkspace(files: number, testsEach: number, line = okLine): BenchWorkspace {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-bench-tap-'));
  const command = { name: 'tap', files: 'test/**/*.tap', command: ['cat', '${file}'], verdict: 'tap' };
  writeFileSync(join(folder, 'bulkhead.config.json'), JSON.stringify({ frameworks: { command: [command] } }));
  each(files, (place, name, file) => {
    mkdirSync(join(folder, 'test', place), { recursive: true });
    const lines = Array.from({ length: testsEach }, (_, test) => line(file * testsEach + test, test + 1));
    writeFileSync(join(folder, 'test', place, `${name}.tap`), `TAP version 14\n1..${testsEach}\n${lines.join('')}`);
  });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

const messageBytes = 10_000;

export function failedLine(test: number, number: number): string {
  return `not ok ${number} - case ${test}\n  ---\n  message: '${test} ${'x'.repeat(messageBytes)}'\n  ...\n`;
}

/** A test that passes when it has printed so much. */
export function printingWorkspace(mebibytes: number): BenchWorkspace {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-bench-printing-'));
  const command = { name: 'prints', files: '*.sh', command: ['sh', '${file}'] };
  writeFileSync(
    join(folder, 'bulkhead.config.json'),
    JSON.stringify({ timeout: '10m', outputLimit: 'none', frameworks: { command: [command] } }),
  );
  const line = 'a line that is as long as lines are, and said again and again';
  writeFileSync(join(folder, 'prints.sh'), `yes '${line}' | head -c ${mebibytes * 1024 ** 2}\n`);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

function okLine(test: number, number: number): string {
  return `ok ${number} - case ${test}\n`;
}

/** A hundred files a folder. */
function each(files: number, make: (place: string, name: string, file: number) => void): void {
  for (let file = 0; file < files; file++) {
    make(`part-${String(Math.floor(file / 100)).padStart(2, '0')}`, `file-${String(file).padStart(4, '0')}`, file);
  }
}
