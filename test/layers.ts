// node test/layers.ts [layer …]: runs the layers of tests in pieces, some beside each other, and all of them even when one fails.
// TEST_LANES=1 runs one after the other, and shows what they print as they print it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { addCounts, type Count, countLine } from './bed/failures.ts';
import { Lanes, type Outcome } from './bed/lanes.ts';
import { allLayers, piecesOf, usualLayers } from './bed/pieces.ts';

const asked = process.argv.slice(2);
const unknown = asked.filter(name => !allLayers.includes(name));
if (unknown.length > 0) {
  console.error(`There is no layer ${unknown.join(', ')}. The layers are ${allLayers.join(', ')}.`);
  process.exit(2);
}

const layers = asked.length > 0 ? asked : usualLayers;
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'bulkhead-layers-'));
const count = process.env['TEST_LANES'] ? Math.max(1, Number(process.env['TEST_LANES']) || 1) : lanesHere();
const lanes = new Lanes(count, scratch);
const prepare = path.join(import.meta.dirname, 'bed/prepare.ts');
const preparing = count > 1 ? spawn(process.execPath, [prepare, ...layers], { stdio: 'inherit' }) : null;
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    interrupted = true;
    preparing?.kill(signal);
    lanes.end(signal);
  });

const began = Date.now();
const outcomes = await lanes.run(piecesOf(layers), preparing ? once(preparing, 'exit') : undefined);
preparing?.kill();
fs.rmSync(scratch, { recursive: true });
const failures = outcomes.map(outcome => outcome.failures).join('');
if (failures !== '') console.log(`\n── what failed, or passed only at a second attempt ──\n${failures}`);
console.log(`\n── ${Math.round((Date.now() - began) / 1000)} s, of which the longest ──`);
for (const { piece, seconds } of outcomes.toSorted((one, other) => other.seconds - one.seconds).slice(0, 12))
  console.log(`${String(seconds).padStart(5)} s  ${piece.layer}: ${piece.name}`);
console.log('');
for (const layer of layers) console.log(countLine(layer, countOf(layer, outcomes)));
const failed = layers.filter(layer => countOf(layer, outcomes).failed > 0);
if (interrupted) console.log('\nInterrupted: what is counted above is not all.');
else console.log(failed.length > 0 ? `\nFailed: ${failed.join(', ')}.` : '\nEvery layer passed.');
process.exitCode = interrupted ? 130 : failed.length > 0 ? 1 : 0;

function countOf(layer: string, all: readonly Outcome[]): Count {
  const counts = all.filter(({ piece }) => piece.layer === layer).map(({ count }) => count);
  return counts.reduce(addCounts, { passed: 0, failed: 0, skipped: 0 });
}

/** One more than there are processors, as many tests wait for a time to pass, while each has memory for a VS Code and its browser. */
function lanesHere(): number {
  // Elsewhere nothing keeps two processes from installing the same thing at once.
  if (process.platform !== 'linux') return 1;
  const roomFor = Math.floor(os.totalmem() / (4 * 1024 ** 3));
  return Math.max(1, Math.min(os.availableParallelism() + 1, roomFor));
}
