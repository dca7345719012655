import assert from 'node:assert/strict';
import { markdownReport } from '../../../src/reports/markdown.ts';
import type { RunReport } from '../../../src/reports/report.ts';
import { everyVerdict, mebibyte, sampleRecord, sampleReport, weakCage } from './samples.ts';

describe('the Markdown summary', () => {
  const written = (report: RunReport) => [...markdownReport(report)].join('');

  it('begins with how it went', () => {
    const good = written(sampleReport([sampleRecord({ kind: 'passed' })]));
    assert.match(good, /^# Test run: no failures\n\n1 test: 1 passed in 1\.5 s\.\n/);
    const bad = written(sampleReport(everyVerdict.map(verdict => sampleRecord(verdict))));
    assert.match(bad, /^# Test run: 9 failures\n/);
    assert.match(bad, /### Out of memory: killed by the kernel at 128 MiB/);
  });

  it('says when the run was stopped, and what was wrong with it', () => {
    const problem = { severity: 'warning' as const, message: 'the disk is full' };
    const text = written(sampleReport([], { cancelled: true, problems: [problem] }));
    assert.match(text, /stopped before its end/);
    assert.match(text, /> warning: the disk is full/);
  });

  it('names tests that left something running', () => {
    const attributes = [{ kind: 'leaked-processes' as const, processes: [], total: 3 }];
    const text = written(sampleReport([sampleRecord({ kind: 'passed' }, { attributes })]));
    assert.match(text, /## Left running\n\n- \*\*suite › test\*\* .*left 3 processes running/);
  });

  it('ranks the tests that needed most memory', () => {
    const using = (peak: number, title: string) => {
      const record = sampleRecord({ kind: 'passed' });
      const usage = { ...record.usage, peakMemoryBytes: peak * mebibyte };
      return { ...record, usage, test: { ...record.test, titlePath: [title] } };
    };
    const text = written(sampleReport([1, 9, 3, 7, 5, 8].map(peak => using(peak, `needs ${peak}`))));
    assert.deepEqual(
      [...text.matchAll(/needs (\d)/g)].map(([, peak]) => peak),
      ['9', '8', '7', '5', '3'],
    );
  });

  it('explains a cage that does not enforce everything', () => {
    const text = written({ ...sampleReport([]), cage: weakCage });
    assert.match(text, /- Memory cap: watched, looked at every 50 ms/);
  });

  it('does not let a title or an output become markup', () => {
    const title = '<img src=x> | `a` **b** [c](d)';
    const record = sampleRecord({ kind: 'failed' }, { output: { text: '````\n# heading\n', droppedBytes: 0 } });
    const text = written(sampleReport([{ ...record, test: { ...record.test, titlePath: [title] } }]));
    assert.doesNotMatch(text, /<img/);
    assert.match(text, /\\\| \\`a\\` \\\*\\\*b\\\*\\\*/);
    assert.match(text, /`````\n````\n# heading\n`````/);
  });

  it('fits the summary page of a CI system however much fails', () => {
    const output = { text: `${'x'.repeat(200)}\n`.repeat(10_000), droppedBytes: 0 };
    const record = sampleRecord({ kind: 'failed' }, { output, messages: [{ text: 'y'.repeat(1e6) }] });
    const text = written(sampleReport(Array.from({ length: 500 }, () => record)));
    assert.ok(text.length < 1024 ** 2, `${text.length}`);
    assert.match(text, /And 450 more failures\./);
  });
});
