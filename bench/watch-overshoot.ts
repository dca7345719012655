/**
 * How far a test gets above a memory cap that is only watched. The true peak is the kernel's own record, of a control group
 * that counts and caps nothing. Each way takes its turn in every round, so that all share the same load.
 * `node bench/watch-overshoot.ts [rounds] [--check] [--only=WORDS] [--against=KEEPER]`; with --check a broken promise is exit
 * code 1, and with --against another keeper takes its turns in the same run.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildKeeper } from '../src/cages/keeper/build.ts';
import { newV1Group, newV2Group, type Group } from '../test/keeper/groups.ts';
import { asSelf, Kept } from '../test/keeper/kept.ts';
import { newTag } from '../test/keeper/living.ts';

const mib = 1024 ** 2;
const cap = 128 * mib;
/** What the watched cages promise of one process that is given a core of its own, and the watch another. */
const promise = 0.1;

interface Way {
  readonly name: string;
  readonly keeper: string;
  readonly options: readonly string[];
  /** What follows the tag: MiB, MiB/s together (0: as fast as they can), processes, how long to stay, huge pages. */
  readonly hog: readonly string[];
  readonly promised: boolean;
}

const cages = { subreaper: [], namespaces: ['--pidns'] } as const;

function waysOf(keeper: string, remark: string): Way[] {
  return Object.entries(cages).flatMap(([cage, options]) =>
    ['1', '8'].flatMap(hogs => {
      const way = (pace: string, hog: string[]): Way => {
        const name = `${cage}, ${hogs} ${hogs === '1' ? 'hog' : 'hogs'}, ${pace}${remark}`;
        return { name, keeper, options, hog, promised: remark === '' && pace === '2 GiB/s' };
      };
      return [
        // Ordinary pages come too slowly on some virtual machines to ever be 2 GiB/s.
        way('2 GiB/s', ['512', '2048', hogs, '5000', 'huge']),
        way('flat out', ['512', '0', hogs, '5000']),
        way('flat out in huge pages', ['512', '0', hogs, '5000', 'huge']),
      ];
    }),
  );
}

const rounds = Number(process.argv.slice(2).find(word => /^\d+$/.test(word)) ?? 20);
const folder = mkdtempSync(join(tmpdir(), 'bulkhead-bench-'));
const built = buildKeeper({ out: join(folder, 'keeper') });
if (!built.ok) {
  console.log(`Nothing to measure: ${built.because}`);
  process.exit(0);
}
const option = (name: string) => process.argv.find(word => word.startsWith(`${name}=`))?.slice(name.length + 1);
const other = option('--against');
const ways = [...waysOf(built.path, ''), ...(other === undefined ? [] : waysOf(other, ', by the other keeper'))].filter(
  ({ name }) => name.includes(option('--only') ?? ''),
);
const hog = join(folder, 'hog');
const source = join(import.meta.dirname, '../test/keeper/attacks/hog.c');
const compiled = spawnSync('cc', ['-O1', '-std=gnu11', source, '-o', hog], { encoding: 'utf8' });
if (compiled.status !== 0) throw new Error(`the hog does not compile: ${compiled.stderr || String(compiled.error)}`);

/** A group with a record of its peak; a sentence where there is none. */
function countingGroup(): { readonly group: Group; readonly peak: () => number } | string {
  const v1 = newV1Group(asSelf);
  if (typeof v1 !== 'string') {
    return { group: v1, peak: () => Number(readFileSync(join(v1.folder, 'memory.max_usage_in_bytes'), 'utf8')) };
  }
  const v2 = newV2Group(asSelf);
  if (typeof v2 === 'string') return `${v1}; ${v2}`;
  return { group: v2, peak: () => Number(readFileSync(join(v2.folder, 'memory.peak'), 'utf8')) };
}

interface Attempt {
  readonly overshoot: number;
  /** MiB/s without a cap. */
  readonly rate: number;
}

/** Alone and uncapped, so that a hog that never was as fast as it should be does not flatter the watch. */
function freeRate([size = '', rate = '', hogs = '', , ...huge]: readonly string[]): number {
  const began = performance.now();
  const run = spawnSync(hog, [newTag(), size, rate, hogs, '0', ...huge], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`the hog itself failed: ${run.stdout}${run.stderr}`);
  return Number(size) / ((performance.now() - began) / 1000);
}

async function attempt(way: Way): Promise<Attempt> {
  const rate = freeRate(way.hog);
  const counting = countingGroup();
  if (typeof counting === 'string') throw new Error(`no control group counts memory here: ${counting}`);
  const { group, peak } = counting;
  try {
    const options = ['--cgroup', group.folder, '--mem', String(cap), ...way.options];
    const command = [hog, newTag(), ...way.hog];
    const kept = new Kept({ keeper: way.keeper, prefix: group.prefix, options, command });
    const done = await kept.event('done');
    await kept.closed;
    if (done['reason'] !== 'memory') throw new Error(`ended because of ${String(done['reason'])}: ${kept.output}`);
    return { overshoot: peak() / cap - 1, rate };
  } finally {
    await group.remove();
  }
}

const attempts = new Map(ways.map(way => [way, [] as Attempt[]]));
for (let round = 0; round < rounds; round++) {
  for (const way of ways) attempts.get(way)?.push(await attempt(way));
}
rmSync(folder, { recursive: true });

const at = (sorted: number[], share: number) => sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)]!;
const percent = (value: number) => `${(value * 100).toFixed(1)} %`;
console.log(
  `cap 128 MiB, ${rounds} rounds each, ${availableParallelism()} cores, load ${(loadavg()[0] ?? 0).toFixed(2)}; overshoot = peak / cap - 1\n`,
);
console.log(
  '| way | median | p90 | worst | within 10 % | MiB/s without a cap | promise |\n|---|---|---|---|---|---|---|',
);
let broken = 0;
for (const [way, seen] of attempts) {
  const sorted = seen.map(({ overshoot }) => overshoot).sort((a, b) => a - b);
  const rates = seen.map(({ rate }) => rate).sort((a, b) => a - b);
  const median = at(sorted, 0.5);
  const within = sorted.filter(overshoot => overshoot <= promise).length;
  const held = way.promised ? `median ≤ ${percent(promise)}: ${median <= promise ? 'held' : 'BROKEN'}` : '';
  if (held.endsWith('BROKEN')) broken += 1;
  const cells = [percent(median), percent(at(sorted, 0.9)), percent(at(sorted, 1)), `${within} of ${rounds}`];
  console.log(`| ${way.name} | ${cells.join(' | ')} | ${Math.round(at(rates, 0.5))} | ${held} |`);
}
if (broken > 0 && process.argv.includes('--check')) process.exitCode = 1;
