/**
 * How far a hog of 2 GiB/s gets above a cap of 128 MiB that a Node in front of it watches. The true peak is the kernel's own record,
 * of a control group that counts and caps nothing. `npm run build && node bench/node-keeper-overshoot.ts [rounds] [--check]`.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { openMechanism } from '../src/cages/detect.ts';
import { findAddon } from '../src/cages/find-keeper.ts';
import { CagedProcess } from '../src/engine/caged-process.ts';
import { compileAttacks, programs } from '../test/engine/attacks/compiled.ts';
import { limits } from '../test/engine/caged.ts';
import { newV1Group } from '../test/keeper/groups.ts';
import { asSelf } from '../test/keeper/kept.ts';

const mib = 1024 ** 2;
const cap = 128 * mib;
const promise = 0.1;
const rounds = Number(process.argv.slice(2).find(word => /^\d+$/.test(word)) ?? 20);

const compiled = compileAttacks();
if (!compiled.ok) throw new Error(compiled.because);
const mechanism = await openMechanism('node-keeper', null, findAddon(resolve(import.meta.dirname, '../dist')));
const over: number[] = [];
for (let round = 0; round < rounds; round++) {
  const group = newV1Group(asSelf);
  if (typeof group === 'string') throw new Error(group);
  const hog = `exec ${join(programs, 'hog')} ${randomUUID()} 512 2048 1 5000 huge`;
  const caged = new CagedProcess({
    id: randomUUID(),
    mechanism,
    launch: {
      file: '/bin/sh',
      args: ['-c', `echo $$ > ${group.folder}/cgroup.procs; ${hog}`],
      cwd: '/tmp',
      env: {},
    },
    limits: { ...limits, memoryBytes: cap },
    onEvent: () => {},
    onOutput: () => {},
    onStop: () => {},
  });
  const { stop } = await caged.finished;
  if (stop?.kind !== 'over-memory') throw new Error(`ended otherwise: ${JSON.stringify(stop)}`);
  over.push(Number(readFileSync(join(group.folder, 'memory.max_usage_in_bytes'), 'utf8')) / cap - 1);
  await group.remove();
}
await mechanism.close();

over.sort((a, b) => a - b);
const percent = (part: number) => `${(part * 100).toFixed(1)} %`;
const [median, worst] = [over[Math.floor(rounds / 2)]!, over.at(-1)!];
console.log(`${rounds} rounds: median ${percent(median)}, worst ${percent(worst)} (promised: ${percent(promise)}).`);
console.log(`Load ${loadavg()[0]!.toFixed(1)}.`);
if (process.argv.includes('--check') && worst > promise) process.exitCode = 1;
