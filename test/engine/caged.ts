import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Mechanism } from '../../src/cages/cage.ts';
import { limitsOf } from '../../src/config/resolve.ts';
import { defaults } from '../../src/config/settings.ts';
import { CagedProcess } from '../../src/engine/caged-process.ts';
import type { EndReason } from '../../src/engine/evidence.ts';
import type { Diagnostics } from '../../src/frameworks/framework.ts';
import type { InsideEvent } from '../../src/protocol/events.ts';
import type { Limits } from '../../src/protocol/limits.ts';
import { marked } from './alive.ts';
import { mechanismsHere } from './mechanisms.ts';

const MiB = 1024 ** 2;

export const limits: Limits = {
  ...limitsOf(defaults),
  memoryBytes: 128 * MiB,
  swapBytes: 0,
  processes: 64,
  timeoutMs: 1000,
  startupMs: 5000,
  slowMs: null,
  teardownMs: 1000,
  graceMs: 300,
  outputBytes: MiB,
};

export interface Started {
  readonly caged: CagedProcess;
  readonly events: readonly InsideEvent[];
  readonly stops: readonly EndReason[];
}

/** What the tests of one mechanism have. */
export interface Yard {
  /** Whether its cap on memory is the kernel's. */
  readonly hard: boolean;
  readonly mechanism: () => Mechanism;
  /** Runs a script of the shell in a cage of its own. */
  readonly start: (script: string, change?: Partial<Limits>, diagnostics?: Diagnostics) => Started;
}

const { here, missing } = await mechanismsHere();

/** The same scenarios in a cage of each mechanism of this machine; after each, nothing of it may be alive. */
export function describeInCages(title: string, scenarios: (yard: Yard) => void): void {
  for (const { name, because } of missing)
    describe(`${title} (${name})`, () => it.skip(`is not tested on this machine: ${because}`));
  for (const { name, open, hard } of here)
    describe(`${title} (${name})`, () => {
      let mechanism: Mechanism;
      let mark: string;

      before(async () => (mechanism = await open()));
      after(() => mechanism.close());
      beforeEach(() => (mark = `bulkhead-test-${randomUUID()}`));
      afterEach(() => assert.deepEqual(marked(mark), [], 'nothing may be left alive'));

      const start: Yard['start'] = (script, change = {}, diagnostics) => {
        const events: InsideEvent[] = [];
        const stops: EndReason[] = [];
        const caged = new CagedProcess({
          id: randomUUID(),
          mechanism,
          launch: { file: '/bin/sh', args: ['-c', script], cwd: '/tmp', env: { MARK: mark } },
          limits: { ...limits, ...change },
          ...(diagnostics ? { diagnostics } : {}),
          onEvent: event => events.push(event),
          onOutput: () => {},
          onStop: reason => stops.push(reason),
        });
        return { caged, events, stops };
      };
      scenarios({ hard, mechanism: () => mechanism, start });
    });
}

/** In Node instead of the shell. */
export const node = (code: string) => `exec node -e '${code}'`;

export const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

/** Until it has printed "up". */
export async function ready(caged: CagedProcess): Promise<void> {
  while (!caged.output.result().text.includes('up')) await pause(5);
}
