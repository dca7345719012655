import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunMeans, type RunOrder, Runs } from '../../../src/warden/runs.ts';

const order: RunOrder = {
  id: 'a-run',
  selection: { kind: 'all' },
  overrides: {},
  coverage: true,
  earlier: null,
};

describe('the runs of a warden', () => {
  let storage: string;
  beforeEach(() => (storage = mkdtempSync(join(tmpdir(), 'bulkhead-runs-'))));
  afterEach(() => rmSync(storage, { recursive: true, force: true }));

  /** With a workspace that cannot even say what its settings are. */
  const broken = (ends: string[]) =>
    ({
      storage,
      scratch: storage,
      mechanism: { name: 'process-group' },
      workspace: {
        projects: [{ id: 'one' }],
        layersOf: () => {
          throw new Error('the settings are gone');
        },
      },
      history: { grown: () => undefined, tidy: async () => void ends.push('history') },
      coverage: {
        begin: () => ({ stop: () => ends.push('stopped'), end: async () => void ends.push('coverage') }),
      },
    }) as unknown as RunMeans;

  it('forget one that failed before its first test: its journal and its coverage have ended, and nothing is left to stop', async () => {
    const runs = new Runs({
      notify: async () => undefined,
      onCage: () => undefined,
      ended: () => false,
    });
    const ends: string[] = [];
    await assert.rejects(
      runs.execute(order, async () => broken(ends)),
      /the settings are gone/,
    );
    assert.deepEqual(ends, ['coverage', 'history']);
    assert.deepEqual(runs.ids, []);
    assert.deepEqual(await runs.stop(undefined, false), { stoppedRuns: 0, survivors: [] });
  });
});
