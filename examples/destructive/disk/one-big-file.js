// One file that grows to 300 MiB at most.
const { openSync, writeSync } = require('node:fs');
const { inFolder } = require('../support/folder.js');

inFolder(folder => {
  const file = openSync(`${folder}/big`, 'w');
  for (let i = 0; i < 300; i++) writeSync(file, Buffer.alloc(1024 ** 2, 1));
});
