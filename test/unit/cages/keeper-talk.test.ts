import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeeperTalk } from '../../../src/cages/keeper-talk.ts';
import { controlFd } from '../../../src/cages/launch.ts';

const patienceMs = 200;
const answer = `${JSON.stringify({
  event: 'census',
  processes: [{ pid: 7, ppid: 1, start: '42', comm: 'sleep', cmdline: 'sleep 60' }],
})}\n`;

/** As when the machine sleeps, or this process is stopped. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe('the talk with a keeper', () => {
  let folder: string;
  let server: Server;
  let keeper: Socket;
  let talk: KeeperTalk;

  before(function () {
    if (process.platform === 'win32') this.skip(); // there is no keeper
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bulkhead-talk-'));
    server = createServer();
    await once(server.listen(join(folder, 'socket')), 'listening');
    const socket = connect(join(folder, 'socket'));
    [[keeper]] = (await Promise.all([once(server, 'connection'), once(socket, 'connect')])) as [[Socket], unknown];
    const stdio = Object.assign([], { [controlFd]: socket });
    talk = new KeeperTalk(() => undefined, patienceMs);
    talk.listen(Object.assign(new EventEmitter(), { stdio }) as unknown as ChildProcess);
  });
  afterEach(() => {
    keeper.destroy();
    server.close();
    rmSync(folder, { recursive: true });
  });

  it('hears a census that came while this process stood still for longer than it waits', async () => {
    const census = talk.census();
    await once(keeper, 'data');
    keeper.write(answer);
    standStill(2 * patienceMs);
    assert.deepEqual(await census, [{ pid: 7, parent: 1, started: '42', command: 'sleep 60' }]);
  });

  it('gives a keeper that stood still with it the time to answer', async () => {
    const census = talk.census();
    standStill(2000);
    setTimeout(() => keeper.write(answer), patienceMs / 2);
    assert.equal((await census).length, 1);
  });

  it('does not wait for ever for one that says nothing', async () => {
    assert.deepEqual(await talk.census(), []);
    assert.equal(await talk.goneWithin(50), false);
  });
});
