import { spawn, type ChildProcess } from 'node:child_process';
import type { Duplex } from 'node:stream';

export interface KeeperEvent {
  readonly event: string;
  readonly [key: string]: unknown;
}

export interface Identity {
  readonly label: string;
  readonly ids: { readonly uid: number; readonly gid: number } | Record<string, never>;
}

export const asSelf: Identity = { label: process.getuid?.() === 0 ? 'root' : 'an ordinary user', ids: {} };
/** Only root can become someone else. */
export const identities: readonly Identity[] =
  process.getuid?.() === 0 ? [asSelf, { label: 'an ordinary user', ids: { uid: 12345, gid: 12345 } }] : [asSelf];

export interface KeptOptions {
  readonly keeper: string;
  readonly options?: readonly string[];
  readonly command: readonly string[];
  readonly as?: Identity;
  /** Words in front of the keeper, to start it from somewhere else. */
  readonly prefix?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** A launcher that does not read what the keeper says. */
  readonly deaf?: boolean;
}

const running = new Set<Kept>();

/** For `afterEach`: a scenario that failed half way leaves nothing running. */
export async function endEverything(): Promise<void> {
  for (const kept of running) {
    kept.hangUp();
    process.kill(kept.pid, 'SIGCONT');
    await kept.exited;
  }
}

/** A keeper with its launcher's end of the control socket (4) and an event pipe for the command (3). */
export class Kept {
  readonly process: ChildProcess;
  readonly events: KeeperEvent[] = [];
  readonly lines: string[] = [];
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  output = '';
  /** Whether all pipes of the command have ended. */
  readonly closed: Promise<void>;
  #control: Duplex;
  #rest = '';
  #waiting: (() => void)[] = [];
  #over = false;

  constructor({
    keeper,
    options = [],
    command,
    as = asSelf,
    prefix = [],
    env = process.env,
    cwd = process.cwd(),
    deaf = false,
  }: KeptOptions) {
    const [program = '', ...words] = [...prefix, keeper, '--ctl', '4', ...options, '--', ...command];
    this.process = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'], env, cwd, ...as.ids });
    this.#control = this.process.stdio[4] as Duplex;
    // The keeper may be gone before a command reaches it: that is what some scenarios are about.
    this.#control.on('error', () => undefined);
    (this.process.stdio[3] as Duplex).resume().on('error', () => undefined);
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
    if (!deaf) this.listen();
    running.add(this);
    this.exited = new Promise((resolve, reject) => {
      this.process.once('error', reject).once('exit', (code, signal) => resolve({ code, signal }));
      this.process.once('exit', () => running.delete(this));
    });
    this.closed = new Promise(resolve => this.process.once('close', () => resolve()));
    this.#control.once('close', () => {
      this.#over = true;
      this.#waiting.forEach(wake => wake());
    });
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  /** The keeper and the init of its namespace: both carry the command's words in their own command line. */
  get machinery(): number[] {
    const init = this.events.find(({ event }) => event === 'started')?.['init'];
    return typeof init === 'number' ? [this.pid, init] : [this.pid];
  }

  listen(): void {
    this.#control.setEncoding('utf8').on('data', (text: string) => this.#take(text));
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    this.lines.push(...lines);
    // Every line must be JSON by itself: a line that is not fails the scenario.
    this.events.push(...lines.map(line => JSON.parse(line) as KeeperEvent));
    this.#waiting.forEach(wake => wake());
  }

  /** The first event of this name from now on or already here; an error when the keeper ends without it. */
  async event(name: string, index = 0): Promise<KeeperEvent> {
    for (;;) {
      const found = this.events.filter(({ event }) => event === name)[index];
      if (found) return found;
      if (this.#over) throw new Error(`no "${name}" but ${this.lines.join(' ') || 'silence'} ${this.output}`);
      await new Promise<void>(resolve => this.#waiting.push(resolve));
    }
  }

  send(bytes: string): void {
    this.#control.write(bytes);
  }

  /** What happens to a launcher's end of the socket when the launcher dies. */
  hangUp(): void {
    this.#control.destroy();
  }

  async end(): Promise<KeeperEvent> {
    this.send('kill\n');
    const done = await this.event('done');
    await this.exited;
    return done;
  }
}
