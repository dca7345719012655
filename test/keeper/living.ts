import { readdirSync, readFileSync } from 'node:fs';

let next = 0;

/** A word that no other command line on the machine has. */
export function newTag(): string {
  next += 1;
  return `keepertest-${process.pid}-${next}-`;
}

function read(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    // The process ended between the listing and the reading.
    return '';
  }
}

/** Processes whose command line has the tag, by looking at the whole machine; a zombie has no command line. */
export function living(tag: string, except: readonly number[] = []): number[] {
  return readdirSync('/proc')
    .filter(name => /^[0-9]+$/.test(name) && read(name, 'cmdline').includes(tag))
    .map(Number)
    .filter(pid => !except.includes(pid));
}

export async function until(condition: () => boolean, boundMs: number): Promise<boolean> {
  const end = performance.now() + boundMs;
  while (!condition()) {
    if (performance.now() > end) return false;
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  return true;
}

export const sleep = (milliseconds: number) => new Promise<void>(resolve => setTimeout(resolve, milliseconds));
