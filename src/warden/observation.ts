import { readdirSync, rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { bootId } from '../cages/boot.ts';
import { stateOf } from '../cages/owner.ts';
import type { WardenSight } from '../protocol/messages.ts';
import { type Page, readPage } from './ledger-page.ts';
import { isPrivate, ledgerPlaces } from './ledger-places.ts';
import { Members, usageOf } from './members.ts';

/** A page that nobody can judge from here is of no use to anybody after so long. */
const longestMs = 30 * 24 * 3_600_000;

export interface SeenPage extends Page {
  readonly state: WardenSight['state'];
}

/** Every page of this user; those of a former boot of this machine are thrown away, for nothing on them can be alive. */
export function readLedger(places: readonly string[] = ledgerPlaces()): SeenPage[] {
  return places.flatMap(place => namesIn(place).flatMap(name => look(place, name)));
}

function look(place: string, name: string): SeenPage[] {
  const page = readPage(place, name);
  if (page === null) return [];
  const { boot, host } = page.warden ?? { boot: bootId(), host: hostname() };
  const here = boot === bootId();
  const state = here ? stateOf(page.owner) : 'elsewhere';
  if (state === 'elsewhere' && ((!here && host === hostname()) || isOld(page.path))) {
    rmSync(page.path, { force: true });
    return [];
  }
  return [{ ...page, state }];
}

function namesIn(place: string): string[] {
  try {
    return isPrivate(place) ? readdirSync(place) : [];
  } catch {
    // Not for us to read.
    return [];
  }
}

function isOld(path: string): boolean {
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts !== undefined && Date.now() - facts.mtimeMs > longestMs;
}

/** What is alive now of every warden of this user, of the dead ones too. */
export function observe(places: readonly string[] = ledgerPlaces()): WardenSight[] {
  return sightsOf(readLedger(places));
}

/** Dead wardens of which a process lives on; as long as there is no dead warden, this reads a few pages and no process. */
export function leftovers(places: readonly string[] = ledgerPlaces()): WardenSight[] {
  const dead = readLedger(places).filter(({ state, cages }) => state === 'dead' && cages.length > 0);
  return sightsOf(dead)
    .map(sight => ({ ...sight, cages: sight.cages.filter(({ processes }) => processes.length > 0) }))
    .filter(({ cages }) => cages.length > 0);
}

function sightsOf(pages: readonly SeenPage[]): WardenSight[] {
  if (pages.length === 0) return [];
  const members = new Members();
  return pages.map(({ owner, state, warden, cages }) => ({
    pid: owner.pid,
    state,
    since: warden?.since ?? null,
    folders: warden?.folders ?? [],
    memoryBytes: state === 'alive' ? (members.row(owner.pid)?.memoryBytes ?? null) : null,
    cages: cages.map(cage => {
      const processes = state === 'elsewhere' ? [] : members.of(cage).map(usageOf);
      return {
        ...cage.subject,
        name: cage.cage,
        mechanism: cage.mechanism,
        memoryBytes: processes.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
        memoryCapBytes: cage.memoryCapBytes,
        processes,
        ageMs: Date.now() - cage.since,
      };
    }),
  }));
}
