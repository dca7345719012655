import assert from 'node:assert/strict';
import { failureText } from '../../../src/cli/failure-text.ts';
import type { TestRecord } from '../../../src/protocol/verdict.ts';
import { sampleRecord } from '../reports/samples.ts';
import { FakeScreen } from './screen.ts';

describe('a failure in the terminal', () => {
  const text = (record: TestRecord) => failureText(record, '/w', new FakeScreen().terminal());

  it('has the test, the category with its numbers, the message, the values, the stack, the output', () => {
    const record = sampleRecord(
      { kind: 'failed' },
      {
        messages: [{ text: 'not equal', stack: 'Error: not equal\n    at a.js:1:2', expected: '1\n2', actual: '3' }],
        output: { text: 'one\ntwo\n', droppedBytes: 0 },
      },
    );
    assert.equal(
      text(record),
      [
        '✗ suite › test  test/a.test.js:7',
        '    Failed after 400 ms, peak 41 MiB',
        '    not equal',
        '    expected 1 2',
        '      actual 3',
        '        at a.js:1:2',
        '    its output:',
        '      one',
        '      two',
      ].join('\n'),
    );
  });

  it('does not repeat a difference that the message shows', () => {
    const messages = [{ text: 'not equal:\n+ 3\n- 1', expected: '1', actual: '3' }];
    assert.doesNotMatch(text(sampleRecord({ kind: 'failed' }, { messages })), /expected 1/);
  });

  it('tells once what a file could not be loaded for, and what to do', () => {
    const message = "a.py cannot be loaded: No module named 'x'";
    const messages = [{ text: `${message}\nmore of it\nInstall x.` }];
    const unrun = { startedAt: null, durationMs: null, messages };
    assert.equal(
      text(sampleRecord({ kind: 'error', phase: 'load', message }, unrun)),
      [
        '✗ suite › test  test/a.test.js:7',
        `    Error while loading the file: ${message}`,
        '    more of it',
        '    Install x.',
      ].join('\n'),
    );
    const long = { text: `${message}\n${'and more\n'.repeat(50)}Install x.` };
    const cut = text(sampleRecord({ kind: 'error', phase: 'load', message }, { ...unrun, messages: [long] }));
    assert.match(cut, /\n {4}and more\n {4}…\n {4}Install x\.$/);
    const started = text(sampleRecord({ kind: 'error', phase: 'load', message }, { messages }));
    assert.match(started, /\n {4}Mend the file first: none of its tests can run until it loads\.$/);
  });

  it('shows the end of a long output', () => {
    const output = { text: Array.from({ length: 500 }, (_, index) => `line ${index}`).join('\n'), droppedBytes: 0 };
    const shown = text(sampleRecord({ kind: 'failed' }, { output }));
    assert.match(shown, /the last lines of its output:\n {6}line 488\n/);
    assert.match(shown, /line 499$/);
  });

  it('has the evidence and the numbers beside their limits where that is asked for', () => {
    const record = sampleRecord({ kind: 'failed' }, { why: ['The first rule.', 'And a number.'] });
    const shown = failureText(record, '/w', new FakeScreen().terminal(), { evidence: true });
    assert.match(
      shown,
      /\n {4}why: The first rule\.\n {9}And a number\.\n {4}measured: 400 ms of .* · 41 MiB memory of /,
    );
    assert.doesNotMatch(text(record), /why:|measured:/);
    const unrun = { startedAt: null, durationMs: null, why: ['It was not begun.'] };
    const usage = { peakMemoryBytes: null, cpuMs: null, maxProcesses: null, shared: false };
    const never = sampleRecord({ kind: 'not-run', because: 'x' }, { ...unrun, usage });
    assert.match(
      failureText(never, '/w', new FakeScreen().terminal(), { evidence: true }),
      /why: It was not begun\.\n {4}measured: never started · cage: /,
    );
  });

  it('stays short and harmless whatever a test says', () => {
    const wild = `\x1b[2J${'y'.repeat(1e6)}\n`.repeat(2);
    const record = sampleRecord(
      { kind: 'error', phase: 'hook', message: wild },
      {
        messages: [{ text: wild, stack: wild, expected: wild, actual: wild }],
        output: { text: wild, droppedBytes: 0 },
      },
    );
    const shown = text({ ...record, test: { ...record.test, file: '/w/a\x1b[2Jb\n.sh', titlePath: [wild] } });
    assert.ok(shown.length < 16_000, `${shown.length}`);
    assert.doesNotMatch(shown, /[^\P{Cc}\n]/u);
  });
});
