import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { briefOf } from '../../../src/engine/brief.ts';
import type { Problem } from '../../../src/protocol/messages.ts';
import type { Verdict } from '../../../src/protocol/verdict.ts';
import { loadSqlite } from '../../../src/store/sqlite.ts';
import { Store } from '../../../src/store/store.ts';
import { pastRun, recordOf } from './past.ts';

const tests = 2000;
const verdicts = Array.from({ length: tests }, (_, number): Verdict['kind'] =>
  number % 7 === 0 ? 'failed' : 'passed',
);
const failed = verdicts.filter(kind => kind === 'failed').length;
const counts = { failed, passed: tests - failed };

describe('the database of past runs', function () {
  this.timeout(60_000);
  let storage: string;
  const problems: Problem[] = [];
  const database = () => join(storage, 'history.db');

  beforeEach(() => {
    storage = mkdtempSync(join(tmpdir(), 'bulkhead-store-'));
    problems.length = 0;
  });
  afterEach(() => rmSync(storage, { recursive: true, force: true }));

  /** Everything that was shown is there: by the counts, and by each record. */
  function look(...runs: string[]): void {
    const store = Store.open(storage, problem => problems.push(problem))!;
    try {
      const history = store.history();
      for (const run of runs) {
        assert.deepEqual(history.find(past => past.run === run)?.counts, counts);
        const seen: string[] = [];
        for (let after: number | null = 0; after !== null;) {
          const page = store.records({ run, after });
          seen.push(...page.records.map(({ verdict }) => verdict.kind));
          after = page.next;
        }
        assert.deepEqual(seen, verdicts);
      }
    } finally {
      store.close();
    }
  }

  const damages: Readonly<Record<string, (path: string) => void>> = {
    'is empty but for rubbish': path => writeFileSync(path, 'this is no database'.repeat(1000)),
    'lost its second half': path => truncateSync(path, Math.floor(statSync(path).size / 2)),
    'lost all but its first page': path => truncateSync(path, 4096),
    'has an overwritten header': path => overwrite(path, 0, 100),
    'has rubbish in its middle': path => {
      for (let at = 4096; at < statSync(path).size; at += 8192) overwrite(path, at, 3000);
    },
    'has places that lead nowhere': path => {
      const wrong = new (loadSqlite()!.DatabaseSync)(path);
      wrong.exec('UPDATE outcomes SET place = place + 3');
      wrong.close();
    },
  };

  for (const [what, damage] of Object.entries(damages)) {
    it(`that ${what} is set aside and built again from the journals, and says so`, () => {
      for (const run of ['one', 'two']) pastRun(storage, run, { planned: tests, verdicts });
      look('one', 'two');
      assert.equal(problems.length, 0);
      damage(database());
      look('one', 'two');
      assert.match(problems.at(0)?.message ?? '', /was damaged .* built again from the journals/);
      assert.equal(problems.length, 1);
      const aside = readdirSync(storage).filter(name => name.includes('.corrupt-'));
      assert.ok(aside.length > 0);
      look('one', 'two');
      assert.equal(problems.length, 1);
    });
  }

  it('does not collect more than two that were set aside', async () => {
    pastRun(storage, 'one', { planned: tests, verdicts });
    for (let time = 0; time < 4; time++) {
      writeFileSync(database(), 'rubbish'.repeat(1000));
      look('one');
      await sleep(2);
    }
    const aside = readdirSync(storage).filter(name => /\.corrupt-[^-]+-[^-]+-[^-]+-[^-]+-[^-]+$/.test(name));
    assert.equal(aside.length, 2, aside.join());
  });

  it('is built without a record whose line is damaged beyond its beginning, which is counted', () => {
    const journal = pastRun(storage, 'one', { planned: tests, verdicts });
    const text = readFileSync(journal.path, 'utf8');
    const at = text.indexOf('"project"', text.indexOf('"titlePath":["suite","test 1000"]', text.indexOf('"brief"')));
    overwrite(journal.path, Buffer.byteLength(text.slice(0, at)), 8);
    const store = Store.open(storage, problem => problems.push(problem))!;
    try {
      assert.equal(store.history()[0]?.recorded, tests);
      const seen = new Set<string>();
      for (let after: number | null = 0; after !== null;) {
        const page = store.records({ run: 'one', after });
        for (const { test } of page.records) seen.add(test.key);
        after = page.next;
      }
      assert.deepEqual([seen.size, seen.has('key-1000')], [tests - 1, false]);
      const [past] = store.history();
      assert.deepEqual([past?.recorded, past?.missing, past?.planned], [tests - 1, 1, tests]);
      assert.match(problems[0]?.message ?? '', /built again from the journals/);
    } finally {
      store.close();
    }
  });

  it('takes in records without a brief, and believes none that is no brief', () => {
    const journal = pastRun(storage, 'one', { planned: 4, verdicts: ['passed'], ended: false });
    const line = (number: number, brief: unknown) =>
      `${JSON.stringify({ entry: 'record', brief, record: recordOf(number, { kind: 'failed' }) })}\n`;
    for (const text of [
      line(1, undefined),
      line(2, ['key-2', 'perhaps', 1]),
      line(9, briefOf(recordOf(9, { kind: 'failed' }))),
    ])
      appendFileSync(journal.path, text);
    const store = Store.open(storage, problem => problems.push(problem))!;
    try {
      assert.deepEqual([store.history()[0]?.counts, store.history()[0]?.missing], [{ passed: 1, failed: 3 }, 0]);
      assert.equal(store.records({ run: 'one' }).records.length, 4);
    } finally {
      store.close();
      journal.close();
    }
  });

  it('loses nothing to kills at any moment, of several writers at once', async () => {
    const journal = pastRun(storage, 'live', { planned: tests, verdicts: [], ended: false });
    const begin = () =>
      spawn(process.execPath, [join(import.meta.dirname, 'importing.ts'), storage], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
    let said = '';
    let written = 0;
    let kills = 0;
    for (let round = 0; round < 12; round++) {
      const writers = [begin(), begin()];
      const ended = writers.map(writer => once(writer, 'exit'));
      for (const writer of writers) writer.stderr.on('data', (text: Buffer) => (said += text.toString()));
      const deadline = performance.now() + 150 + Math.random() * 200;
      while (performance.now() < deadline) {
        for (let some = 0; some < 8 && written < tests; some++, written++) {
          const verdict = { kind: verdicts[written]! } as Verdict;
          journal.write({ entry: 'record', record: recordOf(written, verdict) });
        }
        await sleep(5);
      }
      for (const writer of writers) if (writer.kill('SIGKILL')) kills++;
      await Promise.all(ended);
    }
    for (; written < tests; written++)
      journal.write({ entry: 'record', record: recordOf(written, { kind: verdicts[written]! } as Verdict) });
    journal.close();
    look('live');
    assert.deepEqual([said, problems, kills], ['', [], 24]);
  });

  it('on a disk that is full gives way to the journals, and says so', function () {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) this.skip(); // a small disk is mounted
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', storage], { stdio: 'ignore' });
    } catch {
      this.skip(); // this root may not mount
    }
    try {
      pastRun(storage, 'one', { planned: tests, verdicts });
      fill(join(storage, 'filler'));
      look('one');
      assert.match(problems[0]?.message ?? '', /cannot be (written|opened)/);
      rmSync(join(storage, 'filler'));
      problems.length = 0;
      look('one');
      assert.deepEqual(problems, []);
    } finally {
      execFileSync('umount', ['-l', storage]);
    }
  });
});

function overwrite(path: string, at: number, length: number): void {
  const descriptor = openSync(path, 'r+');
  writeSync(descriptor, Buffer.alloc(length, 0xa5), 0, length, at);
  closeSync(descriptor);
}

function fill(path: string): void {
  const descriptor = openSync(path, 'w');
  try {
    for (const size of [65_536, 1]) {
      try {
        for (;;) writeSync(descriptor, Buffer.alloc(size));
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
      }
    }
  } finally {
    closeSync(descriptor);
  }
}
