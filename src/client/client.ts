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
import { Questions } from '../protocol/questions.ts';
import { Longhand } from '../protocol/shorthand.ts';
import { inheritance } from './inheritance.ts';
import { planUnit, type WardenLaunch, withReason } from './unit.ts';

/** A unit whose warden has not settled in by then is given up for a plain start. */
const unitMs = 10_000;
/** The same where nothing else will do. */
const demandedUnitMs = 60_000;

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

const longestStderr = 4000;

/** A warden of one's own. When this process ends, by whatever cause, the pipe closes and the warden reaps everything. */
export class WardenClient {
  readonly #process: ChildProcess;
  readonly #writer: FrameWriter;
  readonly #longhand = new Longhand();
  readonly #questions = new Questions();
  readonly #options: WardenOptions;
  readonly #gone = Promise.withResolvers<void>();
  #stderr = '';
  /** Characters before that. */
  #unheard = 0;
  /** False while another start may still take the place of this one: its end is then nobody's business. */
  #chosen = false;
  #over = false;
  info!: WardenInfo;

  static async start(options: WardenOptions): Promise<WardenClient> {
    const plan = planUnit(options);
    let whyNoUnit = plan.use ? null : plan.because;
    let client: WardenClient | null = null;
    if (plan.use) {
      const started = await WardenClient.#inUnit(options, plan.launch);
      if (started instanceof WardenClient) client = started;
      else whyNoUnit = started.message;
    }
    if (whyNoUnit !== null) {
      const text = `The warden has no unit of systemd: ${whyNoUnit}.`;
      if (options.env['BULKHEAD_SYSTEMD'] === 'always') throw new Error(text);
      options.onNotice({ notice: 'log', level: 'debug', text });
    }
    client ??= new WardenClient(options, { file: options.node, args: [options.script], env: options.env });
    client.#chosen = true;
    const hello = client.request('hello', {
      protocol: protocolVersion,
      storage: options.storage,
      folders: options.folders,
    });
    // A warden that refuses is of no use, and would keep its client from ending.
    const info = await hello.catch(async (error: unknown) => {
      await client.close();
      throw error;
    });
    client.info = withReason(info, whyNoUnit);
    return client;
  }

  static async #inUnit(options: WardenOptions, launch: WardenLaunch): Promise<WardenClient | Error> {
    const client = new WardenClient(options, launch);
    const late = Promise.withResolvers<never>();
    const ms = options.env['BULKHEAD_SYSTEMD'] === 'always' ? demandedUnitMs : unitMs;
    const timer = setTimeout(() => late.reject(new Error(`it did not start within ${ms / 1000} s`)), ms);
    try {
      await Promise.race([client.request('settle', inheritance(options.env)), late.promise]);
      return client;
    } catch (error) {
      client.#giveUp();
      return error as Error;
    } finally {
      clearTimeout(timer);
    }
  }

  private constructor(options: WardenOptions, launch: WardenLaunch) {
    this.#options = options;
    // Its own session: Ctrl-C in the terminal must reach the client alone, which then asks the warden to stop.
    const child = spawn(launch.file, launch.args, {
      env: launch.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      windowsHide: true,
    });
    this.#process = child;
    this.#writer = new FrameWriter(child.stdin);
    child.stderr.on('data', (chunk: Buffer) => this.#hear(chunk.toString()));
    readFrames(
      child.stdout,
      frame => this.#receive(frame as FromWarden),
      fault => options.onNotice({ notice: 'log', level: 'error', text: `From the warden: ${fault}` }),
    );
    child.once('error', error => this.#ended(`could not be started: ${error.message}`));
    child.once('close', (code, signal) => {
      if (signal) this.#ended(`was killed by ${signal}`);
      // What systemd-run answers for any signal; a warden has no such exit code.
      else this.#ended(code === 255 ? 'was killed' : `ended with code ${code}`);
    });
  }

  /** Of the warden itself, which in a unit is nobody's child here. */
  get pid(): number {
    return this.info.pid;
  }

  request<N extends RequestName>(name: N, params: Requests[N]['params']): Promise<Requests[N]['result']> {
    return this.#questions.ask(id => this.#writer.send({ id, request: name, params }));
  }

  /** Closes the pipe; the warden kills every cage and exits. Resolves when it has. */
  async close(): Promise<void> {
    this.#process.stdin?.end();
    await this.#gone.promise;
  }

  /** For the last moment of a process that may not wait: the closing itself is what makes the warden reap. */
  closeNow(): void {
    this.#process.stdin?.destroy();
  }

  #receive(frame: FromWarden): void {
    if ('notice' in frame) {
      const notice = this.#longhand.restore(frame);
      if (notice.notice === 'cage') this.info = { ...this.info, cage: notice.cage };
      this.#options.onNotice(notice);
      return;
    }
    this.#questions.answer(frame);
  }

  /** The end of what it says on the side is why it ended. */
  #hear(text: string): void {
    const said = this.#stderr + text;
    this.#stderr = said.slice(-longestStderr);
    this.#unheard += said.length - this.#stderr.length;
  }

  /** The closed pipe ends a warden that starts only after this. */
  #giveUp(): void {
    for (const stream of this.#process.stdio) stream?.destroy();
    this.#process.kill('SIGKILL');
  }

  #ended(how: string): void {
    // A program that could not be started tells so twice.
    if (this.#over) return;
    this.#over = true;
    this.#gone.resolve();
    const before = this.#unheard === 0 ? '' : `(after ${this.#unheard} more characters) … `;
    const detail = before + this.#stderr.trim();
    const reason = `${this.#chosen ? "Bulkhead's warden" : 'systemd-run'} ${how}${detail ? `: ${detail}` : '.'}`;
    this.#questions.fail(reason);
    if (this.#chosen) this.#options.onExit(reason);
  }
}
