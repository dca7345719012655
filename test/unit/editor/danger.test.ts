import assert from 'node:assert/strict';
import { dangerOf, dangerText, downgradeOf } from '../../../src/editor/danger.ts';

const calm = { survivors: 0, memoryBytes: 100, budgetBytes: 1000, downgrade: null };

describe('what deserves a colour in the status bar', () => {
  it('is nothing while all is well, whatever the tests come to', () => {
    assert.equal(dangerOf(calm), null);
    assert.equal(dangerOf({ ...calm, memoryBytes: null }), null);
    assert.equal(dangerOf({ ...calm, memoryBytes: 10 ** 12, budgetBytes: null }), null);
  });

  it('is memory that all cages together have nearly used up', () => {
    assert.equal(dangerOf({ ...calm, memoryBytes: 949 }), null);
    const full = dangerOf({ ...calm, memoryBytes: 1024 ** 3, budgetBytes: 1024 ** 3 })!;
    assert.equal(dangerText(full), 'tests use 1 GiB of the 1 GiB that all of them may have together');
  });

  it('is a cage that holds less than the one before, and not one that holds as much', () => {
    const before = { label: 'control group', level: 'enforced' } as const;
    assert.equal(downgradeOf(undefined, before), null);
    assert.equal(downgradeOf(before, { label: 'another group', level: 'enforced' }), null);
    assert.equal(downgradeOf({ label: 'watched', level: 'watched' }, before), null);
    const downgrade = downgradeOf(before, { label: 'process group', level: 'watched' });
    assert.deepEqual(downgrade, { from: 'control group', to: 'process group' });
    assert.match(dangerText(dangerOf({ ...calm, downgrade })!), /"process group" instead of "control group"/);
  });

  it('is first of all a process that is still alive', () => {
    const all = { survivors: 1, memoryBytes: 1000, budgetBytes: 1000, downgrade: { from: 'a', to: 'b' } };
    assert.equal(dangerText(dangerOf(all)!), '1 process could not be killed');
    assert.equal(dangerOf({ ...all, survivors: 0 })?.kind, 'memory');
  });
});
