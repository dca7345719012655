// node test/checks.ts: types, lint and format, each counted as a test that passes or fails.
import * as path from 'node:path';
import { execa } from 'execa';

const root = path.resolve(import.meta.dirname, '..');
const modules = path.join(root, 'node_modules');
const checks: Readonly<Record<string, readonly string[]>> = {
  types: ['typescript/bin/tsc', '--noEmit'],
  lint: ['eslint/bin/eslint.js', '.', '--max-warnings', '0'],
  format: ['prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
};

let failed = 0;
for (const [name, [program = '', ...args]] of Object.entries(checks)) {
  const options = { cwd: root, stdio: 'inherit', reject: false } as const;
  const { exitCode } = await execa(process.execPath, [path.join(modules, program), ...args], options);
  console.log(`  ${exitCode === 0 ? '✔' : '✘'} ${name}`);
  if (exitCode !== 0) failed++;
}
console.log(`checks: ${Object.keys(checks).length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
