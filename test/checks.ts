// node test/checks.ts: types, lint, format and the texts for translation, each counted as a test that passes or fails.
import * as path from 'node:path';
import { execa } from 'execa';
import { noteFailure, tellCount } from './bed/failures.ts';

const root = path.resolve(import.meta.dirname, '..');
const inModules = (program: string) => path.join(root, 'node_modules', program);
const checks: Readonly<Record<string, readonly string[]>> = {
  types: [inModules('typescript/bin/tsc'), '--noEmit'],
  lint: [inModules('eslint/bin/eslint.js'), '.', '--max-warnings', '0'],
  format: [inModules('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'],
  texts: ['src/editor/write-texts.ts', '--check'],
};

let failed = 0;
for (const [name, args] of Object.entries(checks)) {
  const options = { cwd: root, stdio: 'inherit', reject: false } as const;
  const { exitCode } = await execa(process.execPath, args, options);
  console.log(`  ${exitCode === 0 ? '✔' : '✘'} ${name}`);
  if (exitCode === 0) continue;
  failed++;
  noteFailure('checks', name, 'its output is above');
}
tellCount('checks', { passed: Object.keys(checks).length - failed, failed, skipped: 0 });
process.exitCode = failed > 0 ? 1 : 0;
