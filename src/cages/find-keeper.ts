import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { KeeperFacts } from '../protocol/diagnosis.ts';
import { loadKoffi } from './koffi.ts';

/** The keeper that came with this package for this machine, if it is there and runs. */
export async function findKeeper(dist: string): Promise<string | null> {
  const keeper = await lookForKeeper(dist);
  return keeper.state === 'works' ? keeper.path : null;
}

/**
 * A folder may forbid programs, so only one that has run is believed. On Windows the kernel is the keeper, and what is looked
 * for is the addon by which it is asked.
 */
export async function lookForKeeper(dist: string): Promise<KeeperFacts> {
  const windows = process.platform === 'win32';
  const path = join(dist, 'keeper', `${process.platform}-${process.arch}`, windows ? 'koffi.node' : 'keeper');
  if (!existsSync(path)) return { state: 'missing', path };
  try {
    if (windows) loadKoffi(path);
    else await promisify(execFile)(path, ['--', 'true'], { timeout: 5000 });
    return { state: 'works', path };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { state: 'refused', path, because: String(code ?? message) };
  }
}

/** On Linux, what stands in for a keeper that cannot be had; whether it loads is found out by who uses it. */
export function findAddon(dist: string): string | null {
  const path = linuxAddon(dist);
  return process.platform === 'linux' && existsSync(path) ? path : null;
}

export function lookForAddon(dist: string): KeeperFacts | null {
  if (process.platform !== 'linux') return null;
  const path = linuxAddon(dist);
  if (!existsSync(path)) return { state: 'missing', path };
  try {
    loadKoffi(path);
    return { state: 'works', path };
  } catch (error) {
    return { state: 'refused', path, because: (error as Error).message };
  }
}

function linuxAddon(dist: string): string {
  return join(dist, 'keeper', `linux-${process.arch}`, 'koffi.node');
}
