import type { ChildProcess } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { LineSplitter } from '../../protocol/codec.ts';
import type { LeaderEnd } from '../cage.ts';
import { controlFd } from '../launch.ts';
import type { LaunchOrder } from '../launcher-order.ts';
import { endOf } from './statuses.ts';

export type LauncherNews =
  | { readonly event: 'ready' }
  | { readonly event: 'spawn-failed'; readonly because: string }
  | { readonly event: 'leader-exited'; readonly code: number | null; readonly signal: NodeJS.Signals | null };

const longestLine = 64 * 1024;
const pipeMs = 200;

/** The conversation with one launcher: it says that it waits, is given its order, and tells of the program's end. */
export class LauncherTalk {
  readonly #leader = Promise.withResolvers<LeaderEnd>();
  readonly leader = this.#leader.promise;
  readonly #gone = Promise.withResolvers<void>();
  #socket: Duplex | null = null;

  /**
   * `onReady` gives the order, or throws with the reason why the program must not be started; `whenSilent` judges the end of
   * a launcher that told of none.
   */
  listen(child: ChildProcess, onReady: () => LaunchOrder, whenSilent: (end: LeaderEnd) => LeaderEnd): void {
    const socket = child.stdio[controlFd] as Duplex;
    this.#socket = socket;
    // Nothing that the launcher says is so long.
    const lines = new LineSplitter(
      longestLine,
      line => this.#hear(JSON.parse(line) as LauncherNews, onReady),
      () => {},
    );
    socket.on('data', (chunk: Buffer) => lines.push(chunk));
    // A launcher that is killed resets its pipe; its end is told by the process.
    socket.on('error', () => {});
    const heard = new Promise(resolve => socket.once('close', resolve));
    child.once('exit', (code, signal) => {
      this.#gone.resolve();
      // What it said before its end is heard first, unless a process that escaped holds the pipe.
      const end = () => this.#leader.resolve(whenSilent(endOf(code, signal)));
      void Promise.race([heard, sleep(pipeMs, null, { ref: false })]).then(end);
    });
  }

  refuse(because: string): void {
    this.#leader.resolve({ kind: 'not-started', because });
    this.#socket?.destroy();
  }

  goneWithin(ms: number): Promise<boolean> {
    return Promise.race([this.#gone.promise.then(() => true), sleep(ms, false, { ref: false })]);
  }

  #hear(news: LauncherNews, onReady: () => LaunchOrder): void {
    switch (news.event) {
      case 'ready':
        try {
          this.#socket?.write(`${JSON.stringify(onReady())}\n`);
        } catch (error) {
          this.refuse(error instanceof Error ? error.message : String(error));
        }
        return;
      case 'spawn-failed':
        return this.refuse(news.because);
      case 'leader-exited':
        this.#leader.resolve(endOf(news.code, news.signal));
        return;
    }
  }
}
