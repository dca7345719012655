import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { OutputCapture } from '../../../src/engine/output.ts';
import { OutputFile, outputFolderOf } from '../../../src/engine/output-file.ts';

const MiB = 1024 ** 2;

describe('the whole output of an attempt', () => {
  let run: string;
  beforeEach(() => (run = mkdtempSync(join(tmpdir(), 'bulkhead-output-'))));
  afterEach(() => rmSync(run, { recursive: true, force: true }));

  const capture = (kept: number, cap: number, folder = outputFolderOf(run)) =>
    new OutputCapture(kept, new OutputFile(folder, 'unit-1', cap));
  const files = () => (existsSync(join(run, 'output')) ? readdirSync(join(run, 'output')) : []);

  it('has no file while all of it is kept', () => {
    const output = capture(100, MiB);
    output.push(Buffer.alloc(100, 'x'));
    assert.deepEqual([output.end(), files()], [{ text: 'x'.repeat(100), droppedBytes: 0 }, []]);
  });

  it('is in a file, byte for byte and from the first one on, when something is left out', () => {
    const output = capture(100, MiB);
    const chunks = Array.from({ length: 50 }, (_, index) => Buffer.from(`\x1b[3${index % 8}mline ${index}\x1b[0m\r\n`));
    for (const chunk of chunks) output.push(chunk);
    const { file, bytes, missing, text } = output.end();
    const whole = Buffer.concat(chunks);
    assert.ok(file !== undefined && isAbsolute(file) && dirname(file) === join(run, 'output'));
    assert.deepEqual(readFileSync(file), whole);
    assert.deepEqual([bytes, missing, statSync(file).mode & 0o777], [whole.length, undefined, 0o600]);
    assert.match(text, /bytes left out/);
  });

  it('is there up to its cap, and says so', () => {
    const output = capture(100, 1000);
    for (let index = 0; index < 100; index++) output.push(Buffer.alloc(99, 'x'));
    const { file, bytes, missing } = output.end();
    assert.deepEqual([bytes, statSync(file!).size, missing], [1000, 1000, '"outputFile" is 1000 B']);
  });

  it('shares what a run may have with the others, to the byte', () => {
    const folder = outputFolderOf(run, 1000);
    const [one, two] = [capture(10, MiB, folder), capture(10, MiB, folder)];
    for (let index = 0; index < 30; index++) for (const each of [one, two]) each.push(Buffer.alloc(40, 'x'));
    const ends = [one.end(), two.end()];
    assert.equal(
      ends.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
      1000,
    );
    assert.equal(new Set(ends.map(({ file }) => file)).size, 2);
    for (const { missing } of ends) assert.match(missing ?? '', /the files of this run are as large/);
    const three = capture(10, MiB, folder);
    three.push(Buffer.alloc(40, 'x'));
    const { file, missing } = three.end();
    assert.deepEqual([file, missing, folder.left], [undefined, ends[0]!.missing, 0]);
  });

  it('is not followed through what a test has put in its place', () => {
    rmSync(join(run, 'output'), { force: true });
    writeFileSync(join(run, 'output'), 'a file where the folder should be');
    const output = capture(10, MiB);
    output.push(Buffer.alloc(40, 'x'));
    output.push(Buffer.alloc(40, 'x'));
    const { file, missing, droppedBytes } = output.end();
    assert.deepEqual([file, droppedBytes], [undefined, 70]);
    assert.match(missing ?? '', /EEXIST|ENOTDIR/);
  });

  it('says that somebody has removed it while it was written', function () {
    if (process.platform === 'win32') this.skip(); // there, what is open is not removed
    const output = capture(10, MiB);
    output.push(Buffer.alloc(40, 'x'));
    rmSync(join(run, 'output'), { recursive: true });
    output.push(Buffer.alloc(40, 'x'));
    assert.deepEqual([output.end().file, output.end().missing], [undefined, 'somebody has removed it']);
    // Nor is another file at that place taken for it.
    const other = capture(10, MiB);
    other.push(Buffer.alloc(40, 'x'));
    const [name] = files();
    rmSync(join(run, 'output', name!));
    symlinkSync('/etc/hostname', join(run, 'output', name!));
    assert.equal(other.end().missing, 'somebody has removed it');
  });

  it('gives a full disk back what it has taken, and goes on without', function () {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) this.skip(); // a small disk is mounted
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', run], { stdio: 'ignore' });
    } catch {
      this.skip(); // this root may not mount
    }
    try {
      const folder = outputFolderOf(run, MiB);
      const output = capture(1000, MiB, folder);
      for (let index = 0; index < 100; index++) output.push(Buffer.alloc(9999, 'x'));
      const { file, missing, droppedBytes } = output.end();
      assert.deepEqual([file, droppedBytes, folder.left, files()], [undefined, 998_900, MiB, []]);
      assert.match(missing ?? '', /ENOSPC/);
      const next = capture(1000, MiB, folder);
      next.push(Buffer.alloc(2000, 'x'));
      assert.equal(next.end().bytes, 2000);
    } finally {
      execFileSync('umount', ['-l', run]);
    }
  });
});
