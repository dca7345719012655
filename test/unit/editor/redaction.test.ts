import assert from 'node:assert/strict';
import { configurationText, withoutValues } from '../../../src/editor/redaction.ts';

describe('a report of a problem', () => {
  it('has no values of the environment, the longest first', () => {
    const env = {
      TOKEN: 'secret-token',
      LONGER: 'secret-token-and-more',
      HOME: '/home/me',
      LEVEL: '1',
      NONE: undefined,
    };
    const text = 'secret-token-and-more secret-token /home/me/project 1';
    assert.equal(withoutValues(text, env), '<LONGER> <TOKEN> <HOME>/project 1');
  });

  it('shows the configuration without what it gives to tests', () => {
    const text = '{ // ours\n"memory": "1 GiB", "frameworks": { "mocha": { "env": { "PASSWORD": "hush" } } } }';
    const shown = configurationText(text);
    assert.match(shown, /"memory": "1 GiB"/);
    assert.match(shown, /"PASSWORD": "<not shown>"/);
    assert.doesNotMatch(shown, /hush|ours/);
    assert.match(configurationText(''), /cannot be read/);
  });
});
