import assert from 'node:assert/strict';
import { RecordStore } from '../../../src/panel/store.ts';
import { keysOf, row } from './rows.ts';

describe('the rows of a run', () => {
  const filled = () => {
    const store = new RecordStore();
    store.add([row('a', { title: 'adds tax' }), row('b', { kind: 'failed', headline: 'Failed: ECONNREFUSED' })]);
    store.add([row('c', { kind: 'crashed', suite: 'Cart' }), row('d', { leaked: 1, durationMs: 80 })]);
    return store;
  };

  it('counts verdicts, and leaks beside them', () => {
    const store = filled();
    assert.equal(store.size, 4);
    assert.equal(store.count('passed'), 2);
    assert.equal(store.count('failed'), 1);
    assert.equal(store.count('leaked'), 1);
    assert.equal(store.count('lost'), 0);
    assert.equal(store.failed, 2);
    assert.deepEqual(store.failures(), ['b', 'c']);
  });

  it('calls flaky what passed at last, and not what failed each time', () => {
    const store = new RecordStore();
    store.add([row('a', { attempts: 3 }), row('b', { kind: 'failed', attempts: 3 }), row('c')]);
    assert.equal(store.count('flaky'), 1);
    assert.equal(keysOf(store.shown), 'b a c');
    store.filterBy({ text: '', categories: ['flaky'] });
    assert.equal(keysOf(store.shown), 'a');
  });

  it('shows all, worst first', () => {
    assert.equal(keysOf(filled().shown), 'c b d a');
  });

  it('shows tests of any chosen category', () => {
    const store = filled();
    store.filterBy({ text: '', categories: ['failed', 'leaked'] });
    assert.equal(keysOf(store.shown), 'b d');
  });

  it('finds words in titles, suites, files and messages, in any case, and takes them literally', () => {
    const store = filled();
    const found = (text: string) => {
      store.filterBy({ text, categories: [] });
      return keysOf(store.shown);
    };
    assert.equal(found('TAX adds'), 'a');
    assert.equal(found('econn'), 'b');
    assert.equal(found('cart'), 'c');
    assert.equal(found('a.test.ts'), 'c b d a');
    assert.equal(found('a.t.st'), '');
    assert.equal(found('  '), 'c b d a');
  });

  it('lets later batches through the filter and into the order', () => {
    const store = filled();
    store.filterBy({ text: 'test', categories: ['failed'] });
    assert.equal(keysOf(store.shown), 'b');
    store.add([row('e', { kind: 'failed', durationMs: 99 }), row('f')]);
    assert.equal(keysOf(store.shown), 'e b');
    store.filterBy({ text: '', categories: [] });
    assert.equal(keysOf(store.shown), 'c e b d a f');
    store.sortBy({ column: 'test', direction: 'ascending' });
    assert.equal(keysOf(store.shown), 'a b c d e f');
  });

  it('knows a test that comes again by its key', () => {
    const store = filled();
    assert.equal(keysOf(store.shown), 'c b d a');
    store.add([row('b', { kind: 'passed', durationMs: 1 }), row('c', { kind: 'failed' }), row('c', { kind: 'lost' })]);
    assert.equal(store.size, 4);
    assert.equal(store.count('failed'), 0);
    assert.equal(store.count('lost'), 1);
    assert.equal(store.count('passed'), 3);
    assert.equal(keysOf(store.shown), 'c d a b');
    assert.equal(store.get('c')?.kind, 'lost');
  });
});
