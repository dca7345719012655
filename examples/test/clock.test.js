const assert = require('node:assert/strict');
const { setTimeout: sleep } = require('node:timers/promises');

describe('clock', () => {
  it('goes forward', async () => {
    const before = Date.now();
    await sleep(20);
    assert.ok(Date.now() > before);
  });

  it('prints what it sees', () => {
    console.log('a line on stdout');
    console.error('and one on stderr');
  });
});
