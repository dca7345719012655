import assert from 'node:assert/strict';
import { briefOf } from '../../../src/engine/brief.ts';
import { recordText } from '../../../src/engine/record-text.ts';
import type { TestRecord } from '../../../src/protocol/verdict.ts';
import { recordOf } from '../store/past.ts';

describe('the line of a record', () => {
  const plain = recordOf(1, { kind: 'passed' });
  const rich: TestRecord = {
    ...recordOf(2, { kind: 'failed' }),
    test: { ...plain.test, titlePath: ['a "quoted"\n suite', '\ud800 half, ünï'], line: 3, column: 9, dynamic: true },
    project: 'mocha:"w":.',
    verdict: { kind: 'timed-out', which: 'test', afterMs: 12 } as unknown as TestRecord['verdict'],
    why: ['because of "this"', '\u2028'],
    messages: [{ text: 'it\nfailed', stack: 'at x' }],
    attributes: [{ kind: 'slow', thresholdMs: 5 }],
    startedAt: null,
    durationMs: 0.125,
    usage: {
      peakMemoryBytes: null,
      cpuMs: null,
      maxProcesses: 2,
      storage: { readBytes: 1, writtenBytes: 2 },
      shared: true,
    },
    processes: [{ pid: 5, parent: 4, name: 'sh "x"' }],
    timeline: { stepMs: 50, steps: [] } as never,
    output: { text: 'said', droppedBytes: 7, file: '/o', bytes: 9 },
  };
  const read = (record: TestRecord) => JSON.parse(recordText(record)) as unknown;
  const whole = (record: TestRecord) =>
    JSON.parse(JSON.stringify({ entry: 'record', brief: briefOf(record), record })) as unknown;

  it('says of each what JSON says of it, whatever the one before it was', () => {
    for (const record of [plain, rich, plain, recordOf(3, { kind: 'passed' }), rich, rich]) {
      assert.deepEqual(read(record), whole(record));
    }
  });

  it('leaves out no part that a record may have', () => {
    const parts: readonly Partial<TestRecord>[] = [
      { limits: { ...plain.limits, memoryBytes: 5 } },
      { output: { text: '', droppedBytes: 0, missing: 'the disk is full' } },
      { output: { text: '', droppedBytes: 0, file: '/o', bytes: 3 } },
      { durationMs: Number.NaN },
      { test: { ...plain.test, line: 1 } },
      { test: { ...plain.test, dynamic: true } },
      { why: [] },
    ];
    for (const part of parts) {
      const record = { ...plain, ...part };
      assert.deepEqual(read(record), whole(record), JSON.stringify(part));
    }
  });

  it('begins with what the history needs', () => {
    assert.match(recordText(rich), /^\{"entry":"record","brief":\[.*?\],"record":\{"test":\{/);
  });
});
