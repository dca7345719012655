// Stands for the extension host of a window: the client that the editor has, in a process of its own, which runs all tests of a
// folder. Real extension hosts are killed in test/ui/killed-host.test.ts, where a round takes much longer.
import { randomUUID } from 'node:crypto';
import { basename, join } from 'node:path';
import { WardenClient } from '../../src/client/client.ts';
import { dist } from './workspace.ts';

const path = process.cwd();
const client = await WardenClient.start({
  script: join(dist, 'warden.cjs'),
  node: process.execPath,
  env: process.env,
  storage: join(path, '.bulkhead'),
  folders: [{ folder: { name: basename(path), path }, overrides: {} }],
  onNotice: () => {},
  onExit: () => {},
});
try {
  await client.request('run', { run: randomUUID(), selection: { kind: 'all' }, overrides: {} });
} finally {
  await client.close();
}
