import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { statusText } from '../../../src/editor/status-text.ts';
import { t, translateBy } from '../../../src/editor/texts.ts';

const english = (message: string, ...args: (string | number)[]) =>
  message.replace(/\{(\d+)\}/g, (_, at) => String(args[Number(at)]));

describe('texts of the editor', () => {
  afterEach(() => translateBy(english));

  it('are English until somebody translates, with values in their places', () => {
    assert.equal(t('{1} of {0}, {1} again', 5, 'two'), 'two of 5, two again');
  });

  it('are said in another language by modules that know nothing of VS Code', () => {
    translateBy((message, ...args) => `«${english(message, ...args)}»`);
    assert.equal(statusText({ kind: 'idle' }, 0).spoken, '«Bulkhead: no tests have run yet»');
    assert.equal(statusText({ kind: 'idle' }, 2).text, '$(alert) «2 processes not killed»');
  });

  it('are all in the bundle that translators get', () => {
    execFileSync(process.execPath, ['src/editor/write-texts.ts', '--check'], { stdio: 'inherit' });
  });
});
