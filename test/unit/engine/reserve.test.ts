import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Journal } from '../../../src/engine/journal.ts';
import { reservePath } from '../../../src/engine/reserve.ts';
import type { Problem } from '../../../src/protocol/messages.ts';
import { digest } from '../../../src/store/digest.ts';
import { Store } from '../../../src/store/store.ts';
import { fill } from '../../full-disk.ts';
import { project, recordOf, testInfo } from '../store/past.ts';

const planned = 200;
const opening = { selection: { kind: 'all' }, overrides: {} } as const;

describe('a run on a disk that becomes full', function () {
  this.timeout(60_000);
  let storage: string;
  let problems: Problem[];
  const folder = () => join(storage, 'runs', 'one');
  const open = (going: { earlierMs: number } | typeof opening = opening) =>
    new Journal({
      storage,
      run: 'one',
      opening: going,
      onProblem: problem => problems.push(problem),
      patienceMs: 0,
    });

  before(function () {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) this.skip(); // a small disk is mounted
  });
  beforeEach(function () {
    problems = [];
    storage = mkdtempSync(join(tmpdir(), 'bulkhead-full-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', storage], { stdio: 'ignore' });
    } catch {
      this.skip(); // this root may not mount
    }
  });
  afterEach(() => {
    execFileSync('umount', ['-l', storage]);
    rmSync(storage, { recursive: true, force: true });
  });

  function begin(): Journal {
    const journal = open();
    const tests = Array.from({ length: planned }, (_, number) => testInfo(number));
    journal.write({ entry: 'plan', project, tests });
    return journal;
  }
  const record = (journal: Journal, number: number, text = '') =>
    journal.record(recordOf(number, { kind: 'passed' }, { messages: [{ text }] }));
  /** As if its warden had been killed: what it wrote is there, and nobody owns the run. */
  const die = () => rmSync(join(folder(), 'owner'));

  it('keeps every verdict that is shown, and puts it into its place when there is room', async () => {
    const journal = begin();
    fill(storage);
    const kept = await Promise.all(Array.from({ length: planned }, (_, number) => record(journal, number, 'é')));
    assert.ok(kept.every(Boolean));
    assert.equal(journal.complete, true);
    assert.match(problems.map(({ message }) => message).join(), /^The disk takes no more of this run: ENOSPC/);
    die();
    const found = digest(folder())!;
    assert.deepEqual([found.state, found.verdicts.size, found.missing], ['interrupted', planned, 0]);
    rmSync(join(storage, 'fill'));
    const store = Store.open(storage, problem => problems.push(problem))!;
    const [past] = store.history();
    store.close();
    assert.deepEqual([past?.planned, past?.recorded, past?.missing], [planned, planned, 0]);
    assert.equal(existsSync(reservePath(folder())), false);
    assert.equal(digest(folder())!.verdicts.size, planned);
    assert.equal(problems.length, 1, JSON.stringify(problems));
  });

  it('says of a verdict that nothing has room for that it is not kept, and of no other', async () => {
    const journal = begin();
    fill(storage);
    const text = 'x'.repeat(50_000);
    const kept: boolean[] = [];
    for (let number = 0; number < planned; number++) kept.push(await record(journal, number, text));
    assert.ok(kept.includes(true) && kept.includes(false), `${kept.filter(Boolean).length} of ${planned}`);
    const there = () => new Set(digest(folder())!.verdicts.keys());
    const shown = () => new Set(kept.flatMap((each, number) => (each ? [testInfo(number).key] : [])));
    assert.deepEqual(there(), shown());
    // A shorter one finds room behind them, and what was not kept does not come later.
    rmSync(join(storage, 'fill'));
    journal.close();
    assert.deepEqual(there(), shown());
    assert.equal(existsSync(reservePath(folder())), false);
  });

  it('keeps no more where nothing is written in place, shows nothing that is not kept, and has all of it with room', async () => {
    const journal = begin();
    // As zfs and bcachefs have it: to write over what is there takes new room, as over a hole.
    execFileSync('fallocate', [
      '--punch-hole',
      '--length',
      String(statSync(reservePath(folder())).size),
      reservePath(folder()),
    ]);
    fill(storage);
    const kept: boolean[] = [];
    for (let number = 0; number < planned; number++) kept.push(await record(journal, number));
    const shown = () => new Set(kept.flatMap((each, number) => (each ? [testInfo(number).key] : [])));
    const there = () => new Set(digest(folder())!.verdicts.keys());
    assert.ok(kept.filter(each => !each).length > planned / 2, `${kept.filter(Boolean).length} of ${planned}`);
    assert.deepEqual(there(), shown());
    die();
    const next = open({ earlierMs: 7 });
    rmSync(join(storage, 'fill'));
    for (const [number, each] of kept.entries()) if (!each) kept[number] = await record(next, number);
    next.close();
    assert.deepEqual([there().size, there()], [planned, shown()]);
  });

  it('is resumed while the disk is still full, with what a killed warden left in the middle of a line', async () => {
    const journal = begin();
    fill(storage);
    for (let number = 0; number < 100; number++) await record(journal, number);
    die();
    const text = readFileSync(reservePath(folder()), 'utf8');
    // The journal itself had a little room left.
    const aside = text.trimEnd().split('\n').length;
    assert.ok(aside >= 90 && aside <= 100, `${aside} lines`);
    truncateSync(reservePath(folder()), text.lastIndexOf('\n') - 10);
    assert.equal(digest(folder())!.verdicts.size, 99);
    const next = open({ earlierMs: 7 });
    const kept = [];
    for (let number = 99; number < planned; number++) kept.push(await record(next, number));
    const shown = 99 + kept.filter(Boolean).length;
    assert.deepEqual([digest(folder())!.verdicts.size, digest(folder())!.resumed], [shown, kept[0] ? 1 : 0]);
    rmSync(join(storage, 'fill'));
    next.close();
    assert.equal(digest(folder())!.verdicts.size, shown);
  });

  it('gives back what it has set aside when it ends, and so does whoever looks at one that was killed', () => {
    const journal = begin();
    assert.ok(statSync(reservePath(folder())).blocks * 512 >= 2 * 1024 ** 2, 'room that is taken');
    journal.close();
    assert.equal(existsSync(reservePath(folder())), false);
    open({ earlierMs: 0 });
    die();
    const store = Store.open(storage, problem => problems.push(problem))!;
    store.history();
    store.close();
    assert.deepEqual([existsSync(reservePath(folder())), problems], [false, []]);
  });
});

describe('a run on a btrfs that becomes full', function () {
  this.timeout(60_000);
  let folder: string;
  let mounted = false;

  before(function () {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) this.skip(); // a disk is made and mounted
  });
  beforeEach(function () {
    folder = mkdtempSync(join(tmpdir(), 'bulkhead-btrfs-'));
    const disk = join(folder, 'disk');
    mkdirSync(join(folder, 'storage'));
    writeFileSync(disk, '');
    truncateSync(disk, 48 * 1024 ** 2);
    try {
      execFileSync('mkfs.btrfs', ['--mixed', '-q', disk], { stdio: 'ignore' });
      execFileSync('mount', ['-o', 'loop', disk, join(folder, 'storage')], { stdio: 'ignore' });
      mounted = true;
    } catch {
      this.skip(); // no btrfs-progs, no loop devices, or a kernel without btrfs
    }
  });
  afterEach(() => {
    if (mounted) execFileSync('umount', ['-l', join(folder, 'storage')]);
    mounted = false;
    rmSync(folder, { recursive: true, force: true });
  });

  it('keeps every verdict that is shown, in a file that is written in place', async () => {
    const storage = join(folder, 'storage');
    const problems: Problem[] = [];
    const onProblem = (problem: Problem) => void problems.push(problem);
    const journal = new Journal({ storage, run: 'one', opening, onProblem, patienceMs: 0 });
    journal.write({ entry: 'plan', project, tests: Array.from({ length: planned }, (_, number) => testInfo(number)) });
    fill(storage);
    const kept: boolean[] = [];
    const text = 'x'.repeat(4000);
    for (let number = 0; number < planned; number++)
      kept.push(await journal.record(recordOf(number, { kind: 'passed' }, { messages: [{ text }] })));
    assert.deepEqual(new Set(kept), new Set([true]));
    assert.match(problems[0]!.message, /takes no more of this run/);
    const { verdicts } = digest(join(storage, 'runs', 'one'))!;
    assert.equal(verdicts.size, planned);
    rmSync(join(storage, 'fill'));
    journal.close();
    assert.equal(digest(join(storage, 'runs', 'one'))?.verdicts.size, planned);
  });
});
