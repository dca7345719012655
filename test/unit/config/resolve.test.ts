import assert from 'node:assert/strict';
import { limitsOf, mergeLayers, settingsFor } from '../../../src/config/resolve.ts';
import { defaults } from '../../../src/config/settings.ts';

describe('layers of settings', () => {
  const folder = { name: 'w', path: '/w' };

  it('give the defaults when they say nothing', () => {
    assert.deepEqual(mergeLayers([{}, {}]), defaults);
  });

  it('win over the layers before them, key by key', () => {
    const merged = mergeLayers([{ memory: 1, timeout: 2 }, { memory: null, jobs: 3 }, {}]);
    assert.deepEqual([merged.memory, merged.timeout, merged.jobs, merged.swap], [null, 2, 3, 0]);
  });

  it('join their overrides', () => {
    const first = { files: ['a'], memory: 1 };
    const second = { files: ['b'], memory: 2 };
    assert.deepEqual(mergeLayers([{ overrides: [first] }, { overrides: [second] }]).overrides, [first, second]);
  });

  it('apply an override to the files that it names, the last one first', () => {
    const file = {
      memory: 1,
      overrides: [
        { files: ['test/**'], memory: 2, timeout: 9 },
        { files: ['test/.hidden/*.js', 'other'], memory: 3 },
      ],
    };
    assert.equal(settingsFor([file], folder, '/w/src/a.js').memory, 1);
    assert.equal(settingsFor([file], folder, '/w/test/a.js').memory, 2);
    const hidden = settingsFor([file], folder, '/w/test/.hidden/a.js');
    assert.deepEqual([hidden.memory, hidden.timeout], [3, 9]);
  });

  it('apply an override to the tests that it names, after what is said of their file', () => {
    const file = {
      overrides: [
        { tests: ['@slow'], timeout: 9 },
        { files: ['a.js'], timeout: 2, memory: 3 },
        { files: ['a.js'], tests: ['@slow', 'uploads'], timeout: 8 },
      ],
    };
    const timeoutOf = (path: string, title: string) =>
      settingsFor([file], folder, path, [{ titlePath: [title] }]).timeout;
    assert.deepEqual(
      [timeoutOf('/w/b.js', 'x @slow'), timeoutOf('/w/a.js', 'x @slow'), timeoutOf('/w/a.js', 'it uploads')],
      [9, 8, 8],
    );
    assert.deepEqual([timeoutOf('/w/a.js', 'x'), timeoutOf('/w/b.js', 'x')], [2, defaults.timeout]);
  });

  it('let a stronger layer win over an override of a weaker one', () => {
    const file = { overrides: [{ files: ['**'], memory: 2 }] };
    assert.equal(settingsFor([file, { memory: 7 }], folder, '/w/a.js').memory, 7);
  });

  it('become limits', () => {
    assert.deepEqual(limitsOf(settingsFor([], folder, '/w/a.js')), {
      memoryBytes: 512 * 1024 ** 2,
      swapBytes: 0,
      processes: 512,
      timeoutMs: 30_000,
      startupMs: 60_000,
      slowMs: 10_000,
      teardownMs: 5_000,
      graceMs: 2_000,
      outputBytes: 1024 ** 2,
      outputFileBytes: 64 * 1024 ** 2,
      outputLimitBytes: 256 * 1024 ** 2,
      idleMs: null,
      openFiles: null,
      fileBytes: null,
      diskBytes: null,
      workspaceWrites: 'kept',
      stackBytes: null,
      cpuMs: null,
      network: true,
      nice: 0,
    });
  });
});
