import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');
const keeperAttacks = join(root, 'test/keeper/attacks');
const flags = ['-O1', '-Wall', '-Wextra', '-Werror', '-std=gnu11', '-static', `-I${keeperAttacks}`];

/** In the repository, so that a kernel bed without a compiler finds what its host has built. */
export const programs = join(root, 'out/attacks');

/** Compiles what is missing or out of date; a sentence where that cannot be. */
export function compileAttacks(): { readonly ok: true } | { readonly ok: false; readonly because: string } {
  if (process.platform !== 'linux') return no(`the attacks are written for Linux, this is ${process.platform}`);
  const sources = [keeperAttacks, join(import.meta.dirname, 'programs')].flatMap(folder =>
    globSync('*.c', { cwd: folder }).map(name => join(folder, name)),
  );
  const newestHeader = changed(join(keeperAttacks, 'attack.h'));
  const stale = sources.filter(source => changed(built(source)) < Math.max(changed(source), newestHeader));
  if (stale.length === 0) return { ok: true };
  if (spawnSync('cc', ['--version']).status !== 0) {
    if (sources.every(source => existsSync(built(source)))) return { ok: true };
    return no('there is no C compiler, and out/attacks holds no programs from a machine that has one');
  }
  mkdirSync(programs, { recursive: true });
  for (const source of stale) {
    // Renamed when it is whole: another run may be starting the program at this moment.
    const draft = `${built(source)}.${process.pid}`;
    const run = spawnSync('cc', [...flags, source, '-o', draft], { encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`${source} does not compile: ${run.stderr || String(run.error)}`);
    renameSync(draft, built(source));
  }
  return { ok: true };
}

function no(because: string) {
  return { ok: false, because } as const;
}

function built(source: string): string {
  return join(programs, basename(source, '.c'));
}

function changed(path: string): number {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}
