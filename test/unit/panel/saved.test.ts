import assert from 'node:assert/strict';
import { freshView, savedView, viewFor } from '../../../src/panel/saved.ts';

describe('what the panel keeps over a reload', () => {
  const view = {
    run: 'one',
    sort: { column: 'memory', direction: 'ascending' },
    filter: { text: 'cart', categories: ['failed', 'leaked'] },
    selected: 'key',
    timeline: true,
  } as const;

  it('is read back as it was', () => {
    assert.deepEqual(savedView(JSON.parse(JSON.stringify(view))), view);
  });

  it('is fresh where something else was saved', () => {
    for (const state of [undefined, null, 'x', 7, [], {}]) assert.deepEqual(savedView(state), freshView);
    const odd = {
      run: 3,
      sort: { column: 'price', direction: 'ascending' },
      filter: { text: 1, categories: ['failed', 'x'] },
      selected: {},
    };
    assert.deepEqual(savedView(odd), { ...freshView, filter: { text: '', categories: ['failed'] } });
  });

  it('belongs to its run, but for the order and what is open', () => {
    assert.deepEqual(viewFor('one', view), view);
    assert.deepEqual(viewFor('two', view), { ...freshView, run: 'two', sort: view.sort, timeline: true });
  });
});
