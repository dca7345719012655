import { createHash } from 'node:crypto';
import { rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Order } from '../../../protocol/events.ts';
import type { EventPipe } from '../../inside/event-pipe.ts';
import { introduced } from '../../inside/failure.ts';
import { optionsFor } from './options.ts';
import { numbered, Selection, type TestRef } from './selection.ts';
import { failureOf, type PlaywrightError } from './style.ts';
import { reasonIn } from './teller.ts';
import type { SuiteNode, TestNode, TestResult, UserPlaywright } from './user-playwright.ts';
import type { RunGroup } from './wire.ts';

const exit = process.exit.bind(process);
const kill = process.kill.bind(process);

export interface Place {
  readonly project: string;
  readonly output: string;
}

/** One order in playwright's main process. Workers tell of their tests themselves; this tells of what no worker has had. */
export class Session {
  readonly #playwright: UserPlaywright;
  readonly #order: Order;
  readonly #events: EventPipe;
  readonly #project: string;
  readonly #output: string;
  readonly #told = new Set<string>();
  #selection: Selection | null = null;
  #failedElsewhere: PlaywrightError | null = null;

  constructor(playwright: UserPlaywright, order: Order, events: EventPipe, { project, output }: Place) {
    this.#playwright = playwright;
    this.#order = order;
    this.#events = events;
    this.#project = project;
    // Playwright empties the folder when it begins, and other cages have theirs beside it.
    const digest = createHash('sha256')
      .update(JSON.stringify([project, order.file, order.tests]))
      .digest('hex');
    this.#output = join(output, `bulkhead-${digest.slice(0, 12)}`);
  }

  /** `reporter`: the program whose default export `reporterOf` has made. */
  async run(reporter: string, user: readonly string[]): Promise<void> {
    const { file, mode } = this.#order;
    this.#events.say({ t: 'hello', framework: 'playwright', version: this.#playwright.version });
    const place = { user, project: this.#project, output: this.#output, reporter };
    try {
      await this.#playwright.command(optionsFor(file, mode, place));
    } catch (error) {
      this.#sayError('load', error as PlaywrightError, "Playwright's configuration cannot be used");
      this.finish();
    }
  }

  begin(root: SuiteNode): void {
    const refs = numbered(root, this.#project, this.#order.file);
    if (this.#order.mode === 'discover') {
      for (const [test, ref] of refs) this.#sayFound(test, ref);
      return;
    }
    this.#selection = new Selection(refs, this.#order);
    const { missing, exclusive } = this.#selection;
    for (const ref of exclusive ? missing : []) {
      this.#events.say({ t: 'end', ...ref, state: 'skipped', ms: 0, reason: 'others are marked .only' });
    }
  }

  #sayFound({ location: { file, line, column }, expectedStatus, tags }: TestNode, ref: TestRef): void {
    const place = file === this.#order.file ? { line, column } : {};
    const skip = expectedStatus === 'skipped' ? { skip: true } : {};
    this.#events.say({ t: 'found', ...ref, ...place, ...skip, ...(tags.length > 0 ? { tags } : {}) });
  }

  readonly select = (group: RunGroup) => this.#selection?.of(group) ?? { run: group.entries, charges: [] };

  readonly noteTold = (id: string): void => void this.#told.add(id);

  ended(test: TestNode, result: TestResult): void {
    const ref = this.#selection?.refOf(test);
    if (!ref) {
      if (result.status !== 'skipped' && result.status !== test.expectedStatus && result.errors[0]) {
        this.#failedElsewhere ??= result.errors[0];
      }
    } else if (!this.#told.has(test.id) && test.expectedStatus === 'skipped') {
      this.#told.add(test.id);
      const reason = reasonIn(test.annotations, 'skip', 'fixme');
      this.#events.say({ t: 'end', ...ref, state: 'skipped', ms: 0, ...reason });
    }
  }

  /** An error of no test. */
  failed(error: PlaywrightError): void {
    const phase = this.#order.mode === 'discover' ? 'load' : this.#selection ? 'teardown' : 'hook';
    this.#sayError(phase, error);
  }

  /** What no worker has told of is known only now: playwright may have run it again. */
  allEnded(): void {
    for (const [test, ref] of this.#selection?.tests ?? []) {
      if (!this.#told.has(test.id)) this.#sayOutcome(test, ref);
    }
  }

  #sayOutcome(test: TestNode, ref: TestRef): void {
    const last = test.results.at(-1);
    if (!last) {
      const failure = this.#failedElsewhere
        ? introduced('It did not run, for what it depends on failed', failureOf(this.#failedElsewhere))
        : { text: 'Playwright did not run it.' };
      return this.#events.say({ t: 'end', ...ref, state: 'error', ms: 0, failures: [failure] });
    }
    const common = { t: 'end', ...ref, ms: last.duration } as const;
    if (test.outcome() === 'unexpected') {
      this.#events.say({ ...common, state: 'failed', failures: last.errors.map(failureOf) });
    } else if (test.outcome() === 'skipped') {
      this.#events.say({ ...common, state: 'skipped', reason: 'a hook, or a test that it builds on, failed' });
    } else this.#events.say({ ...common, state: 'passed' });
  }

  #sayError(phase: 'load' | 'hook' | 'teardown', error: PlaywrightError, words?: string): void {
    const failure = failureOf(error);
    this.#events.say({ t: 'error', phase, failure: words ? introduced(words, failure) : failure });
  }

  /** Failures have been reported one by one; another code than 0 would now mean that something went wrong afterwards. */
  finish(): void {
    rmSync(join(this.#output, '.last-run.json'), { force: true });
    try {
      rmdirSync(this.#output);
    } catch {
      // There is a trace or a picture in it, or there never was one.
    }
    this.#events.say({ t: 'bye' });
    exit(0);
  }

  /** What it was running is known from the worker's own words; the rest gets a fresh cage. */
  readonly dieLikeTheWorker = (code: number | null, signal: NodeJS.Signals | null): void => {
    if (signal === null) return exit(code ?? 1);
    process.removeAllListeners(signal);
    kill(process.pid, signal);
  };
}
