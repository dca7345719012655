import assert from 'node:assert/strict';
import { environmentLayer } from '../../../src/config/environment.ts';

describe('the environment', () => {
  it('says nothing when no variable is set, or only an empty one', () => {
    assert.deepEqual(environmentLayer({ PATH: '/bin', MEM_MAX: ' ' }), { layer: {}, problems: [] });
  });

  it('overrides memory, swap and time-out', () => {
    const { layer, problems } = environmentLayer({ MEM_MAX: '128M', SWAP_MAX: '0', TIMEOUT_PER_TEST: '500ms' });
    assert.deepEqual([layer, problems], [{ memory: 128 * 1024 ** 2, swap: 0, timeout: 500 }, []]);
  });

  for (const [written, timeout] of [
    ['30', 30_000],
    ['0.5', 500],
    ['2 min', 120_000],
    ['none', null],
  ] as const) {
    it(`reads TIMEOUT_PER_TEST=${written}, a number alone being seconds`, () => {
      assert.deepEqual(environmentLayer({ TIMEOUT_PER_TEST: written }), { layer: { timeout }, problems: [] });
    });
  }

  it('allows destructive tests, or takes that back', () => {
    const read = (written: string) => environmentLayer({ BULKHEAD_ALLOW_DESTRUCTIVE: written });
    assert.deepEqual(read('1').layer, { 'destructive.allow': true });
    assert.deepEqual(read('0').layer, { 'destructive.allow': false });
    assert.deepEqual(read('').layer, {});
    const { layer, problems } = read('maybe');
    assert.deepEqual([layer, problems[0]?.key], [{}, 'BULKHEAD_ALLOW_DESTRUCTIVE']);
  });

  it('names each variable that cannot be understood and keeps the others', () => {
    const { layer, problems } = environmentLayer({ MEM_MAX: 'lots', SWAP_MAX: '-1', TIMEOUT_PER_TEST: '3s' });
    assert.deepEqual(layer, { timeout: 3000 });
    assert.deepEqual(
      problems.map(problem => [problem.severity, problem.key, problem.message]),
      [
        ['error', 'MEM_MAX', 'MEM_MAX: expected a size such as "512 MiB" or "2 GiB", got "lots"'],
        ['error', 'SWAP_MAX', 'SWAP_MAX: expected a size such as "512 MiB" or "2 GiB", got "-1"'],
      ],
    );
  });
});
