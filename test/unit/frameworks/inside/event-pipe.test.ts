import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { EventPipe, LinePipe } from '../../../../src/frameworks/inside/event-pipe.ts';
import type { InsideEvent } from '../../../../src/protocol/events.ts';

describe('the pipe out of a framework', function () {
  this.timeout(20_000);
  let folder: string;
  let fifo: string;

  before(function () {
    if (process.platform === 'win32') this.skip();
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bulkhead-pipe-'));
    fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('waits for a slow reader of a pipe that does not block, and loses nothing', async () => {
    const fd = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
    const copy = join(folder, 'copy');
    const reader = spawn('sh', ['-c', 'exec <"$0"; sleep 0.3; cat >"$1"', fifo, copy], { stdio: 'ignore' });
    const done = once(reader, 'exit');
    const events = new EventPipe(new LinePipe(fd));
    // Both more lines and a longer line than a pipe holds.
    const paths = [['x'.repeat(300_000)], ...Array.from({ length: 5000 }, (_, index) => ['a test', `number ${index}`])];
    for (const path of paths) events.say({ t: 'start', path, ordinal: 0 });
    closeSync(fd);
    await done;
    const said = readFileSync(copy, 'utf8')
      .trimEnd()
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line) as InsideEvent);
    const [{ k } = {}] = said;
    assert.match(k ?? '', /^[\w-]{12}$/);
    assert.deepEqual(
      said,
      paths.map((path, s) => ({ s, k, t: 'start', path, ordinal: 0 })),
    );
  });

  it('keeps what cannot be written now for the next time', async () => {
    const reader = spawn('cat', [fifo], { stdio: ['ignore', 'pipe', 'inherit'] });
    // Returns when the reader is there, and keeps it from seeing an end between two writers.
    const held = openSync(fifo, 'w');
    const fd = openSync(fifo, 'w');
    const lines = new LinePipe(fd);
    closeSync(fd);
    lines.write('first');
    assert.equal(lines.flush(), false);
    const other = openSync(join(folder, 'of-the-test'), 'w');
    assert.equal(other, fd, 'under the same number');
    assert.equal(lines.flush(), false);
    assert.equal(readFileSync(join(folder, 'of-the-test'), 'utf8'), '', 'nothing is written into a file of the test');
    closeSync(other);
    // The system gives the lowest free number, which need not be ours at once.
    const opened = [];
    do opened.push(openSync(fifo, 'w'));
    while (opened.at(-1)! < fd);
    assert.equal(opened.at(-1), fd);
    lines.write('second');
    for (const open of [...opened, held]) closeSync(open);
    assert.equal(await text(reader.stdout), 'first\nsecond\n');
  });

  it('does not go on when nobody reads any more', async () => {
    const reader = spawn('sh', ['-c', 'exec <"$0"', fifo], { stdio: 'ignore' });
    const fd = openSync(fifo, 'w');
    await once(reader, 'exit');
    const lines = new LinePipe(fd, why => {
      throw new Error(why);
    });
    assert.throws(() => lines.write('unheard'), /nobody reads/);
    closeSync(fd);
  });
});
