import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ownerName } from '../../../src/cages/owner.ts';
import { briefOf } from '../../../src/engine/brief.ts';
import { Journal } from '../../../src/engine/journal.ts';
import { briefLines, journalLines } from '../../../src/store/journal-lines.ts';
import { recordOf } from '../store/past.ts';
import type { Problem } from '../../../src/protocol/messages.ts';

describe('the journal of a run', () => {
  let storage: string;
  let problems: Problem[];
  const opening = { selection: { kind: 'all' }, overrides: {} } as const;
  const open = (run: string) =>
    new Journal({ storage, run, opening, onProblem: problem => problems.push(problem), patienceMs: 0 });
  const entriesOf = ({ path }: Journal) => [...journalLines(path)].map(({ entry }) => entry?.entry ?? null);
  const stop = (unit: string) => ({ entry: 'stop', unit, reason: { kind: 'cancelled' } }) as const;

  beforeEach(() => {
    storage = mkdtempSync(join(tmpdir(), 'bulkhead-journal-'));
    problems = [];
  });
  afterEach(() => rmSync(storage, { recursive: true, force: true }));

  it('has each entry on disk when the call returns, for the owner alone', () => {
    const journal = open('one');
    journal.write({ entry: 'stop', unit: 'unit-1', reason: { kind: 'cancelled' } });
    const lines = readFileSync(journal.path, 'utf8').trim().split('\n');
    assert.deepEqual(
      lines.map(line => (JSON.parse(line) as { entry: string }).entry),
      ['run', 'stop'],
    );
    assert.equal(statSync(journal.path).mode & 0o777, 0o600);
    journal.close();
  });

  it('has the records of a turn with the kernel before any of them may be shown, in the order of everything else', async () => {
    const journal = open('turn');
    const shown = [0, 1, 2].map(async number => {
      await journal.record(recordOf(number, { kind: 'passed' }));
      return entriesOf(journal).length;
    });
    assert.deepEqual(entriesOf(journal), ['run']);
    assert.deepEqual(await Promise.all(shown), [4, 4, 4]);
    const last = journal.record(recordOf(3, { kind: 'passed' }));
    journal.write(stop('unit-1'));
    assert.deepEqual(entriesOf(journal).slice(4), ['record', 'stop']);
    await last;
    // A kill of ours comes after this, and is nobody's verdict.
    void journal.record(recordOf(4, { kind: 'passed' }));
    journal.close();
    void journal.record(recordOf(5, { kind: 'failed' }));
    await new Promise(resolve => setImmediate(resolve));
    assert.deepEqual(entriesOf(journal).slice(4), ['record', 'stop', 'record']);
  });

  it('keeps every record as it was, whatever its letters and its size, and the limits of each', async () => {
    const journal = open('all kinds');
    const texts = [
      'é'.repeat(200_000),
      'x'.repeat(300_000),
      '𝕏'.repeat(90_000),
      'line\nline',
      '"],"record":{"test":{',
      '\ud800',
    ];
    const records = texts.flatMap((text, number) =>
      [null, 2 ** 20, 2 ** 30].map(memoryBytes => {
        const { limits, ...rest } = recordOf(number, { kind: 'failed' }, { messages: [{ text }] });
        return { ...rest, limits: { ...limits, memoryBytes } };
      }),
    );
    await Promise.all(records.map(record => journal.record(record)));
    journal.close();
    const kept = [...journalLines(journal.path)].flatMap(({ entry }) =>
      entry?.entry === 'record' ? [entry.record] : [],
    );
    assert.deepEqual(kept, JSON.parse(JSON.stringify(records)));
    const briefs = [...briefLines(journal.path, 0)].flatMap(line => ('brief' in line ? [line.brief] : []));
    assert.deepEqual(briefs, records.map(briefOf));
  });

  it('says once that the disk is full, and lets the run go on', function () {
    if (process.platform !== 'linux') this.skip(); // /dev/full is a disk that is always full
    mkdirSync(join(storage, 'runs', 'full'), { recursive: true });
    symlinkSync('/dev/full', join(storage, 'runs', 'full', 'journal.ndjson'));
    const journal = open('full');
    journal.write({ entry: 'stop', unit: 'unit-1', reason: { kind: 'cancelled' } });
    journal.write({ entry: 'stop', unit: 'unit-2', reason: { kind: 'cancelled' } });
    assert.equal(problems.length, 1);
    assert.match(problems[0]!.message, /not being saved.*ENOSPC/);
    assert.equal(journal.complete, false);
    journal.close();
  });

  for (const [who, removes] of [
    ['with all that is kept', () => rmSync(storage, { recursive: true })],
    ['alone', (path: string) => rmSync(path)],
    ['by moving its folder away', (path: string) => renameSync(dirname(path), join(storage, 'elsewhere'))],
    [
      'and something stands in its place',
      (path: string) => {
        rmSync(path);
        symlinkSync('/dev/null', path);
      },
    ],
  ] as const) {
    it(`is written again when somebody removes it ${who}, and says so once`, async function () {
      if (process.platform === 'win32') this.skip(); // there nobody can remove what is open
      const journal = open('removed');
      await journal.record(recordOf(0, { kind: 'passed' }));
      removes(journal.path);
      await journal.record(recordOf(1, { kind: 'failed' }));
      rmSync(journal.path, { force: true });
      journal.close();
      assert.deepEqual(entriesOf(journal), ['run', 'record', 'record']);
      assert.deepEqual(readdirSync(dirname(journal.path)), ['journal.ndjson']);
      assert.equal(statSync(journal.path).mode & 0o777, 0o600);
      assert.equal(journal.complete, true);
      assert.equal(problems.length, 1);
      assert.match(problems[0]!.message, /removed the journal.*written again/);
    });
  }

  it('says that it cannot be written again where something keeps it from that', async function () {
    if (process.platform === 'win32') this.skip(); // there nobody can remove what is open
    const journal = open('removed');
    rmSync(storage, { recursive: true });
    writeFileSync(storage, 'a file where the folder was');
    await journal.record(recordOf(0, { kind: 'passed' }));
    journal.close();
    assert.equal(journal.complete, false);
    assert.match(problems.map(({ message }) => message).join(), /could not be written again: /);
  });

  it('says once that its folder cannot be made', () => {
    chmodSync(storage, 0o700);
    writeFileSync(join(storage, 'runs'), 'a file where the folder should be');
    const journal = open('blocked');
    journal.write({ entry: 'stop', unit: 'unit-1', reason: { kind: 'cancelled' } });
    journal.close();
    assert.equal(problems.length, 1);
    assert.match(problems[0]!.message, /not being saved/);
    assert.ok(problems[0]!.fix);
  });

  it('goes on where a killed warden stopped in the middle of a line', () => {
    const killed = open('killed');
    killed.write(stop('unit-1'));
    killed.close();
    truncateSync(killed.path, statSync(killed.path).size - 5);
    const opening = { earlierMs: 7 };
    const next = new Journal({ storage, run: 'killed', opening, onProblem: problem => problems.push(problem) });
    next.write(stop('unit-2'));
    next.close();
    assert.deepEqual(entriesOf(next), ['run', 'resume', 'stop']);
    assert.deepEqual(problems, []);
  });

  it('is written by one living warden at a time', () => {
    const folder = join(storage, 'runs', 'taken');
    mkdirSync(folder, { recursive: true });
    // The parent of this process lives, and is not us.
    writeFileSync(join(folder, 'owner'), ownerName(process.ppid));
    assert.throws(() => open('taken'), /going on in another window/);
    writeFileSync(join(folder, 'owner'), ownerName(process.ppid).replace(/-\d+-(\d+)$/, '-1-$1'));
    const journal = open('taken');
    journal.close();
    assert.equal(existsSync(join(folder, 'owner')), false);
  });

  it('keeps whole lines on a disk that becomes full, and what it could not write until there is room', async function () {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) this.skip(); // a small disk is mounted
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', storage], { stdio: 'ignore' });
    } catch {
      this.skip(); // this root may not mount
    }
    try {
      const journal = open('small');
      // Of a prime length, so that the last one does not fit and is cut by the kernel.
      const unit = 'x'.repeat(4999);
      for (let index = 0; index < 40; index++) journal.write(stop(unit));
      assert.equal(journal.complete, false);
      assert.equal(problems.length, 1);
      assert.ok(readFileSync(journal.path, 'utf8').endsWith('}\n'));
      assert.ok(entriesOf(journal).every(entry => entry !== null));
      const kept = await Promise.all(
        Array.from({ length: 20 }, (_, number) => journal.record(recordOf(number, { kind: 'passed' }))),
      );
      assert.ok(kept.every(each => !each));
      assert.ok(entriesOf(journal).every(entry => entry !== null));
      execFileSync('mount', ['-o', 'remount,size=1m', storage]);
      journal.write(stop('last'));
      journal.close();
      assert.deepEqual(entriesOf(journal), ['run', ...Array.from({ length: 41 }, () => 'stop')]);
    } finally {
      execFileSync('umount', ['-l', storage]);
    }
  });

  it('counts what it cannot keep, and says where it is missing', () => {
    mkdirSync(join(storage, 'runs'), { recursive: true });
    writeFileSync(join(storage, 'runs', 'late'), 'a file where the folder should be');
    const journal = open('late');
    const unit = 'x'.repeat(6 * 1024 ** 2);
    for (let index = 0; index < 5; index++) journal.write(stop(unit));
    rmSync(join(storage, 'runs', 'late'));
    journal.write(stop('small'));
    assert.equal(journal.complete, false);
    journal.close();
    const gaps = [...journalLines(journal.path)].flatMap(({ entry }) =>
      entry?.entry === 'gap' ? [entry.entries] : [],
    );
    assert.deepEqual(entriesOf(journal), ['run', 'stop', 'stop', 'stop', 'gap']);
    assert.deepEqual(gaps, [3]);
  });

  describe('is read', () => {
    it('over lines that nobody can understand', () => {
      const journal = open('damaged');
      const damage = [
        'garbage',
        '[]',
        'null',
        '{"entry":"record","record":{}}',
        '\u0000\u0000',
        '{"entry":"unheard of"}',
      ];
      for (const line of damage) appendFileSync(journal.path, `${line}\n`);
      appendFileSync(journal.path, Buffer.from([0xff, 0xfe, 10]));
      journal.write(stop('unit-1'));
      appendFileSync(journal.path, '{"entry":"stop","uni');
      journal.close();
      assert.deepEqual(entriesOf(journal), ['run', ...damage.map(() => null), null, 'stop']);
    });

    it('over a line that is too long to be one of ours, without keeping it', () => {
      const journal = open('flooded');
      const piece = Buffer.alloc(8 * 1024 ** 2, 120);
      for (let index = 0; index < 9; index++) appendFileSync(journal.path, piece);
      appendFileSync(journal.path, '\n');
      journal.write(stop('unit-1'));
      journal.close();
      assert.deepEqual(entriesOf(journal), ['run', null, 'stop']);
    });

    it('from any line on', () => {
      const journal = open('middle');
      for (let index = 0; index < 1000; index++) journal.write(stop('é'.repeat(index)));
      journal.close();
      const lines = [...journalLines(journal.path)];
      for (const { at } of [lines[1]!, lines[500]!, lines[1000]!]) {
        assert.deepEqual([...journalLines(journal.path, at)], lines.slice(lines.findIndex(line => line.at === at)));
      }
    });
  });
});
