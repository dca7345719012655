import { mkdir } from 'node:fs/promises';
import * as vscode from 'vscode';
import { WardenClient } from '../client/client.ts';
import type { FolderSetup, Notice, Problem, RequestName, Requests } from '../protocol/messages.ts';

/** A warden that has not answered by then will not. */
const startMs = 30_000;

export interface ConnectionOptions {
  /** The bundle of `src/warden/main.ts`. */
  readonly script: string;
  readonly storage: string;
  readonly folders: () => readonly FolderSetup[];
  readonly log: vscode.LogOutputChannel;
}

/** The window's one warden: started by the first request, and again by the next one after it has died. */
export class Connection implements vscode.Disposable {
  readonly #options: ConnectionOptions;
  readonly #notices = new vscode.EventEmitter<Notice>();
  readonly #deaths = new vscode.EventEmitter<string>();
  readonly onNotice = this.#notices.event;
  /** The warden is gone although nobody asked it to go; every open request has been rejected. */
  readonly onDeath = this.#deaths.event;
  #starting: Promise<WardenClient> | undefined;
  #client: WardenClient | undefined;
  #closing = false;
  #changed = false;
  #generation = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** The running warden; undefined while there is none. */
  get client(): WardenClient | undefined {
    return this.#client;
  }

  async request<N extends RequestName>(name: N, params: Requests[N]['params']): Promise<Requests[N]['result']> {
    return (await this.open()).request(name, params);
  }

  async open(): Promise<WardenClient> {
    if (this.#closing) throw new Error(vscode.l10n.t('Bulkhead is being shut down.'));
    this.#starting ??= this.#start().catch((error: unknown) => {
      this.#starting = undefined;
      throw error;
    });
    const client = await this.#starting;
    if (this.#changed) {
      this.#changed = false;
      this.#generation++;
      await client.request('configure', { folders: this.#options.folders() });
      this.#options.log.info('Sent the changed settings and folders to the warden.');
    }
    return client;
  }

  /** The settings or the folders are others than the running warden knows. */
  changed(): void {
    this.#changed = true;
  }

  /** Another number: another warden, or another configuration of it; what was listed before may not hold. */
  get generation(): number {
    return this.#generation;
  }

  /** For `deactivate`: the closing of the pipe is what makes the warden reap, and nothing waits for it. */
  closeNow(): void {
    this.#closing = true;
    this.#client?.closeNow();
    // One that is just being started has no pipe to close yet.
    void this.#starting?.then(
      client => client.closeNow(),
      () => undefined,
    );
  }

  dispose(): void {
    this.closeNow();
    this.#notices.dispose();
    this.#deaths.dispose();
  }

  async #start(): Promise<WardenClient> {
    const { script, storage, log } = this.#options;
    log.info(`Starting the warden: ${process.execPath} ${script}`);
    this.#changed = false;
    const options = {
      script,
      storage,
      node: process.execPath,
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      folders: this.#options.folders(),
      onNotice: (notice: Notice) => {
        if (notice.notice === 'cage' && this.#client) this.#client.info = { ...this.#client.info, cage: notice.cage };
        this.#notices.fire(notice);
      },
      onExit: (reason: string) => this.#exited(reason, () => client),
    };
    const unkept = await whyNotKept(storage);
    let client: WardenClient | undefined = undefined;
    const started = WardenClient.start(options);
    client = await within(startMs, started).catch((error: unknown) => {
      // Why it did not start is thrown below.
      void started.then(
        late => late.closeNow(),
        () => undefined,
      );
      throw error;
    });
    this.#client = client;
    this.#generation++;
    const { pid, node, cage, problems } = client.info;
    log.info(`The warden runs as process ${pid} on Node ${node}; each test gets a cage of the kind "${cage.label}".`);
    for (const { mechanism, because } of cage.passedOver) log.info(`Not ${mechanism}: ${because}`);
    this.#notices.fire({ notice: 'cage', cage });
    for (const problem of [...problems, ...unkept]) this.#notices.fire({ notice: 'problem', problem });
    return client;
  }

  #exited(reason: string, client: () => WardenClient | undefined): void {
    // Of one that never ran, whoever asked for it is told.
    if (client() === undefined || client() !== this.#client) return;
    this.#client = undefined;
    this.#starting = undefined;
    if (this.#closing) return;
    this.#options.log.error(`${reason} The next request starts another one.`);
    this.#deaths.fire(reason);
  }
}

/** Before the first run is made and lost. */
async function whyNotKept(storage: string): Promise<Problem[]> {
  try {
    await mkdir(storage, { recursive: true, mode: 0o700 });
    return [];
  } catch (error) {
    const message = vscode.l10n.t('Runs will not be kept: {0}', (error as Error).message);
    const fix = vscode.l10n.t('Make the folder writable and see that its disk is not full.');
    return [{ severity: 'warning', message, fix }];
  }
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`Bulkhead's warden did not answer within ${ms / 1000} s of its start.`)),
      ms,
    );
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
