import { type ChildProcess, spawn } from 'node:child_process';
import { FrameWriter, readFrames } from '../protocol/codec.ts';
import {
  type FolderSetup,
  type FromWarden,
  type Notice,
  protocolVersion,
  type RequestName,
  type Requests,
  type WardenInfo,
} from '../protocol/messages.ts';

export interface WardenOptions {
  /** The bundle of `src/warden/main.ts`. */
  readonly script: string;
  /** A Node executable, or Electron with ELECTRON_RUN_AS_NODE in `env`. */
  readonly node: string;
  readonly env: NodeJS.ProcessEnv;
  /** Where runs are journalled; made if it is not there. */
  readonly storage: string;
  readonly folders: readonly FolderSetup[];
  readonly onNotice: (notice: Notice) => void;
  /** Called once, whatever the reason: every open request has been rejected by then. */
  readonly onExit: (reason: string) => void;
}

interface Pending {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/** A warden of one's own. When this process ends, by whatever cause, the pipe closes and the warden reaps everything. */
export class WardenClient {
  readonly #process: ChildProcess;
  readonly #writer: FrameWriter;
  readonly #pending = new Map<number, Pending>();
  readonly #options: WardenOptions;
  #nextId = 1;
  #stderr = '';
  info!: WardenInfo;

  static async start(options: WardenOptions): Promise<WardenClient> {
    const client = new WardenClient(options);
    client.info = await client.request('hello', {
      protocol: protocolVersion,
      storage: options.storage,
      folders: options.folders,
    });
    return client;
  }

  private constructor(options: WardenOptions) {
    this.#options = options;
    // Its own session: Ctrl-C in the terminal must reach the client alone, which then asks the warden to stop.
    const child = spawn(options.node, [options.script], {
      env: options.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      windowsHide: true,
    });
    this.#process = child;
    this.#writer = new FrameWriter(child.stdin);
    child.stderr.on('data', (chunk: Buffer) => (this.#stderr = (this.#stderr + chunk.toString()).slice(-4000)));
    readFrames(
      child.stdout,
      frame => this.#receive(frame as FromWarden),
      fault => options.onNotice({ notice: 'log', level: 'error', text: `From the warden: ${fault}` }),
    );
    child.once('error', error => this.#ended(`could not be started: ${error.message}`));
    child.once('close', (code, signal) => this.#ended(signal ? `was killed by ${signal}` : `ended with code ${code}`));
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  request<N extends RequestName>(name: N, params: Requests[N]['params']): Promise<Requests[N]['result']> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#writer.send({ id, request: name, params });
    });
  }

  /** Closes the pipe; the warden kills every cage and exits. Resolves when it has. */
  async close(): Promise<void> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return;
    const gone = new Promise(resolve => this.#process.once('close', resolve));
    this.#process.stdin?.end();
    await gone;
  }

  /** For the last moment of a process that may not wait: the closing itself is what makes the warden reap. */
  closeNow(): void {
    this.#process.stdin?.destroy();
  }

  #receive(frame: FromWarden): void {
    if ('notice' in frame) {
      this.#options.onNotice(frame);
      return;
    }
    const pending = this.#pending.get(frame.id);
    this.#pending.delete(frame.id);
    if ('error' in frame) pending?.reject(new Error(frame.error));
    else pending?.resolve(frame.result as never);
  }

  #ended(how: string): void {
    const detail = this.#stderr.trim();
    const reason = `Bulkhead's warden ${how}${detail ? `: ${detail}` : '.'}`;
    const open = [...this.#pending.values()];
    this.#pending.clear();
    for (const pending of open) pending.reject(new Error(reason));
    this.#options.onExit(reason);
  }
}
