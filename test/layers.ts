// node test/layers.ts [layer …]: runs the layers of tests one after the other, all of them even when one fails.
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';
import { execa } from 'execa';
import { collectFailures } from './bed/failures.ts';

const root = path.resolve(import.meta.dirname, '..');
const mocha = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');
const counted = path.join(root, 'test/bed/counted.ts');

function mochaLayer(layer: string, spec: string, timeoutMs: number): string[] {
  const report = ['--reporter', counted, '--reporter-option', `layer=${layer}`];
  return [mocha, '--forbid-only', '--fail-zero', '--timeout', String(timeoutMs), ...report, spec];
}

/** What `npm test` runs; `kernels` needs root and Debian once, and `windows` Wine, so they are asked for by name. */
const layers: Readonly<Record<string, readonly string[]>> = {
  unit: mochaLayer('unit', 'test/unit/**/*.test.ts', 20_000),
  engine: mochaLayer('engine', 'test/engine/**/*.test.ts', 60_000),
  keeper: mochaLayer('keeper', 'test/keeper/**/*.test.ts', 120_000),
  integration: ['test/bed/run-integration.ts', 'test/fixtures/editor-workspace'],
  ui: ['test/bed/run-ui.ts'],
  windows: mochaLayer('windows', 'test/windows/**/*.test.ts', 600_000),
  kernels: mochaLayer('kernels', 'test/kernels/**/*.test.ts', 600_000),
};
const usual = ['unit', 'engine', 'keeper', 'integration', 'ui'];

const asked = process.argv.slice(2);
const unknown = asked.filter(name => !(name in layers));
if (unknown.length > 0) {
  console.error(`There is no layer ${unknown.join(', ')}. The layers are ${Object.keys(layers).join(', ')}.`);
  process.exit(2);
}

const failed: string[] = [];
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'bulkhead-failures-'));
const failures = collectFailures(path.join(scratch, 'failures.txt'));
for (const name of asked.length > 0 ? asked : usual) {
  console.log(`\n── ${name} ──`);
  const { exitCode } = await execa(process.execPath, layers[name] ?? [], {
    cwd: root,
    env: failures.env,
    stdio: 'inherit',
    reject: false,
  });
  if (exitCode !== 0) failed.push(name);
}
const noted = fs.readFileSync(failures.file, 'utf8');
if (noted !== '') console.log(`\n── what failed, or passed only at a second attempt ──\n${noted}`);
fs.rmSync(scratch, { recursive: true });
console.log(failed.length > 0 ? `\nFailed: ${failed.join(', ')}.` : '\nEvery layer passed.');
process.exitCode = failed.length > 0 ? 1 : 0;
