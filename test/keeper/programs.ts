import { spawnSync } from 'node:child_process';
import { chmodSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { buildKeeper } from '../../src/cages/keeper/build.ts';

export const sources = join(import.meta.dirname, '../../src/cages/keeper');

/** `KEEPER_INSTRUMENT=address,undefined` runs all scenarios against a keeper with these sanitizers. */
export const instrumented = process.env['KEEPER_INSTRUMENT'] ?? '';
if (instrumented !== '') {
  // The leak checker must trace its own process, and the keeper forbids everyone to trace it: it would spin for ever.
  process.env['ASAN_OPTIONS'] ??= 'detect_leaks=0:halt_on_error=1';
  process.env['UBSAN_OPTIONS'] ??= 'halt_on_error=1:print_stacktrace=1';
}
export const sanitize = (which: string) => ['-g', `-fsanitize=${which}`, '-fno-sanitize-recover=all'];

export interface Programs {
  /** Every user may read and run what is in it; removed with the process. */
  readonly folder: string;
  readonly keeper: string;
  readonly attack: (name: string) => string;
}

let programs: Programs | string | undefined;

/** Compiles the keeper and the attacks once a process; a sentence where that cannot be. */
function compileAll(): Programs | string {
  if (process.platform !== 'linux') return `the attacks are written for Linux, this is ${process.platform}`;
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-keeper-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  const built = buildKeeper({
    out: join(folder, 'keeper'),
    ...(instrumented === '' ? {} : { instrument: sanitize(instrumented) }),
  });
  if (!built.ok && built.because.startsWith('no C compiler')) return built.because;
  // A keeper that does not compile is a failure, not a reason to skip.
  if (!built.ok) throw new Error(built.because);
  const flags = ['-O1', '-Wall', '-Wextra', '-Werror', '-std=gnu11'];
  for (const source of globSync('attacks/*.c', { cwd: import.meta.dirname })) {
    const out = join(folder, basename(source, '.c'));
    const run = spawnSync('cc', [...flags, join(import.meta.dirname, source), '-o', out], { encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`${source} does not compile: ${run.stderr || String(run.error)}`);
  }
  return { folder, keeper: built.path, attack: name => join(folder, name) };
}

/** For `before`: the programs, or the whole suite is skipped and says why. */
export function programsOrSkip(context: Mocha.Context): Programs {
  context.timeout(120_000);
  programs ??= compileAll();
  if (typeof programs !== 'string') return programs;
  skip(context, programs);
}

/** Skips with the reason in the test's own title, where every reporter shows it. */
export function skip(context: Mocha.Context, because: string): never {
  const runnable = context.currentTest ?? context.test;
  if (runnable) runnable.title += ` [skipped: ${because}]`;
  console.log(`      skipped: ${because}`);
  context.skip();
  throw new Error('unreachable');
}
