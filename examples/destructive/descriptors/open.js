// Opens one file again and again, 4,000 times at most, and closes none.
const { openSync } = require('node:fs');

const open = [];
while (open.length < 4000) open.push(openSync(__filename));
