import assert from 'node:assert/strict';
import { EventReader } from '../../../src/engine/event-reader.ts';
import type { InsideEvent } from '../../../src/protocol/events.ts';

function read(...chunks: (string | Buffer)[]) {
  const events: InsideEvent[] = [];
  const reader = new EventReader(event => events.push(event));
  for (const chunk of chunks) reader.push(Buffer.from(chunk));
  reader.end();
  return { events: events.map(event => event.t), problems: reader.problems };
}

const hello = '{"s":0,"t":"hello","framework":"mocha","version":"12.0.3"}\n';

describe('the reader of fd 3', () => {
  it('puts events together from any cut of the stream', () => {
    const stream = Buffer.from(`${hello}{"s":1,"t":"start","path":["ünïcode ✓"],"ordinal":0}\n{"s":2,"t":"bye"}\n`);
    const bytes = [...stream].map(byte => Buffer.from([byte]));
    assert.deepEqual(read(...bytes), { events: ['hello', 'start', 'bye'], problems: [] });
  });

  it('names a gap in the numbers', () => {
    const { events, problems } = read(hello, '{"s":3,"t":"bye"}\n');
    assert.deepEqual(events, ['hello', 'bye']);
    assert.match(problems[0] ?? '', /event 3 came where event 1 was due/);
  });

  it('counts for each writer by itself', () => {
    const worker = (s: number) => `{"s":${s},"w":7,"t":"start","path":["a"],"ordinal":0}\n`;
    assert.deepEqual(read(hello, worker(0), worker(1), '{"s":1,"t":"bye"}\n').problems, []);
    assert.match(read(hello, worker(0), worker(2)).problems[0] ?? '', /event 2 came where event 1 was due/);
  });

  it('does not listen to writers without end', () => {
    const { events, problems } = read(...Array.from({ length: 100 }, (_, w) => `{"s":0,"w":${w},"t":"bye"}\n`));
    assert.equal(events.length, 64);
    assert.match(problems[0] ?? '', /yet another writer/);
  });

  it('survives garbage, and says what it was', () => {
    const { events, problems } = read(
      'garbage\n',
      '[]\n',
      'null\n',
      '{"s":0,"t":"end","path":"x"}\n',
      '{"s":0,"t":"bye"}\n',
    );
    assert.deepEqual(events, ['bye']);
    assert.equal(problems.length, 4);
  });

  it('names an event that was cut off by the death of its sender', () => {
    const { problems } = read(hello, '{"s":1,"t":"sta');
    assert.match(problems[0] ?? '', /cut off after 15 bytes/);
  });

  it('drops an event over the limit without keeping it, and goes on', () => {
    const chunk = Buffer.alloc(1024 ** 2, 120);
    const { events, problems } = read(...Array<Buffer>(17).fill(chunk), '\n', hello);
    assert.deepEqual(events, ['hello']);
    assert.match(problems[0] ?? '', /an event of 17825792 bytes was dropped/);
  });

  it('takes from the first hello on only what has its key', () => {
    const keyed = (s: number, k: string | number | null, more: string) =>
      `{"s":${s},${k === null ? '' : `"k":${JSON.stringify(k)},`}${more}}\n`;
    const said = '"t":"hello","framework":"mocha","version":"12"';
    const { events, problems } = read(
      keyed(0, 'a', said),
      keyed(1, null, '"t":"bye"'),
      keyed(1, 'b', '"t":"bye"'),
      keyed(1, 'b', said),
      keyed(1, 7, '"t":"bye"'),
      keyed(1, 'a', '"t":"bye"'),
    );
    assert.deepEqual(events, ['hello', 'bye']);
    assert.equal(problems.length, 4);
    assert.match(
      problems[0] ?? '',
      /an event \(bye\) that was not written by the code inside the framework was dropped/,
    );
  });

  it('does not believe an end of a state that does not exist', () => {
    const { events } = read('{"s":0,"t":"end","path":["a"],"ordinal":0,"state":"wonderful","ms":1}\n');
    assert.deepEqual(events, []);
  });

  it('believes no address of a debugger that is not on this machine', () => {
    const at = (host: string, port: number, kind = 'node') => JSON.stringify({ s: 0, t: 'debugger', kind, host, port });
    assert.deepEqual(read(`${at('127.0.0.1', 40_001)}\n`).events, ['debugger']);
    for (const bad of [at('10.0.0.1', 40_001), at('127.0.0.1', 0), at('127.0.0.1', 65_536), at('127.0.0.1', 1, 'gdb')])
      assert.deepEqual(read(`${bad}\n`).events, []);
  });

  it('keeps the list of problems short', () => {
    const { problems } = read('x\n'.repeat(1000));
    assert.equal(problems.length, 21);
    assert.equal(problems.at(-1), '980 more such problems');
  });
});
