const { setTimeout: sleep } = require('node:timers/promises');

const mebibyte = 1024 ** 2;

describe('memory hog', () => {
  it('is a healthy neighbour', () => {});

  // It stops by itself at 384 MiB: no danger to a machine where nothing holds it back.
  it('takes 16 MiB after 16 MiB', async () => {
    const taken = [];
    while (taken.length < 24) {
      taken.push(Buffer.alloc(16 * mebibyte, 1));
      await sleep(150);
    }
  });
});
