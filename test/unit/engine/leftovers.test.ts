import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lasting } from '../../../src/engine/leftovers.ts';

describe('what a test made for a while', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'bulkhead-lasting-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const files = (...what: string[]) => lasting([{ leak: 'temporary-files', what }]).flatMap(left => left.what);

  it('counts where it is still there, a file with its size', () => {
    mkdirSync(join(folder, 'made'));
    writeFileSync(join(folder, 'file'), 'x'.repeat(2048));
    assert.deepEqual(files(join(folder, 'made'), join(folder, 'file'), join(folder, 'removed')), [
      join(folder, 'made'),
      `${join(folder, 'file')} (2 KiB)`,
    ]);
    assert.deepEqual(lasting([{ leak: 'temporary-files', what: [join(folder, 'removed')] }]), []);
  });

  it('is not looked for at what is no path of this machine', () => {
    assert.deepEqual(
      files('relative', `${folder}\0`, join(folder, 'x'.repeat(5000)), `${join(folder, 'file')}/below`, ''),
      [],
    );
  });

  it('may be so much that the word of the process is taken for the rest', () => {
    const many = Array.from({ length: 1500 }, (_, index) => join(folder, `${index}`));
    assert.equal(files(...many).length, 500);
  });

  it('leaves other leaks as they are told', () => {
    const leaks = [{ leak: 'changed-umask', what: ['0027 instead of 0022'] }] as const;
    assert.deepEqual(lasting(leaks), leaks);
  });
});
