// Two thousand servers on ports of their own, which nobody closes.
const { createServer } = require('node:net');

function listen(left) {
  if (left === 0) process.exit();
  createServer().listen(0, '127.0.0.1', () => listen(left - 1));
}
listen(2000);
