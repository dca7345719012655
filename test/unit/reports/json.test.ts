import assert from 'node:assert/strict';
import { verdictKinds } from '../../../src/protocol/verdict.ts';
import { jsonReport } from '../../../src/reports/json.ts';
import type { RunReport } from '../../../src/reports/report.ts';
import { everyVerdict, sampleRecord, sampleReport } from './samples.ts';

interface Document {
  format: number;
  run: { planned: number; counts: Record<string, number>; startedAt: string };
  tests: Record<string, unknown>[];
}

describe('the JSON report', () => {
  const written = (report: RunReport) => JSON.parse([...jsonReport(report)].join('')) as Document;

  it('is a document even of no tests', () => {
    const document = written(sampleReport([]));
    assert.deepEqual([document.format, document.tests], [1, []]);
    assert.deepEqual(Object.keys(document.run.counts), [...verdictKinds]);
  });

  it('has every test with its verdict, its first line and its file relative to the folder', () => {
    const document = written(sampleReport(everyVerdict.map(verdict => sampleRecord(verdict))));
    assert.deepEqual(
      document.tests.map(test => test['verdict']),
      JSON.parse(JSON.stringify(everyVerdict)),
    );
    const [first] = document.tests;
    assert.equal(first?.['file'], 'test/a.test.js');
    assert.equal(first?.['headline'], 'Passed in 400 ms, peak 41 MiB');
    assert.equal(first?.['startedAt'], '2026-01-02T03:04:05.000Z');
    assert.equal(document.run.planned, everyVerdict.length);
    assert.ok(Object.values(document.run.counts).every(count => count === 1));
  });

  it('comes in pieces, each no larger than a test', () => {
    const record = sampleRecord({ kind: 'passed' });
    assert.ok([...jsonReport(sampleReport(Array.from({ length: 100 }, () => record)))].length > 100);
  });
});
