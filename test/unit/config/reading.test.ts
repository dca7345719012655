import assert from 'node:assert/strict';
import { parseSettingsObject } from '../../../src/config/reading.ts';

describe('settings that come as an object', () => {
  it('have the keys and forms of the file', () => {
    const { layer, problems } = parseSettingsObject(
      { memory: '128 MiB', timeout: undefined, 'frameworks.mocha': false, frameworks: { command: [] } },
      'bulkhead',
    );
    assert.deepEqual([layer, problems], [{ memory: 128 * 1024 ** 2, mocha: { enabled: false }, command: [] }, []]);
  });

  it('are named with their source, and lose nothing that is valid', () => {
    const { layer, problems } = parseSettingsObject({ memory: 'lots', swap: 0 }, 'bulkhead');
    assert.deepEqual(layer, { swap: 0 });
    assert.deepEqual(problems, [
      {
        severity: 'error',
        key: 'bulkhead.memory',
        message: 'bulkhead.memory: expected a size such as "512 MiB" or "2 GiB", got "lots"',
        fix: 'Write such a value, or "none".',
      },
    ]);
  });
});
