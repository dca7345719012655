const { setTimeout: sleep } = require('node:timers/promises');

describe('segfault', () => {
  // What a bug in a native module looks like from outside.
  it('dies of invalid memory access', async () => {
    process.kill(process.pid, 'SIGSEGV');
    await sleep(1000);
  });

  it('is a healthy neighbour', () => {});
});
