import { retain } from '../../../src/store/retention.ts';

// One of several processes that remove the same runs at the same time.
const [storage = '', runs = '1'] = process.argv.slice(2);
const removed = retain(storage, { runs: Number(runs), days: null, bytes: null });
process.stdout.write(JSON.stringify(removed.runs));
