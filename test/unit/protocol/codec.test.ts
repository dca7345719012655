import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { FrameWriter, LineSplitter, readFrames } from '../../../src/protocol/codec.ts';

describe('frames', () => {
  it('come out of the pipe as they went in, whatever they hold', async () => {
    const pipe = new PassThrough();
    const received: unknown[] = [];
    readFrames(pipe, frame => received.push(frame), assert.fail);
    const writer = new FrameWriter(pipe);
    const frames = [
      { text: 'line\nbreak\r\n\u2028 ünïcode \ud83d\ude00 \u0000' },
      { big: 'x'.repeat(300_000) },
      { n: 1 },
    ];
    for (const frame of frames) writer.send(frame);
    await turn();
    await turn();
    assert.deepEqual(received, frames);
  });

  it('say when the pipe is full, and when it is not any more', async () => {
    const pipe = new PassThrough({ highWaterMark: 1000 });
    const writer = new FrameWriter(pipe);
    assert.equal(writer.send({ text: 'x'.repeat(2000) }), false);
    let free = false;
    const sent = writer.sent().then(() => (free = true));
    await turn();
    assert.equal(free, false);
    pipe.resume();
    await sent;
    assert.equal(free, true);
  });

  it('are waited for by many with the listeners of one, who go when they have waited', async () => {
    const pipe = new PassThrough({ highWaterMark: 1 });
    const writer = new FrameWriter(pipe);
    const listeners = () => pipe.listenerCount('drain') + pipe.listenerCount('close');
    const before = listeners();
    writer.send({ text: 'waiting' });
    const waiting = Array.from({ length: 50 }, () => writer.sent());
    assert.equal(listeners(), before + 2);
    pipe.resume();
    await Promise.all(waiting);
    assert.equal(listeners(), before);
  });

  it('are not waited for on a pipe that is closed', async () => {
    const pipe = new PassThrough({ highWaterMark: 1 });
    const writer = new FrameWriter(pipe);
    writer.send({ text: 'waiting' });
    const sent = writer.sent();
    pipe.destroy();
    await sent;
    assert.equal(writer.send({ text: 'late' }), false);
  });

  it('report garbage and go on', async () => {
    const pipe = new PassThrough();
    const received: unknown[] = [];
    const faults: string[] = [];
    readFrames(
      pipe,
      frame => received.push(frame),
      fault => faults.push(fault),
    );
    pipe.write('nonsense\n{"n":1}\n');
    await turn();
    assert.deepEqual(received, [{ n: 1 }]);
    assert.match(faults[0] ?? '', /not JSON: nonsense/);
  });
});

describe('a splitter of lines', () => {
  it('drops a line over its limit and keeps the next', () => {
    const lines: string[] = [];
    const oversized: number[] = [];
    const splitter = new LineSplitter(
      10,
      line => lines.push(line),
      bytes => oversized.push(bytes),
    );
    splitter.push(Buffer.from('0123456'));
    splitter.push(Buffer.from('789 too long\nshort\n'));
    assert.deepEqual([lines, oversized], [['short'], [19]]);
  });
});
