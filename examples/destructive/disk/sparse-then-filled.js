// A file that claims 120 MiB without having them, and then has them: the write fails, long after the file was made.
const { ftruncateSync, openSync, writeSync } = require('node:fs');
const { inFolder } = require('../support/folder.js');

inFolder(folder => {
  const file = openSync(`${folder}/sparse`, 'w');
  ftruncateSync(file, 120 * 1024 ** 2);
  for (let i = 0; i < 120; i++) writeSync(file, Buffer.alloc(1024 ** 2, 1), 0, 1024 ** 2, i * 1024 ** 2);
});
