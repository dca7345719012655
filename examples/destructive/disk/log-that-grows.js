// Two logs that nobody rotates, a line at a time: 240 MiB at most.
const { appendFileSync } = require('node:fs');
const { inFolder } = require('../support/folder.js');

const lines = 'something happened, and it was written down\n'.repeat(12_000);
inFolder(folder => {
  for (let i = 0; i < 480; i++) appendFileSync(`${folder}/${i % 2}.log`, lines.slice(0, 512 * 1024));
});
