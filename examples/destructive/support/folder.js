const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

/** A folder below TMPDIR that is removed in the end, also where nothing else would. */
exports.inFolder = work => {
  const folder = mkdtempSync(join(tmpdir(), 'destructive-'));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
