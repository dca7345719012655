// node test/bed/sum-counts.ts <log> <exit code of the tests> <layer …>: adds up the count lines of these layers in a log.
// A layer that never told its count has failed, and so has a run that ended badly without saying which test did.
import * as fs from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

const [log = '', code = '1', ...layers] = process.argv.slice(2);
const countLine = /^([\w -]+): (\d+) passed, (\d+) failed(?:, \d+ skipped)?$/;

let passed = 0;
let failed = 0;
const told = new Set<string>();

for (const line of stripVTControlCharacters(fs.readFileSync(log, 'utf8')).split(/\r?\n/)) {
  const [, layer, ...counts] = countLine.exec(line.trim()) ?? [];
  // A program under test may well print such a line too.
  if (layer === undefined || !layers.includes(layer)) continue;
  const [passes = 0, failures = 0] = counts.map(Number);
  passed += passes;
  failed += failures;
  if (passes + failures > 0) told.add(layer);
}

for (const layer of layers.filter(name => !told.has(name))) {
  console.log(`The ${layer} tests did not run: they never told their count.`);
  failed++;
}
if (code !== '0' && failed === 0) {
  console.log(`The test command ended with code ${code}, although no test failed: see what it printed last.`);
  failed++;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
