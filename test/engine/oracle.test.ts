import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mechanismOrder } from '../../src/cages/order.ts';
import type { Notice } from '../../src/protocol/messages.ts';
import { slowness } from './alive.ts';
import { compileAttacks, programs } from './attacks/compiled.ts';
import { TestWorkspace } from './workspace.ts';

interface Counted {
  readonly peakBytes: number;
  readonly cpuMs: number;
  readonly wallMs: number;
}

const sleepers = ['sleeper-1', 'sleeper-2', 'sleeper-3'];
const tests: Readonly<Record<string, string>> = {
  hog: `${programs}/hog x 300 0 1 500`,
  // What starts the witness counts for the cage alone, and is more than a twentieth of three seconds on a slow kernel.
  spinner: `${programs}/exhaust x work ${slowness > 1 ? 9 : 3}`,
  // A busy machine may be late with any of them.
  ...Object.fromEntries(sleepers.map(name => [name, '/bin/sleep 3'])),
};

/** What the records of a run say, against what a program between the cage and the test hears from `wait4`. */
describe('the numbers of a record', function () {
  this.timeout(300_000);
  before(function () {
    const compiled = compileAttacks();
    if (compiled.ok) return;
    console.log(`      skipped: ${compiled.because}`);
    this.skip(); // for the reason just printed
  });

  for (const mechanism of mechanismOrder) {
    describe(`in a cage of ${mechanism}`, () => {
      let workspace: TestWorkspace;
      const counted = new Map<string, Counted>();
      const said = new Map<string, Counted>();

      before(async function () {
        workspace = new TestWorkspace({
          'bulkhead.config.json': JSON.stringify({
            memory: '512 MiB',
            timeout: '2min',
            frameworks: { command: [{ name: 'shell', files: ['*.sh'], command: ['sh', '${file}'] }] },
          }),
        });
        const place = (name: string) => join(workspace.root, `${name}.json`);
        for (const [name, command] of Object.entries(tests)) {
          workspace.write(`${name}.sh`, `exec ${programs}/witness ${place(name)} ${command}`);
        }
        const forbidden = mechanismOrder.filter(name => name !== mechanism && name !== 'process-group');
        const env = { ...process.env, BULKHEAD_FORBID: forbidden.join() };
        const notices: Notice[] = [];
        const client = await workspace.warden(notices, { env });
        const { cage } = client.info;
        if (cage.mechanism !== mechanism) {
          console.log(`      not here: ${cage.passedOver.find(passed => passed.mechanism === mechanism)?.because}`);
          this.skip(); // for the reason just printed
        }
        await client.request('run', { run: 'r', selection: { kind: 'all' }, overrides: { jobs: 5 } });
        for (const notice of notices) {
          if (notice.notice !== 'record') continue;
          const { test, verdict, usage, durationMs } = notice.record;
          const name = test.titlePath[0]!.replace('.sh', '');
          assert.deepEqual(verdict, { kind: 'passed' }, name);
          counted.set(name, JSON.parse(readFileSync(place(name), 'utf8')) as Counted);
          said.set(name, { peakBytes: usage.peakMemoryBytes!, cpuMs: usage.cpuMs!, wallMs: durationMs! });
        }
      });
      after(() => workspace.remove());

      it('agree with the kernel on the peak of a hog', () => agree('peakBytes', ['hog']));
      it('agree with the kernel on the CPU time of a spinner', () => agree('cpuMs', ['spinner']));
      it('agree with the clock on the time of a sleeper', () => agree('wallMs', sleepers));

      /** Within 5 %, in one of these tests. */
      function agree(what: keyof Counted, names: readonly string[]): void {
        const pairs = names.map(name => ({ said: said.get(name)![what], counted: counted.get(name)![what] }));
        assert.ok(
          pairs.some(pair => Math.abs(pair.said / pair.counted - 1) < 0.05),
          JSON.stringify(pairs),
        );
      }
    });
  }
});
