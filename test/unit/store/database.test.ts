import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Problem } from '../../../src/protocol/messages.ts';
import { loadSqlite } from '../../../src/store/sqlite.ts';
import { Store } from '../../../src/store/store.ts';
import { pastRun } from './past.ts';

describe('the database of past runs', () => {
  let storage: string;
  let problems: Problem[];
  const stores: Store[] = [];
  const open = (): Store => {
    const store = Store.open(storage, problem => problems.push(problem))!;
    stores.push(store);
    return store;
  };

  beforeEach(() => {
    storage = mkdtempSync(join(tmpdir(), 'bulkhead-store-'));
    problems = [];
  });
  afterEach(() => {
    for (const store of stores.splice(0)) store.close();
    rmSync(storage, { recursive: true, force: true });
  });

  it('is for the owner alone', () => {
    pastRun(storage, 'one', { planned: 1, verdicts: ['passed'] });
    open().history();
    const modes = readdirSync(storage).filter(name => name.startsWith('history.db'));
    assert.ok(modes.length > 0);
    for (const name of modes) assert.equal(statSync(join(storage, name)).mode & 0o077, 0, name);
  });

  it('goes on with a database of the first version, whose runs told no budget', () => {
    pastRun(storage, 'one', { planned: 1, verdicts: ['passed'] });
    open().history();
    stores.pop()!.close();
    const first = new (loadSqlite()!.DatabaseSync)(join(storage, 'history.db'));
    first.exec('ALTER TABLE runs DROP COLUMN memory_budget; PRAGMA user_version = 1');
    first.close();
    pastRun(storage, 'two', { planned: 1, verdicts: ['failed'] });
    const store = open();
    assert.ok(store.onDisk);
    const told = store.history().map(({ run, memoryBudgetBytes }) => [run, memoryBudgetBytes]);
    assert.deepEqual(told.toSorted(), [
      ['one', null],
      ['two', null],
    ]);
    assert.deepEqual(problems, []);
  });

  it('leaves a database alone that a newer Bulkhead made, says so, and answers from the journals', () => {
    pastRun(storage, 'one', { planned: 1, verdicts: ['passed'] });
    const path = join(storage, 'history.db');
    const newer = new (loadSqlite()!.DatabaseSync)(path);
    newer.exec('CREATE TABLE future (thing TEXT); PRAGMA user_version = 99');
    newer.close();
    const before = statSync(path).mtimeMs;
    const store = open();
    assert.match(problems[0]?.message ?? '', /of version 99, and this Bulkhead knows 2/);
    assert.equal(store.onDisk, false);
    assert.deepEqual(store.history()[0]?.counts, { passed: 1 });
    assert.equal(statSync(path).mtimeMs, before);
  });

  it('answers from the journals where its file cannot be, and says so', () => {
    pastRun(storage, 'one', { planned: 1, verdicts: ['passed'] });
    mkdirSync(join(storage, 'history.db'));
    assert.deepEqual(open().history()[0]?.counts, { passed: 1 });
    assert.match(problems[0]?.message ?? '', /cannot be opened/);
    assert.equal(problems.length, 1);
  });

  it('says nothing on standard error, where Node would call SQLite experimental', () => {
    const module = resolve(import.meta.dirname, '../../../src/store/sqlite.ts');
    const program = `require(${JSON.stringify(module)}).loadSqlite()`;
    const { status, stderr } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
    assert.deepEqual([status, stderr], [0, '']);
  });
});
