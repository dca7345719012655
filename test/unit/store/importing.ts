import { Store } from '../../../src/store/store.ts';

// A process to be killed: it takes in whatever there is, for as long as it lives.
const [storage = ''] = process.argv.slice(2);
const store = Store.open(storage, problem => process.stderr.write(`${problem.message}\n`))!;
for (;;) store.catchUp();
