// Loses a child to its hunger, catches that, and goes on as if nothing had happened: the kernel counts the kill all the same.
const { spawnSync } = require('node:child_process');

const hungry = 'const kept = []; while (kept.length < 32) kept.push(Buffer.alloc(16 * 1024 ** 2, 1))';
for (let attempt = 1; attempt <= 3; attempt++) {
  const { signal } = spawnSync(process.execPath, ['-e', hungry]);
  console.log(`attempt ${attempt}: ${signal ?? 'survived'}`);
}
