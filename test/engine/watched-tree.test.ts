import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import type { Mechanism } from '../../src/cages/cage.ts';
import { openMechanism } from '../../src/cages/detect.ts';
import { findKeeper } from '../../src/cages/find-keeper.ts';
import { openWatchedTree } from '../../src/cages/kept.ts';
import type { Assurance } from '../../src/protocol/limits.ts';
import { confine, daemonOfMac, proofLimits, proveWatch } from '../../src/cages/proof.ts';

/** No Mac is at hand: all but the keeper's own look at the system is what runs there, with the keeper of this machine. */
describe('the cage of macOS, with the keeper of this machine', function () {
  this.timeout(60_000);
  let keeper: string;
  let mechanism: Mechanism;
  before(async function () {
    const found = await findKeeper(resolve(import.meta.dirname, '../../dist'));
    if (found === null) {
      this.test!.title = 'not tested here: there is no keeper for this machine';
      this.skip();
    }
    keeper = found;
    mechanism = openWatchedTree(keeper);
  });

  it('proves itself by a hog and by an orphan, without a program that macOS lacks', async () => {
    assert.equal(await proveWatch(mechanism, daemonOfMac), mechanism);
  });

  it('tells how a program ended, what it took, and what it left', async () => {
    // In the middle of an exec a process has no command line: it gets a moment to become what it is called.
    const launch = { file: 'sh', args: ['-c', 'sleep 30 >/dev/null 2>&1 & sleep 0.5; exit 7'], cwd: '/', env: {} };
    const { end, leftovers, survivors, counters } = await confine(mechanism, launch, proofLimits);
    assert.deepEqual(end, { kind: 'ended', code: 7, signal: null });
    assert.deepEqual(
      leftovers.map(({ command }) => command),
      ['sleep 30'],
    );
    assert.deepEqual(survivors, []);
    assert.ok(counters.peakMemoryBytes! > 0);
  });

  it('claims nothing of the kernel', () => {
    const levels = Object.values(mechanism.properties).map(({ level }: Assurance) => level);
    assert.ok(!levels.includes('enforced'), levels.join());
  });

  it('is for macOS alone', async function () {
    if (process.platform === 'darwin') {
      this.test!.title += ' [this is macOS: opened for real]';
      await (await openMechanism('watched-tree', keeper)).close();
      return;
    }
    await assert.rejects(openMechanism('watched-tree', keeper), /keeper of macOS/);
  });
});
