import assert from 'node:assert/strict';
import type { Brief } from '../../../src/engine/brief.ts';
import { OutcomeRows } from '../../../src/store/outcome-rows.ts';
import { migrate } from '../../../src/store/schema.ts';
import { type Database, loadSqlite } from '../../../src/store/sqlite.ts';

const brief = (test: number, verdict: Brief[1]): Brief => [`key-${test}`, verdict, 1000 + test, 1.5, null, 12, 1, 0];

describe('rows of outcomes', () => {
  let database: Database;
  let rows: OutcomeRows;
  beforeEach(() => {
    database = new (loadSqlite()!.DatabaseSync)(':memory:', { enableForeignKeyConstraints: false });
    migrate(database);
    rows = new OutcomeRows(database);
  });
  afterEach(() => database.close());
  const written = () =>
    database
      .prepare('SELECT test, verdict, started_at, place FROM outcomes WHERE run = 7')
      .all()
      .map(row => Object.values(row));

  for (const many of [1, 15, 16, 17, 100]) {
    it(`are all there, each with its own values: ${many}`, () => {
      for (let test = 1; test <= many; test++) rows.add(7, test, brief(test, 'passed'), 500 * test, 499);
      rows.flush();
      assert.deepEqual(
        written(),
        Array.from({ length: many }, (_, index) => [index + 1, 'passed', 1001 + index, 500 * (index + 1)]),
      );
    });
  }

  it('let the second record of a test stand, though both are written by one call', () => {
    for (let test = 1; test <= 16; test++) {
      rows.add(7, Math.ceil(test / 2), brief(test, test % 2 === 1 ? 'cancelled' : 'passed'), test, 1);
    }
    rows.flush();
    assert.deepEqual(
      written(),
      Array.from({ length: 8 }, (_, index) => [index + 1, 'passed', 1002 + 2 * index, 2 * index + 2]),
    );
  });

  it('stand in the place of what was planned', () => {
    for (let test = 1; test <= 20; test++) database.exec(`INSERT INTO outcomes (run, test) VALUES (7, ${test})`);
    for (let test = 1; test <= 18; test++) rows.add(7, test, brief(test, 'failed'), test, 1);
    rows.flush();
    assert.deepEqual(
      written().map(([, verdict]) => verdict),
      [...Array<string>(18).fill('failed'), null, null],
    );
  });

  it('of a transaction that failed are written by no later one', () => {
    rows.add(7, 1, brief(1, 'passed'), 1, 1);
    rows.drop();
    rows.add(7, 2, brief(2, 'passed'), 1, 1);
    rows.flush();
    assert.deepEqual(
      written().map(([test]) => test),
      [2],
    );
  });
});
