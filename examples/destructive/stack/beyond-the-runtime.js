// Lists nested a million deep, made into JSON by a Node that was told it has 60 MiB of stack: it believes that, and has less.
const { spawnSync } = require('node:child_process');

const deep = 'let deep = []; for (let i = 0; i < 1e6; i++) deep = [deep]; JSON.stringify(deep)';
const { status, signal } = spawnSync(process.execPath, ['--stack-size=60000', '-e', deep], { stdio: 'inherit' });
if (signal) process.kill(process.pid, signal);
process.exitCode = status;
