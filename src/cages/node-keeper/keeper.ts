import { existsSync } from 'node:fs';
import type { KeeperNews } from '../keeper-talk.ts';
import { killNow } from '../owner.ts';
import { childrenOf, descendants, privateMemory, readProcess } from '../processes.ts';
import type { Libc } from './libc.ts';
import { pauseMs } from './pause.ts';

/** Between two sweeps over the tree: so many looks at the children of this process alone. */
const looksASweep = 200;
const looksWithoutPause = 20;
const killBoundMs = 5000;

export interface NodeKeeperOptions {
  readonly libc: Libc;
  readonly memoryBytes: number | null;
  readonly pollMs: number;
  readonly say: (news: KeeperNews) => void;
  /** Nobody is left, or nobody could be ended. */
  readonly onEnd: () => void;
}

/** What the keeper program does, as far as a Node can: it adopts, watches, reaps, and ends what it has adopted. */
export class NodeKeeper {
  readonly #options: NodeKeeperOptions;
  #leader = 0;
  #bytes = 0;
  #peakBytes = 0;
  #nobodyLeft = false;
  #ended = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: NodeKeeperOptions) {
    this.#options = options;
  }

  start(program: string, args: readonly string[], env: readonly string[]): void {
    const { libc, say } = this.#options;
    libc.adoptOrphans();
    this.#leader = libc.start(program, args, env);
    say({ event: 'started', pid: this.#leader });
    this.#watch();
  }

  /** Called whenever a child may have ended. */
  takeIn(): void {
    this.#reap();
    if (this.#nobodyLeft) this.#end();
  }

  signal(signal: NodeJS.Signals | number): void {
    for (const pid of descendants(process.pid)) killNow(pid, signal);
  }

  tellUsage(): void {
    const rows = this.#rows();
    const cpuMs = rows.reduce((sum, row) => sum + row.cpuMs, this.#options.libc.reapedUsage().cpuMs);
    this.#options.say({ event: 'usage', processes: rows.length, bytes: this.#bytes, cpuMs });
  }

  tellCensus(): void {
    const processes = this.#rows().map(({ pid, parent, started, command }) => {
      return { pid, ppid: parent, start: started, comm: '', cmdline: command };
    });
    this.#options.say({ event: 'census', processes });
  }

  /** Until the kernel says that no child is left, or time is up. */
  kill(): void {
    const end = performance.now() + killBoundMs;
    this.#reap();
    while (!this.#nobodyLeft && performance.now() < end) {
      this.#sweep();
      this.#chase(end);
    }
    this.#end();
  }

  /** Stopped first: what cannot run cannot fork. Twice, for those who were born during the first look. */
  #sweep(): void {
    this.signal('SIGSTOP');
    this.signal('SIGSTOP');
    this.signal('SIGKILL');
  }

  /** Orphans become our children, and a child keeps its pid until we have waited for it: no stranger can be hit. */
  #chase(end: number): void {
    for (let look = 0; look < looksASweep && !this.#nobodyLeft && performance.now() < end; look++) {
      for (const pid of childrenOf(process.pid)) killNow(pid);
      this.#reap();
      if (look >= looksWithoutPause && !this.#nobodyLeft) standStill(0.2);
    }
  }

  #reap(): void {
    const { libc, say } = this.#options;
    for (;;) {
      const ended = libc.reap();
      if (ended === 'nobody') this.#nobodyLeft = true;
      if (ended === 'nobody' || ended === null) return;
      if (ended.pid === this.#leader) say({ event: 'leader-exited', exit: ended.exit, signal: ended.signal });
    }
  }

  /** A look at many processes takes its time, and must leave some for everything else. */
  #watch(): void {
    if (this.#ended) return;
    const { memoryBytes, pollMs, say } = this.#options;
    const began = performance.now();
    this.takeIn();
    if (this.#ended) return;
    this.#bytes = descendants(process.pid).reduce((sum, pid) => sum + privateMemory(pid), 0);
    this.#peakBytes = Math.max(this.#peakBytes, this.#bytes);
    if (memoryBytes !== null && this.#bytes > memoryBytes) {
      // What stands still allocates nothing more while its end is prepared.
      this.signal('SIGSTOP');
      say({ event: 'over-memory', bytes: this.#bytes });
      return this.kill();
    }
    const cost = performance.now() - began;
    this.#timer = setTimeout(() => this.#watch(), Math.max(pauseMs(memoryBytes, this.#bytes, pollMs), cost * 4));
  }

  #rows() {
    return descendants(process.pid).flatMap(pid => readProcess(pid) ?? []);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    // Someone is there, or the kernel would have said so.
    const survivors = this.#nobodyLeft ? 0 : Math.max(1, this.#rows().length);
    const { cpuMs, readBytes, writtenBytes } = this.#options.libc.reapedUsage();
    // A kernel without these accounts leaves them at 0.
    const counted = survivors === 0 && existsSync('/proc/self/io');
    const storage = counted ? { readBytes, writtenBytes } : { readBytes: null, writtenBytes: null };
    this.#options.say({ event: 'done', cpuMs, peakBytes: this.#peakBytes, survivors, ...storage });
    this.#options.onEnd();
  }
}

/** In the middle of a kill there is nothing else to do. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
