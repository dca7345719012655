import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { type Owner, ownerOf } from '../cages/owner.ts';
import { mechanismOrder } from '../cages/order.ts';
import type { MechanismName } from '../protocol/limits.ts';
import type { CageSubject } from '../protocol/messages.ts';

/** What a warden says of itself in the first line of its page. */
export interface WardenEntry {
  readonly boot: string;
  readonly host: string;
  readonly since: number;
  readonly folders: readonly string[];
}

/** Written before anything is in the cage. */
export interface CageEntry {
  readonly cage: string;
  readonly mechanism: MechanismName;
  readonly cookie: string | null;
  readonly groups: readonly string[];
  readonly keeper: string | null;
  readonly command: string;
  readonly since: number;
  readonly memoryCapBytes: number | null;
  readonly subject: CageSubject;
}

/** The process in front of a cage: its keeper, or else its leader. */
export interface Held {
  readonly pid: number;
  readonly started: string;
}

export type Line =
  | ({ readonly entry: 'warden'; readonly version: 1 } & WardenEntry)
  | ({ readonly entry: 'cage' } & CageEntry)
  | ({ readonly entry: 'held'; readonly cage: string } & Held)
  | { readonly entry: 'empty'; readonly cage: string };

export interface Page {
  readonly path: string;
  readonly owner: Owner;
  /** Null: it cannot be read any more. */
  readonly warden: WardenEntry | null;
  /** Not yet known to be empty. */
  readonly cages: readonly (CageEntry & { readonly held: Held | null })[];
  /** Lines that are none: cut off by a kill, or damaged. */
  readonly faults: number;
}

/** A page is rewritten long before it is as large as this. */
const mostBytes = 8 * 1024 ** 2;

/** Null: the name is no warden's, or it is gone. Whatever stands in the file, reading it does no harm and takes no time. */
export function readPage(place: string, name: string): Page | null {
  const owner = ownerOf(name.replace(/\.ndjson$/, ''));
  const path = join(place, name);
  const text = owner && name.endsWith('.ndjson') ? textOf(path) : null;
  if (owner === null || text === null) return null;
  let warden: WardenEntry | null = null;
  const cages = new Map<string, CageEntry & { held: Held | null }>();
  let faults = 0;
  for (const raw of text.split('\n')) {
    if (raw === '') continue;
    const line = parseLine(raw, name.slice(0, -'.ndjson'.length));
    switch (line?.entry) {
      case undefined:
        faults++;
        break;
      case 'warden':
        warden ??= line;
        break;
      case 'cage':
        cages.set(line.cage, { ...line, held: null });
        break;
      case 'held': {
        const cage = cages.get(line.cage);
        if (cage) cage.held = { pid: line.pid, started: line.started };
        break;
      }
      case 'empty':
        cages.delete(line.cage);
        break;
    }
  }
  return { path, owner, warden, cages: [...cages.values()], faults };
}

function textOf(path: string): string | null {
  let descriptor: number;
  try {
    // A pipe of that name would keep the reader waiting, and a link lead it elsewhere.
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch {
    // Removed meanwhile, or not ours to read.
    return null;
  }
  try {
    const { size } = fstatSync(descriptor);
    const buffer = Buffer.alloc(Math.min(size, mostBytes));
    return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, buffer.length, 0));
  } catch {
    // A folder, a device: no page.
    return null;
  } finally {
    closeSync(descriptor);
  }
}

function parseLine(raw: string, owner: string): Line | null {
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    // Counted as a fault of the page.
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const line = value as Record<string, unknown>;
  const fits = shapes[String(line['entry']) as Line['entry']]?.(line, owner) ?? false;
  return fits ? (value as Line) : null;
}

const shapes: Record<Line['entry'], (line: Record<string, unknown>, owner: string) => boolean> = {
  warden: ({ boot, host, since, folders }) =>
    isText(boot) && isText(host) && isNumber(since) && Array.isArray(folders) && folders.every(isText),
  cage: ({ cage, mechanism, cookie, groups, keeper, command, since, memoryCapBytes, subject }, owner) =>
    isText(cage) &&
    mechanismOrder.includes(mechanism as MechanismName) &&
    (cookie === null || (isText(cookie) && cookie.startsWith(`${ownerOf(owner)?.pid}.${cage}.`))) &&
    Array.isArray(groups) &&
    groups.every(path => isText(path) && path.endsWith(`/${owner}/${cage}`) && !path.split('/').includes('..')) &&
    (keeper === null || isText(keeper)) &&
    isText(command) &&
    isNumber(since) &&
    (memoryCapBytes === null || isNumber(memoryCapBytes)) &&
    isSubject(subject),
  held: ({ cage, pid, started }) => isText(cage) && Number.isSafeInteger(pid) && Number(pid) > 1 && isText(started),
  empty: ({ cage }) => isText(cage),
};

function isSubject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { label, run, test } = value as Record<string, unknown>;
  return isText(label) && (run === null || isText(run)) && (test === null || isText(test));
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
