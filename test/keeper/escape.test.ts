import assert from 'node:assert/strict';
import { everyCage, type CageKind } from './cages.ts';
import { identities, Kept, type Identity, type KeeperEvent, endEverything } from './kept.ts';
import { living, newTag, until } from './living.ts';
import { instrumented, programsOrSkip, skip, type Programs } from './programs.ts';

/** `KEEPER_ROUNDS` tries each cell more or less often. */
const rounds = Number(process.env['KEEPER_ROUNDS'] ?? (instrumented === '' ? 50 : 5));

interface Attack {
  readonly name: string;
  readonly words?: readonly string[];
  /** Whether its leader ends by itself, so that what is left is an escape. */
  readonly leaves: boolean;
  /** At least so many of it are alive when its leader has ended. */
  readonly leftovers?: number;
  readonly exit?: number;
}

const attacks: readonly Attack[] = [
  { name: 'daemon', leaves: true, leftovers: 1 },
  { name: 'nameless', leaves: true, leftovers: 1 },
  { name: 'orphans', words: ['8'], leaves: true, leftovers: 8 },
  { name: 'comet', leaves: true },
  { name: 'bomb', words: ['60'], leaves: true, leftovers: 1 },
  { name: 'stopped', leaves: true, leftovers: 1 },
  { name: 'zombies', words: ['50'], leaves: true, leftovers: 1 },
  { name: 'pipe_holder', leaves: true, leftovers: 1 },
  { name: 'stubborn', leaves: false },
];

describe('keeper: nothing escapes', () => {
  let programs: Programs;
  before(function () {
    programs = programsOrSkip(this);
  });
  afterEach(endEverything);

  /** One launch, one attack, one kill: what the keeper says must be what the machine shows. */
  async function attackOnce(attack: Attack, cage: CageKind, as: Identity): Promise<string | KeeperEvent> {
    const open = cage.open(as);
    if (typeof open === 'string') return open;
    const tag = newTag();
    const command = [programs.attack(attack.name), tag, ...(attack.words ?? [])];
    const kept = new Kept({ keeper: programs.keeper, ...open.kept, command });
    try {
      const first = attack.leaves ? await kept.event('leader-exited') : await kept.event('started');
      if (attack.leaves) assert.equal(first['exit'], 0, `${attack.name} failed: ${kept.output}`);
      // In the middle of an exec a process has no command line: it takes more than one look.
      const there = () => living(tag, kept.machinery).length >= (attack.leftovers ?? 0);
      assert.ok(await until(there, 1000), `${attack.name} did not attack`);
      const done = await kept.end();
      assert.deepEqual(living(tag), [], 'alive after the keeper has ended');
      assert.deepEqual([done['survivors'], done['cpuComplete']], [0, true]);
      return done;
    } finally {
      kept.hangUp();
      await kept.exited;
      await open.close();
    }
  }

  for (const as of identities) {
    for (const cage of everyCage) {
      describe(`${cage.label}, as ${as.label}`, () => {
        for (const attack of attacks) {
          it(`${attack.name}: 0 survivors in ${rounds} rounds`, async function () {
            this.timeout(rounds * 3000);
            let slowest = 0;
            for (let round = 0; round < rounds; round++) {
              const done = await attackOnce(attack, cage, as);
              if (typeof done === 'string') skip(this, done);
              slowest = Math.max(slowest, Number(done['killMs']));
            }
            assert.ok(slowest < 2000, `a kill took ${slowest} ms`);
          });
        }
      });
    }
  }
});
