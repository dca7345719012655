import assert from 'node:assert/strict';
import { verdictKinds } from '../../../src/protocol/verdict.ts';
import { bySeverity, defaultSort, merge, nextSort, orderBy } from '../../../src/panel/order.ts';
import { keysOf, row } from './rows.ts';

describe('the order of rows', () => {
  it('puts first what needs a look, and of the same verdict the slowest', () => {
    const rows = [
      row('quick', { durationMs: 1 }),
      row('leaking', { leaked: 2 }),
      row('failed-quick', { kind: 'failed', durationMs: 3 }),
      row('skipped', { kind: 'skipped' }),
      row('failed-slow', { kind: 'failed', durationMs: 900 }),
      row('slow', { durationMs: 500 }),
      row('oom', { kind: 'out-of-memory' }),
    ];
    assert.equal(keysOf(rows.sort(orderBy(defaultSort))), 'oom failed-slow failed-quick leaking skipped slow quick');
  });

  it('ranks every verdict', () => {
    assert.deepEqual([...bySeverity].sort(), [...verdictKinds].sort());
  });

  it('keeps what was not measured at the end, whichever way it is turned', () => {
    const rows = () => [row('none', { cpuMs: null }), row('small', { cpuMs: 1 }), row('big', { cpuMs: 9 })];
    assert.equal(keysOf(rows().sort(orderBy({ column: 'cpu', direction: 'ascending' }))), 'small big none');
    assert.equal(keysOf(rows().sort(orderBy({ column: 'cpu', direction: 'descending' }))), 'big small none');
  });

  it('begins numbers at the top and names at A, and turns round at the second click', () => {
    const first = nextSort(defaultSort, 'memory');
    assert.deepEqual(first, { column: 'memory', direction: 'descending' });
    assert.deepEqual(nextSort(first, 'memory'), { column: 'memory', direction: 'ascending' });
    assert.deepEqual(nextSort(first, 'test'), { column: 'test', direction: 'ascending' });
  });

  it('merges a batch as if everything had been sorted together', () => {
    const order = orderBy({ column: 'duration', direction: 'descending' });
    const all = Array.from({ length: 60 }, (_, i) => row(String(i), { durationMs: (i * 7) % 13, title: `t${i % 5}` }));
    const whole = all.toSorted(order);
    const merged = merge(all.slice(0, 37).sort(order), all.slice(37).sort(order), order);
    assert.equal(merged.length, 60);
    assert.ok(merged.every((each, i) => order(each, whole[i]!) === 0));
  });
});
