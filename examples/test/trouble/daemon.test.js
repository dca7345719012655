const { spawn } = require('node:child_process');
const { once } = require('node:events');

describe('daemon', () => {
  it('leaves a process of its own session behind', async () => {
    const shell = spawn('sh', ['-c', 'sleep 300 >/dev/null 2>&1 &'], { detached: true, stdio: 'ignore' });
    await once(shell, 'exit');
  });
});
