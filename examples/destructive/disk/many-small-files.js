// Thirty thousand files of 8 KiB: 240 MiB at most.
const { writeFileSync } = require('node:fs');
const { inFolder } = require('../support/folder.js');

inFolder(folder => {
  for (let i = 0; i < 30_000; i++) writeFileSync(`${folder}/${i}`, Buffer.alloc(8192, 1));
});
