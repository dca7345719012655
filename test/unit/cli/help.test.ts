import assert from 'node:assert/strict';
import { exitCodeOf, exitCodes } from '../../../src/cli/exit-codes.ts';
import { helpText } from '../../../src/cli/help.ts';
import { runOptions } from '../../../src/cli/options.ts';

describe('the help', () => {
  it('explains every flag of "run"', () => {
    const text = helpText('run');
    for (const flag of Object.keys(runOptions)) assert.match(text, new RegExp(`--${flag}\\b.*\\w{3}`));
  });

  it('explains every exit code', () => {
    for (const topic of ['bulkhead', 'run', 'list', 'resume'] as const) {
      for (const code of Object.values(exitCodes)) assert.match(helpText(topic), new RegExp(`^ {2}${code} +\\w`, 'm'));
    }
    for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM', 'SIGPIPE'] as const) {
      assert.match(helpText('bulkhead'), new RegExp(`\\b${exitCodeOf(signal)}\\b`));
    }
  });

  it('fits a terminal of 120 columns', () => {
    for (const topic of ['bulkhead', 'run', 'list', 'history', 'show', 'resume'] as const) {
      for (const line of helpText(topic).split('\n')) assert.ok(line.length <= 120, line);
    }
  });
});
