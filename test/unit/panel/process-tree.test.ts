import assert from 'node:assert/strict';
import { processTree } from '../../../src/panel/process-tree.ts';
import type { PanelProcess } from '../../../src/panel/messages.ts';

const text = (processes: readonly PanelProcess[]): string =>
  processes
    .map(({ name, left, children }) => `${name}${left ? '!' : ''}${children.length > 0 ? `(${text(children)})` : ''}`)
    .join(' ');
const seen = (...rows: [pid: number, parent: number, name: string][]) =>
  rows.map(([pid, parent, name]) => ({ pid, parent, name }));

describe('the processes of a test', () => {
  it('stand under the one that started them, and those that were left are marked', () => {
    const rows = seen([10, 1, 'node'], [11, 10, 'sh'], [12, 11, 'sleep'], [13, 10, 'git']);
    assert.equal(text(processTree(rows, new Set([12]))), 'node(sh(sleep!) git)');
  });

  it('stand at the top where nobody saw their parent', () => {
    assert.equal(text(processTree(seen([10, 1, 'node'], [30, 20, 'daemon']), new Set())), 'node daemon');
  });

  it('never stand under themselves, whatever a journal says', () => {
    const rows = seen([10, 10, 'a'], [11, 12, 'b'], [12, 11, 'c'], [10, 12, 'again'], [0, 0, 'none']);
    assert.equal(text(processTree(rows, new Set())), 'a b(c) none');
  });

  it('have a name on one line', () => {
    assert.equal(text(processTree(seen([10, 1, 'a\nb'], [11, 1, '']), new Set())), 'a b unnamed');
  });
});
