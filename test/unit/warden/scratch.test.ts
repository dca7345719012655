import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ownerName } from '../../../src/cages/owner.ts';
import { makeScratch } from '../../../src/warden/scratch.ts';

describe('the folder for orders', () => {
  let home: string;
  beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'bulkhead-home-'))));
  afterEach(() => rmSync(home, { recursive: true }));

  it('is private, and in the folder for the user’s running programs', function () {
    if (process.platform !== 'linux') this.skip(); // elsewhere there is no such folder
    const scratch = makeScratch({ XDG_RUNTIME_DIR: home });
    assert.equal(dirname(scratch), home);
    assert.equal(statSync(scratch).mode & 0o777, 0o700);
  });

  it('takes the place of what a killed warden has left, and of no living one', function () {
    if (process.platform !== 'linux') this.skip();
    const [dead, living] = [ownerName().replace(/-\d+-(\d+)-/, '-1-7-'), ownerName(process.ppid)];
    for (const name of [dead, living, 'bulkhead-mine']) mkdirSync(join(home, name));
    makeScratch({ XDG_RUNTIME_DIR: home });
    assert.deepEqual(
      [dead, living, 'bulkhead-mine'].map(name => existsSync(join(home, name))),
      [false, true, true],
    );
  });

  it('is somewhere else when that folder is not there', () => {
    const scratch = makeScratch({ XDG_RUNTIME_DIR: join(home, 'missing') });
    assert.ok(existsSync(scratch));
    rmSync(scratch, { recursive: true });
  });
});
