// Every write is forced to the disk before the next, as a database does: 300 MiB at most, in three files.
const { fsyncSync, openSync, writeSync } = require('node:fs');
const { inFolder } = require('../support/folder.js');

inFolder(folder => {
  for (const name of ['a', 'b', 'c']) {
    const file = openSync(`${folder}/${name}`, 'w');
    for (let i = 0; i < 100; i++) {
      writeSync(file, Buffer.alloc(1024 ** 2, 1));
      fsyncSync(file);
    }
  }
});
