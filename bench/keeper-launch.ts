/**
 * What a keeper adds to a launch: /bin/true from spawn to the last pipe's end, each way in turn so that all share the same load.
 * `node bench/keeper-launch.ts [launches] [--check]`; with --check a broken promise is exit code 1.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import { findAddon } from '../src/cages/find-keeper.ts';
import { buildKeeper } from '../src/cages/keeper/build.ts';
import { newV1Group, newV2Group, type Group } from '../test/keeper/groups.ts';
import { asSelf } from '../test/keeper/kept.ts';
import { until } from '../test/keeper/living.ts';

interface Way {
  readonly name: string;
  /** The most that its median may add to a plain spawn. */
  readonly promiseMs?: number;
  readonly words: (launch: number) => string[];
  /** What it is told over its socket, on which it waits for an answer to its last line. */
  readonly order?: object;
  readonly after?: (launch: number) => Promise<void>;
}

const launches = Number(process.argv.slice(2).find(word => /^\d+$/.test(word)) ?? 200);
const folder = mkdtempSync(join(tmpdir(), 'bulkhead-bench-'));
const built = buildKeeper({ out: join(folder, 'keeper') });
if (!built.ok) {
  console.log(`Nothing to measure: ${built.because}`);
  process.exit(0);
}

const between = join(folder, 'between');
const [compiler = 'cc', ...flags] = built.compiler.split(' ');
const linking = built.linked === 'static' ? ['-static'] : [];
const compiled = spawnSync(
  compiler,
  [...flags, '-O2', '-s', ...linking, join(import.meta.dirname, 'between.c'), '-o', between],
  { stdio: 'inherit' },
);
if (compiled.status !== 0) throw new Error('between.c does not compile');

/** With what a warden asks of every keeper, but for the wait for its answer to the last line. */
const kept = (...options: string[]) => [
  ...[built.path, '--ctl', '4', '--core', '0', '--oom-score-adj', '800'],
  ...options,
  ...['--', '/bin/true'],
];

/** A cgroup is made for each launch, inside the measured time; it is removed outside, as a launcher does it. */
function inGroup(name: string, group: Group | string): Way[] {
  if (typeof group === 'string') {
    console.log(`Left out: ${name}, because ${group}.`);
    return [];
  }
  const path = (launch: number) => join(dirname(group.folder), `bulkhead-bench-${process.pid}-${launch}`);
  return [
    {
      name,
      promiseMs: 3,
      words: launch => {
        mkdirSync(path(launch));
        return kept('--cgroup', path(launch));
      },
      after: async launch => {
        const remove = () => {
          try {
            rmdirSync(path(launch));
            return true;
          } catch {
            // Busy for a moment after its last process has ended.
            return false;
          }
        };
        if (!(await until(remove, 2000))) throw new Error(`${path(launch)} cannot be removed`);
      },
    },
  ];
}

/** As long as `npm run build` has brought what it needs. */
function inNode(): Way[] {
  const dist = join(import.meta.dirname, '../dist');
  const addon = findAddon(dist);
  const script = join(dist, 'node-keeper.cjs');
  if (addon === null || !existsSync(script)) {
    console.log('Left out: keeper in Node, because npm run build has not brought it.');
    return [];
  }
  const words = [process.execPath, script, '--ctl', '4', '--addon', addon, '--poll', '10'];
  return [{ name: 'keeper in Node', words: () => words, order: { file: '/bin/true', args: [], env: {} } }];
}

function launch(words: string[], order?: object): Promise<number> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const [program = '', ...rest] = words;
    const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'] });
    for (const stream of child.stdio.slice(1)) (stream as Duplex).resume();
    if (order) {
      const control = child.stdio[4] as Duplex;
      control.write(`order ${JSON.stringify(order)}\n`);
      control.on('data', (said: Buffer) => said.includes('"done"') && control.end());
    }
    child.once('error', reject).once('close', code => {
      if (code === 0) resolve(performance.now() - began);
      else reject(new Error(`${words.join(' ')} ended with ${code}`));
    });
  });
}

const [v1, v2] = [newV1Group(asSelf), newV2Group(asSelf)];
const ways: Way[] = [
  { name: 'plain spawn', words: () => ['/bin/true'] },
  { name: 'a program between that only waits', words: () => [between, '/bin/true'] },
  { name: 'keeper', promiseMs: 2, words: () => kept() },
  { name: 'keeper, watching memory', words: () => kept('--mem', String(512 * 1024 * 1024)) },
  { name: 'keeper --pidns', words: () => kept('--pidns') },
  ...inNode(),
  ...inGroup('keeper + cgroup v1', v1),
  ...inGroup('keeper + cgroup v2', v2),
];

const times = new Map(ways.map(way => [way, [] as number[]]));
const warmUp = 10;
for (let round = -warmUp; round < launches; round++) {
  for (const way of ways) {
    const took = await launch(way.words(round + warmUp), way.order);
    await way.after?.(round + warmUp);
    if (round >= 0) times.get(way)?.push(took);
  }
}
for (const group of [v1, v2]) if (typeof group !== 'string') await group.remove();
rmSync(folder, { recursive: true });

const at = (sorted: number[], share: number) => sorted[Math.floor(sorted.length * share)] ?? NaN;
const rows = ways.map(way => {
  const sorted = (times.get(way) ?? []).sort((a, b) => a - b);
  return { way, min: at(sorted, 0), p50: at(sorted, 0.5), p95: at(sorted, 0.95) };
});
const plain = rows[0]?.p50 ?? NaN;
const ms = (value: number) => value.toFixed(2);
console.log(
  `keeper ${Math.round(built.bytes / 1024)} KiB (${built.compiler}), ${launches} launches each, load ${ms(loadavg()[0] ?? 0)}; ms\n`,
);
console.log('| way | min | p50 | p95 | added p50 | ratio | promise |\n|---|---|---|---|---|---|---|');
let broken = 0;
for (const { way, min, p50, p95 } of rows) {
  const added = p50 - plain;
  const held = way.promiseMs === undefined ? '' : `≤ ${way.promiseMs}: ${added <= way.promiseMs ? 'held' : 'BROKEN'}`;
  if (held.endsWith('BROKEN')) broken += 1;
  console.log(`| ${way.name} | ${ms(min)} | ${ms(p50)} | ${ms(p95)} | ${ms(added)} | ${ms(p50 / plain)} | ${held} |`);
}
if (broken > 0 && process.argv.includes('--check')) process.exitCode = 1;
