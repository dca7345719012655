// The temporary folder is filled by a child, in three files of 60 MiB.
const { spawnSync } = require('node:child_process');
const { inFolder } = require('../support/folder.js');

inFolder(folder => {
  for (const name of ['a', 'b', 'c']) {
    const { status, stderr } = spawnSync('sh', ['-c', `head -c 62914560 /dev/zero >"${folder}/${name}"`]);
    if (status !== 0) throw new Error(String(stderr));
  }
});
