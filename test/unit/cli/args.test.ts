import assert from 'node:assert/strict';
import { parseCommand } from '../../../src/cli/args.ts';

describe('the flags of limits', () => {
  const layerOf = (...flags: string[]) => {
    const command = parseCommand(['run', ...flags]);
    assert.equal(command.command, 'run', JSON.stringify(command));
    return command.layer;
  };

  it('become settings of their names', () => {
    assert.deepEqual(layerOf('--open-files', '64', '--file-size', '1M', '--disk', '2 MiB', '--cpu', '5s'), {
      openFiles: 64,
      fileSize: 1024 ** 2,
      disk: 2 * 1024 ** 2,
      cpu: 5000,
    });
    assert.deepEqual(layerOf('--network', 'off', '--nice', '7', '--run-timeout', '2min', '--jobs', '3'), {
      network: 'off',
      nice: 7,
      runTimeout: 120_000,
      jobs: 3,
    });
    assert.deepEqual(layerOf('--open-files', 'none', '--jobs', 'auto'), { openFiles: null, jobs: 0 });
  });

  it('are refused by name when their values cannot be understood', () => {
    const command = parseCommand(['run', '--nice', '77', '--network', 'perhaps', '--cpu', '1ms', '--open-files', 'x']);
    assert.equal(command.command, 'wrong');
    assert.deepEqual(
      command.problems.map(({ key }) => key),
      ['--cpu', '--network', '--open-files', '--nice'],
    );
  });
});
