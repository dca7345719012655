import assert from 'node:assert/strict';
import { defaults } from '../../../../src/config/settings.ts';
import { argumentsOf, featuresIn } from '../../../../src/frameworks/cargo/arguments.ts';
import { startsIn } from '../../../../src/frameworks/cargo/probe.ts';

const split = (...args: string[]) => argumentsOf({ ...defaults, cargo: { ...defaults.cargo, args } });

describe('the arguments of cargo', () => {
  it('are its own, and those of the programs without what Bulkhead says itself', () => {
    assert.deepEqual(
      split('--release', '--', '--test-threads', '4', '--ignored', '--color=always', '-q', '--skip', 'slow'),
      {
        cargo: ['--release'],
        program: ['--ignored', '--skip', 'slow'],
      },
    );
    assert.deepEqual(split('--offline'), { cargo: ['--offline'], program: [] });
  });

  it('name features in every way that cargo takes', () => {
    assert.deepEqual(featuresIn(['--features', 'a,b c', '--features=d', '-Fe', '-F', 'f']), {
      named: ['a', 'b', 'c', 'd', 'e', 'f'],
      defaults: true,
    });
    assert.deepEqual(featuresIn(['--no-default-features']), { named: [], defaults: false });
    assert.equal(featuresIn(['--all-features']), null);
  });
});

describe('what cargo would start', () => {
  it('is told with lines, marks and quotes in values', () => {
    const stdout = `{"reason":"x"}\n\0bulkhead\0/p\0/p/t\0A=1\n2=\0PWD=/p\0BULKHEAD_CAGE=x\0HOME=${process.env['HOME']}\0\0{"reason":"y"}\n`;
    assert.deepEqual(startsIn(stdout, {}), [{ cwd: '/p', program: '/p/t', env: { A: '1\n2=' } }]);
  });
});
