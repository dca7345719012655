import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { globSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { living, sleep } from '../../keeper/living.ts';
import { slowness } from '../alive.ts';
import { type Attacker, type Offered, thisUser } from './attacker.ts';
import { checkCell } from './check.ts';
import { compileAttacks } from './compiled.ts';
import { ordinaryUser } from './other-user.ts';
import { type Attack, attacks, type Cell, type Column, columns, type NotTried } from './table.ts';

/** `BULKHEAD_ROUNDS=50` is the long form. */
const rounds = Number(process.env['BULKHEAD_ROUNDS'] ?? 1);
const shared = '/dev/shm';

const attackers: Attacker[] = [await thisUser()];
const other = await ordinaryUser();
if (typeof other !== 'string') attackers.push(other);
else if (attackers[0]!.isRoot) {
  describe('attacks by an ordinary user', () => it.skip(`are not tried on this machine: ${other}`));
}

describe('attacks', () => {
  before(function () {
    this.timeout(120_000);
    const compiled = compileAttacks();
    if (compiled.ok) return;
    console.log(`      skipped: ${compiled.because}`);
    this.skip(); // for the reason just printed
  });

  for (const attacker of attackers) {
    for (const { name, because } of attacker.missing) {
      describe(`on ${name}, by ${attacker.label}`, () => it.skip(`are not tried on this machine: ${because}`));
    }
    for (const cage of attacker.here) {
      describe(`on ${cage.name}, by ${attacker.label}`, () => attackAll(attacker, cage));
    }
  }
});

function attackAll(attacker: Attacker, cage: Offered): void {
  const column = columns.find(name => name === cage.name);
  it('have a column in the table, which says what the cage itself claims', () => {
    assert.ok(column, `${cage.name} has no column`);
    for (const attack of attacks) {
      const cell: Cell | NotTried = attack.cells[column];
      if ('because' in cell) continue;
      const { memory, cleanup, processes } = cage.properties;
      if (cell.memory !== null) assert.equal(cell.memory === 'capped', memory.level === 'enforced', attack.name);
      if (cell.survivors !== 'none' && !attack.onKeeper) assert.notEqual(cleanup.level, 'enforced', attack.name);
      if (cell.processes) assert.equal(processes.level === 'enforced', isCapped(cell, attacker), attack.name);
    }
  });
  if (!column) return;
  after(() => attacker.leave());
  for (const attack of attacks) {
    const cell = attack.cells[column];
    if ('because' in cell) continue;
    it(`${attack.name}: ${cell.end}`, async function () {
      this.timeout(30_000 * rounds * slowness);
      let escaped = 0;
      for (let round = 0; round < rounds; round++) escaped += await attackOnce(attacker, cage, column, attack, cell);
      // What a cage does not promise is told with the result, where every reporter shows it.
      if (cell.survivors === 'best effort') this.test!.title += ` [${escaped} escaped in ${rounds} rounds]`;
    });
  }
}

/** One cell once; the number of processes that escaped, which are alive no more when it returns. */
async function attackOnce(attacker: Attacker, cage: Offered, column: Column, attack: Attack, cell: Cell) {
  const mark = `bulkhead-attack-${randomUUID()}`;
  try {
    const seen = await attacker.attack(column, attack.name, mark);
    // In the middle of an exec a process has no command line: it takes more than one look.
    const left = new Set(living(mark));
    await sleep(20);
    for (const pid of living(mark)) left.add(pid);
    checkCell(attack, cell, cage, attacker.isRoot, seen, left.size);
    return left.size;
  } finally {
    await endAll(mark);
    for (const file of globSync(`${mark}*`, { cwd: shared })) rmSync(join(shared, file), { force: true });
  }
}

/** A process that forks as fast as it is looked for is met by many looks. */
async function endAll(mark: string): Promise<void> {
  for (let looks = 0; looks < 2000; looks++) {
    const alive = living(mark);
    if (alive.length === 0) return;
    for (const pid of alive) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        // It ended since the look.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
  }
}

function isCapped({ processes }: Cell, { isRoot }: Attacker): boolean {
  return processes === 'capped' || (processes === 'capped, except for root' && !isRoot);
}
