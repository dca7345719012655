import assert from 'node:assert/strict';
import type { KeeperNews } from '../../../../src/cages/keeper-talk.ts';
import { NodeKeeper } from '../../../../src/cages/node-keeper/keeper.ts';
import type { Ended, Libc } from '../../../../src/cages/node-keeper/libc.ts';

const leader = 2 ** 22 + 7;

/** Plays the kernel, whose children end when the test says so; no number here is one of a process. */
class PlayedLibc implements Libc {
  ends: (Ended | 'nobody' | null)[] = [];
  adopts = false;

  adoptOrphans(): void {
    this.adopts = true;
  }
  handOn(): void {
    // Nothing is started here.
  }
  start(): number {
    assert.ok(this.adopts, 'an orphan of its first moment would be lost');
    return leader;
  }
  reap(): Ended | 'nobody' | null {
    return this.ends.shift() ?? null;
  }
  reapedUsage() {
    return { cpuMs: 12, readBytes: 0, writtenBytes: 512 };
  }
}

describe('a keeper in Node', () => {
  let libc: PlayedLibc;
  let said: KeeperNews[];
  let ended: number;
  let keeper: NodeKeeper;

  before(function () {
    if (process.platform !== 'linux') this.skip(); // it is a part of Linux
  });
  beforeEach(() => {
    libc = new PlayedLibc();
    said = [];
    ended = 0;
    const options = { memoryBytes: null, pollMs: 60_000, say: (news: KeeperNews) => said.push(news) };
    keeper = new NodeKeeper({ libc, ...options, onEnd: () => ended++ });
    keeper.start('/bin/true', [], []);
  });
  afterEach(() => {
    libc.ends = ['nobody'];
    keeper.kill();
  });

  it('tells of the leader’s end and stays until the kernel says that nobody is left', () => {
    libc.ends = [{ pid: leader, exit: 3, signal: null }];
    keeper.takeIn();
    assert.deepEqual(
      said.map(({ event }) => event),
      ['started', 'leader-exited'],
    );
    assert.deepEqual(said[1], { event: 'leader-exited', exit: 3, signal: null });
    libc.ends = [{ pid: leader + 1, exit: 0, signal: null }, 'nobody'];
    keeper.takeIn();
    const done = said.at(-1)!;
    assert.ok(done.event === 'done');
    assert.deepEqual([done.survivors, done.cpuMs, ended], [0, 12, 1]);
  });

  it('kills until the kernel says that nobody is left, and says so once', () => {
    libc.ends = [null, null, { pid: leader, exit: null, signal: 9 }, null, 'nobody'];
    keeper.kill();
    keeper.kill();
    assert.deepEqual(
      said.map(({ event }) => event),
      ['started', 'leader-exited', 'done'],
    );
    assert.equal(ended, 1);
  });
});
