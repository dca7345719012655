import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { Portions } from '../../../src/engine/portions.ts';

describe('a pipe that is read in portions', function () {
  this.timeout(60_000);
  let child: ChildProcess;
  afterEach(() => child.kill('SIGKILL'));

  /** Says so many lines by one write each, and then what is asked of it. */
  function speaker(lines: number, then: string): Readable {
    const script = `const { writeSync } = require('node:fs');
      for (let line = 0; line < ${lines}; line++) writeSync(3, 'line ' + line + '\\n');
      ${then}`;
    child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'inherit', 'inherit', 'pipe'] });
    return child.stdio[3] as Readable;
  }
  const said = (lines: number) => Array.from({ length: lines }, (_, line) => `line ${line}\n`).join('');

  it('brings everything in order, in far fewer pieces than were written', async () => {
    const lines = 50_000;
    const pipe = speaker(lines, "process.kill(process.pid, 'SIGKILL')");
    const chunks: Buffer[] = [];
    new Portions(pipe, chunk => chunks.push(chunk));
    await once(pipe, 'close');
    assert.equal(Buffer.concat(chunks).toString(), said(lines));
    assert.ok(chunks.length < lines / 10, `${chunks.length} pieces`);
  });

  it('brings what comes alone, and goes on after a rest', async () => {
    const pipe = speaker(1000, "process.stdin.once('data', () => writeSync(3, 'the last word'));");
    let text = '';
    const all = Promise.withResolvers<void>();
    const last = Promise.withResolvers<void>();
    new Portions(pipe, chunk => {
      text += chunk.toString();
      if (text.endsWith('line 999\n')) all.resolve();
      if (text.endsWith('word')) last.resolve();
    });
    await all.promise;
    child.stdin!.write('go on\n');
    await last.promise;
    assert.equal(text, `${said(1000)}the last word`);
  });

  it('rests no more when there is no time left', async () => {
    const pipe = speaker(20_000, '');
    let text = '';
    const portions = new Portions(pipe, chunk => (text += chunk.toString()));
    const [first] = (await once(pipe, 'data')) as [Buffer];
    assert.ok(first.length > 0);
    portions.hurry();
    await once(pipe, 'close');
    assert.equal(text, said(20_000));
  });
});
