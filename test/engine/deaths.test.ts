import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { killNow } from '../../src/cages/owner.ts';
import { mechanismOrder } from '../../src/cages/order.ts';
import { readProcess } from '../../src/cages/processes.ts';
import type { WardenClient } from '../../src/client/client.ts';
import type { MechanismName } from '../../src/protocol/limits.ts';
import { marked, slowness, until } from './alive.ts';
import { keepersOf, killTogether, sweepersOf } from './killed-together.ts';
import { TestWorkspace } from './workspace.ts';

/** Who sees to it that nothing is left: everyone but the next warden within a second. */
type Cleaner =
  'the warden' | 'the keeper' | 'the sweeper' | 'the kernel' | 'systemd, else the next warden' | 'the next warden';

interface Row {
  readonly mechanism: MechanismName;
  /** Null: there is no keeper. */
  readonly keeper: Cleaner | null;
  readonly warden: Cleaner;
  readonly both: Cleaner | null;
  /** Those two and the sweeper. */
  readonly all: Cleaner | null;
}

const table: readonly Row[] = [
  {
    mechanism: 'cgroup2',
    keeper: 'the warden',
    warden: 'the keeper',
    both: 'the sweeper',
    all: 'systemd, else the next warden',
  },
  { mechanism: 'cgroup1', keeper: 'the warden', warden: 'the keeper', both: 'the sweeper', all: 'the next warden' },
  { mechanism: 'namespaces', keeper: 'the kernel', warden: 'the keeper', both: 'the kernel', all: null },
  { mechanism: 'subreaper', keeper: 'the warden', warden: 'the keeper', both: 'the next warden', all: null },
  { mechanism: 'node-keeper', keeper: 'the warden', warden: 'the keeper', both: 'the next warden', all: null },
  { mechanism: 'process-group', keeper: null, warden: 'the next warden', both: null, all: null },
];
const victims = {
  keeper: 'the keeper',
  warden: 'the warden',
  both: 'both at once',
  all: 'both and the sweeper at once',
} as const;
type Victim = keyof typeof victims;

/** In sessions of their own, and deaf to every polite signal. */
const daemons = 4;
const crowd = `for i in 1 2 3 4; do setsid sh -c 'trap "" TERM HUP; while :; do sleep 60; done' >/dev/null 2>&1 </dev/null & done; sleep 60`;

describe('a death', function () {
  let workspace: TestWorkspace;
  let mark: string;
  beforeEach(() => {
    mark = `bulkhead-test-${randomUUID()}`;
    const command = ['env', `MARK=${mark}`, 'sh', '${file}'];
    workspace = new TestWorkspace({
      'bulkhead.config.json': JSON.stringify({
        timeout: '60s',
        grace: '100ms',
        frameworks: { command: [{ name: 'shell', files: ['*.sh'], command }] },
      }),
      'crowd.sh': crowd,
    });
  });
  afterEach(async () => {
    for (const { pid } of marked(mark)) killNow(pid);
    await workspace.remove();
  });

  for (const row of table) {
    for (const who of ['keeper', 'warden', 'both', 'all'] as const) {
      const [mechanism, cleaner] = [row.mechanism, row[who]];
      if (cleaner === null) continue;
      it(`of ${victims[who]} leaves nothing alive in a cage of ${mechanism}, thanks to ${cleaner}`, async function () {
        const warden = await start(mechanism);
        if (warden.info.cage.mechanism !== mechanism) {
          console.log(
            `      not here: ${warden.info.cage.passedOver.find(one => one.mechanism === mechanism)?.because}`,
          );
          this.skip(); // for the reason just printed
        }
        const byItself = !cleaner.endsWith('the next warden') || inUnit(warden);
        const run = warden.request('run', { run: 'r', selection: { kind: 'all' }, overrides: {} });
        const ended = run.then(
          ({ counts }) => counts,
          (error: Error) => error.message,
        );
        await until('the crowd is there', () => marked(mark).length > daemons + 1, 60_000);
        kill(warden, who);
        if (!byItself) {
          await until('the dead are gone', () => readProcess(warden.pid) === null);
          assert.ok(marked(mark).length >= daemons, 'they outlive it');
          await start(mechanism);
        }
        await until('nothing is alive', () => marked(mark).length === 0, 1000 * slowness);
        const told = await ended;
        if (typeof told === 'string') assert.match(told, /warden was killed/);
        else assert.deepEqual([who, told], ['keeper', { 'killed-outside': 1 }]);
      });
    }
  }

  function start(mechanism: string): Promise<WardenClient> {
    const forbidden = mechanismOrder.filter(name => name !== mechanism && name !== 'process-group');
    return workspace.warden([], { env: { ...process.env, BULKHEAD_FORBID: forbidden.join() } });
  }
});

function kill({ pid }: WardenClient, who: Victim): void {
  switch (who) {
    case 'keeper': {
      const keepers = keepersOf(pid);
      assert.equal(keepers.length, 1);
      return killNow(keepers[0]!);
    }
    case 'warden':
      return killNow(pid);
    case 'both':
      return void assert.equal(killTogether(pid), 1);
    case 'all':
      return void assert.equal(killTogether(pid, sweepersOf(pid)), 1);
  }
}

function inUnit({ pid }: WardenClient): boolean {
  return /\/bulkhead-[\w-]+\.service\//.test(readFileSync(`/proc/${pid}/cgroup`, 'utf8'));
}
