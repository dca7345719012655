import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kin } from '../cages/kin.ts';
import { ownCgroups } from '../cages/mounts.ts';
import { endGroup, killNow, sweepAbandoned } from '../cages/owner.ts';
import { linuxProcesses, readProcess } from '../cages/processes.ts';
import type { ProcessInfo } from '../protocol/limits.ts';
import type { ReapedWarden, Reaping } from '../protocol/messages.ts';
import { reapedText, unfinishedText } from '../reports/processes.ts';
import type { Page } from './ledger-page.ts';
import { ledgerPlaces } from './ledger-places.ts';
import { isKeeper, Members } from './members.ts';
import { readLedger } from './observation.ts';

type EnteredCage = Page['cages'][number];

/**
 * Ends what dead wardens of this user have left. A number and a start time alone are never enough to kill: a process must
 * also be in the cage's control group, carry its cookie, descend from one that does, or be its keeper by its command line.
 */
export async function sweep(places: readonly string[] = ledgerPlaces()): Promise<Reaping> {
  const dead = readLedger(places).filter(({ state }) => state === 'dead');
  const wardens: ReapedWarden[] = [];
  const unfinished: string[] = [];
  for (const page of dead) wardens.push(await reapPage(page, unfinished));
  await sweepUnlisted(unfinished);
  return { wardens, unfinished };
}

/** Nobody waits for it: what is left of another warden keeps no test of this one from running. */
export async function sweepAtStart(log: (level: 'info' | 'warn', text: string) => void): Promise<void> {
  try {
    const { wardens, unfinished } = await sweep();
    for (const reaped of wardens) log('info', reapedText(reaped));
    for (const each of unfinished) log('warn', unfinishedText(each));
  } catch (error) {
    log('warn', `What dead wardens may have left could not be looked for: ${(error as Error).message}`);
  }
}

async function reapPage(page: Page, unfinished: string[]): Promise<ReapedWarden> {
  const killed = new Map<number, ProcessInfo>();
  const survivors: ProcessInfo[] = [];
  const owners = new Set<string>();
  const members = new Members();
  const failed: string[] = [];
  for (const cage of page.cages) {
    for (const { pid, parent, started, command } of members.of(cage)) {
      killed.set(pid, { pid, parent, started, command });
    }
    for (const group of cage.groups) {
      owners.add(dirname(group));
      survivors.push(
        ...(await endGroup(group).catch((error: Error) => {
          failed.push(error.message);
          return [];
        })),
      );
    }
    if (cage.cookie !== null) survivors.push(...(await endKin(cage.cookie)));
    endKeeper(cage);
  }
  // Another warden may be at it too. One that stays is swept once more, with those that stand on no page.
  for (const owner of owners) await endGroup(owner).catch(() => []);
  for (const { pid } of survivors) killed.delete(pid);
  if (survivors.length === 0 && failed.length === 0) rmSync(page.path, { force: true });
  unfinished.push(...failed);
  const cages = page.cages.map(({ subject }) => subject);
  return { pid: page.owner.pid, cages, killed: [...killed.values()], survivors: distinct(survivors) };
}

async function endKin(cookie: string): Promise<ProcessInfo[]> {
  const kin = new Kin(linuxProcesses, cookie);
  for (let round = 0, empty = 0; round < 100 && empty < 2; round++) {
    empty = kin.killRound() ? empty + 1 : 0;
    await sleep(round < 20 ? 1 : 10);
  }
  return kin.look().map(({ pid, parent, started, command }) => ({ pid, parent, started, command }));
}

/** A keeper ends with its warden, unless a test has stopped it. */
function endKeeper({ keeper, held }: EnteredCage): void {
  const row = held && keeper !== null ? readProcess(held.pid) : null;
  if (row && row.started === held?.started && isKeeper(row, keeper)) killNow(row.pid);
}

/** Control groups that stand on no page: of a warden whose page was lost or could not be written. */
async function sweepUnlisted(unfinished: string[]): Promise<void> {
  if (process.platform !== 'linux') return;
  const { unified, legacy } = ownCgroups();
  for (const base of new Set([...legacy.values(), ...(unified ? [unified] : [])])) {
    await sweepAbandoned(base).catch((error: Error) => unfinished.push(error.message));
  }
}

function distinct(processes: readonly ProcessInfo[]): ProcessInfo[] {
  return [...new Map(processes.map(each => [each.pid, each])).values()];
}
