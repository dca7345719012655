import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { formatBytes } from '../config/quantities.ts';
import type { HistoryRequests, Retention } from '../protocol/history.ts';
import type { Problem } from '../protocol/messages.ts';
import { Questions } from '../protocol/questions.ts';
import type { Removed } from '../store/retention.ts';
import { plural } from '../reports/excerpt.ts';
import type { FromStore, StoreData, ToStore } from '../store/worker.ts';
import { endThread } from './thread-end.ts';

/** Time for the first requests of the client, which are more urgent than what earlier wardens have left. */
const openAfterMs = 2000;
/** How long what a journal has more may wait for its copy: long enough that a transaction is worth it. */
const gatherMs = 100;

export interface HistoryOptions {
  /** The folder of the bundles. */
  readonly dist: string;
  readonly storage: string;
  /** As the settings say by now. */
  readonly keep: () => Promise<Retention>;
  readonly onProblem: (problem: Problem) => void;
  /** In a sentence. */
  readonly onRemoved: (text: string) => void;
}

/** The past runs of the workspace, kept by a thread of their own: no verdict ever waits for the database. */
export class History {
  readonly #options: HistoryOptions;
  readonly #questions = new Questions();
  readonly #grown = new Set<string>();
  readonly #told = new Set<string>();
  #worker: Worker | null = null;
  #failed: string | null = null;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  openSoon(): void {
    setTimeout(() => this.open(), openAfterMs).unref();
  }

  /** Takes in what earlier wardens have left, in the background. */
  open(): void {
    if (this.#worker !== null || this.#failed !== null) return;
    const { dist, storage } = this.#options;
    const data: StoreData = { storage };
    const worker = new Worker(join(dist, 'store.cjs'), { workerData: data });
    worker.unref();
    worker.on('message', (message: FromStore) => this.#receive(message));
    worker.on('error', error => this.#fail(error.message));
    worker.on('exit', () => this.#fail('its thread ended'));
    this.#worker = worker;
    void this.tidy();
  }

  /** Removes of the past what is more than is to be kept. */
  async tidy(): Promise<void> {
    try {
      const retain = await this.#options.keep();
      this.#send({ retain });
    } catch {
      // A configuration that cannot be read is told by whoever runs something, and nothing is removed meanwhile.
    }
  }

  /** The journal of a run has more than before. */
  grown(run: string): void {
    if (this.#grown.size === 0) setTimeout(() => this.#tellGrown(), gatherMs).unref();
    this.#grown.add(run);
  }

  ask<N extends keyof HistoryRequests>(
    ask: N,
    params: HistoryRequests[N]['params'],
  ): Promise<HistoryRequests[N]['result']> {
    this.open();
    if (this.#failed !== null) return Promise.reject(new Error(`Past runs cannot be looked up: ${this.#failed}.`));
    return this.#questions.ask(id => this.#send({ id, ask, params } as ToStore));
  }

  /** False: its thread cannot be ended. */
  end(): Promise<boolean> {
    const worker = this.#worker;
    // Its end is nobody's trouble.
    this.#failed ??= 'the warden ends';
    this.#worker = null;
    return endThread(worker);
  }

  #tellGrown(): void {
    this.open();
    for (const run of this.#grown) this.#send({ grown: run });
    this.#grown.clear();
  }

  #send(message: ToStore): void {
    this.#worker?.postMessage(message);
  }

  #receive(message: FromStore): void {
    if ('problem' in message) return this.#tell(message.problem);
    if ('removed' in message) return this.#options.onRemoved(removedText(message.removed));
    this.#questions.answer(message);
  }

  #fail(because: string): void {
    if (this.#failed !== null) return;
    this.#failed = because;
    this.#worker = null;
    const fix = 'Runs are journalled and can be resumed all the same.';
    this.#tell({ severity: 'warning', message: `Past runs cannot be looked up: ${because}.`, fix });
    this.#questions.fail(`Past runs cannot be looked up: ${because}.`);
  }

  /** A disk that stays full would say so with every batch. */
  #tell(problem: Problem): void {
    if (this.#told.has(problem.message)) return;
    this.#told.add(problem.message);
    this.#options.onProblem(problem);
  }
}

function removedText({ runs, outputs, bytes }: Removed): string {
  const parts = [
    ...(runs.length > 0 ? [plural(runs.length, 'past run')] : []),
    ...(outputs.length > 0 ? [`the files of output of ${plural(outputs.length, 'past run')}`] : []),
  ];
  return `Removed ${parts.join(' and ')} (${formatBytes(bytes)}), as "history.runs", "history.days" and "history.size" say.`;
}
