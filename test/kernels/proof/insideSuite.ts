import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

describe('a suite inside', () => {
  it('runs as the ordinary user on cgroup v2 alone', () => {
    assert.equal(process.getuid?.(), 1000);
    assert.match(readFileSync('/proc/self/cgroup', 'utf8'), /^0::\/.+\n$/);
  });

  it('fails on purpose', () => {
    assert.equal(process.env.PURPOSE, 'to pass');
  });
});
