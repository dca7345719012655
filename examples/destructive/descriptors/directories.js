// Handles of folders, which are descriptors too: 4,000 at most.
const { opendirSync } = require('node:fs');

const open = [];
while (open.length < 4000) open.push(opendirSync(__dirname));
