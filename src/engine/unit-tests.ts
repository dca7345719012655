import type { EndState, InsideBody } from '../protocol/events.ts';
import { type Project, type TestInfo, testKey } from '../protocol/tests.ts';
import type { FailureMessage } from '../protocol/verdict.ts';
import type { Leak, ReportedError, TestEvidence } from './evidence.ts';
import { FirstOf } from './first-of.ts';

type Event<T extends InsideBody['t']> = Extract<InsideBody, { t: T }>;
interface Ref {
  readonly path: readonly string[];
  readonly ordinal: number;
}

/** What has been heard of one test so far. */
export interface Progress {
  readonly test: TestInfo;
  startedAt: number | null;
  endedAt: number | null;
  end: TestEvidence['end'];
  lateEnd: TestEvidence['lateEnd'];
  oomBefore: number;
  /** When it ended. */
  oomThen: number | null;
  readonly errors: FirstOf<ReportedError>;
  readonly unhandled: FirstOf<FailureMessage>;
  leftOpen: readonly string[];
  leaks: readonly Leak[];
}

/** A file that finds more than this while it runs is not believed. */
const mostAnnounced = 100_000;
/** A test that fails for ever after it has ended is not listened to for ever. */
export const mostErrors = 20;

/** The tests of one cage: those that were ordered, and those that are found while it runs. */
export class UnitTests {
  readonly #surprises = new FirstOf<string>(mostErrors);
  readonly #project: Project;
  readonly #file: string;
  readonly #mayAdopt: (test: TestInfo) => boolean;
  readonly #progress: Map<string, Progress>;
  /** Told of by the framework and not ordered; adopted when they start. */
  readonly #announced = new Map<string, TestInfo>();
  /** Told of after that many. */
  #unheeded = 0;
  /** Found here and elsewhere too, as by a hook that each unit of a file runs: told there. */
  readonly #elsewhere = new Set<string>();
  /** Begun and not ended; a sub-test comes after the test that it is a part of. */
  #open: readonly Progress[] = [];
  #lastEnded: Progress | null = null;

  constructor(project: Project, tests: readonly TestInfo[], mayAdopt: (test: TestInfo) => boolean) {
    this.#project = project;
    this.#file = tests[0]!.file;
    this.#mayAdopt = mayAdopt;
    this.#progress = new Map(tests.map(test => [refOf(test.titlePath, test.ordinal), progressOf(test)]));
  }

  get all(): readonly Progress[] {
    return [...this.#progress.values()];
  }

  get shared(): boolean {
    return this.#progress.size > 1;
  }

  get charged(): boolean {
    return this.all.some(({ errors }) => errors.any);
  }

  get surprises(): readonly string[] {
    const unheeded = `${this.#unheeded} more tests were found than the ${mostAnnounced} that are taken in while one file runs`;
    const told = this.#surprises.told(more => `${more} more such events`);
    return this.#unheeded === 0 ? told : [...told, unheeded];
  }

  get anyUnstarted(): boolean {
    return this.all.some(({ startedAt, end }) => startedAt === null && end === null);
  }

  get anyOpen(): boolean {
    return this.#open.length > 0;
  }

  /** Kernel kills for memory up to the last end of a test. */
  get oomKillsTold(): number {
    return this.#lastEnded?.oomThen ?? 0;
  }

  /** What the process does now is told with this one. */
  get current(): Progress {
    return this.#open.at(-1) ?? this.#lastEnded ?? this.all[0]!;
  }

  /** How the process ended is told with this one; where it would not end, with the first that left something open. */
  culprit(wouldNotEnd: boolean): Progress {
    const holder = wouldNotEnd && !this.anyOpen ? this.all.find(({ leftOpen }) => leftOpen.length > 0) : undefined;
    return holder ?? this.current;
  }

  has({ path, ordinal }: Ref): boolean {
    return this.#progress.has(refOf(path, ordinal));
  }

  /** The test that an event is about; null, and noted, where none was ordered or told of before. */
  known({ path, ordinal }: Ref): Progress | null {
    const ref = refOf(path, ordinal);
    const known = this.#progress.get(ref);
    if (known) return known;
    const announced = this.#announced.get(ref);
    if (!announced) {
      if (this.#elsewhere.has(ref)) return null;
      this.#surprises.add(`an event for a test that was not asked for: ${path.join(' › ').slice(0, 80)}`);
      return null;
    }
    this.#announced.delete(ref);
    if (!this.#mayAdopt(announced)) {
      this.#elsewhere.add(ref);
      return null;
    }
    const progress = progressOf(announced);
    this.#progress.set(ref, progress);
    return progress;
  }

  announce({ path, ordinal, line, column }: Event<'found'>): void {
    const ref = refOf(path, ordinal);
    if (this.#progress.has(ref) || this.#announced.has(ref)) return;
    if (this.#announced.size >= mostAnnounced) {
      this.#unheeded++;
      return;
    }
    const identity = { framework: this.#project.framework, file: this.#file, titlePath: path, ordinal };
    const place = { ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
    this.#announced.set(ref, { ...identity, key: testKey(this.#project, identity), ...place, dynamic: true });
  }

  start(progress: Progress, at: number, oomKills: number): void {
    progress.startedAt = at;
    progress.oomBefore = oomKills;
    this.#open = [...this.#open, progress];
  }

  /** False: a second word on the same test, which may only be worse, for a pass never covers a failure. */
  end(
    progress: Progress,
    { state, ms, failures, retries, reason, died, phase }: Event<'end'>,
    oomKills: number,
  ): boolean {
    const isBad = (each: EndState) => each === 'failed' || each === 'error';
    if (progress.end !== null && (isBad(progress.end.state) || !isBad(state))) {
      this.#surprises.add(
        `a second end (${state}) for ${JSON.stringify(progress.test.titlePath.at(-1)?.slice(0, 60))}`,
      );
      return false;
    }
    progress.end = {
      state,
      ms,
      ...(failures ? { failures } : {}),
      ...(retries === undefined ? {} : { retries }),
      ...(reason === undefined ? {} : { reason }),
      ...(died === undefined ? {} : { died }),
      ...(phase === undefined ? {} : { phase }),
    };
    progress.endedAt = Date.now();
    progress.oomThen = oomKills;
    this.#open = this.#open.filter(each => each !== progress);
    this.#lastEnded = progress;
    return true;
  }

  /** Charges an error to the test that it names; false: it names none. */
  charge({ phase, failure, ...ref }: Event<'error'>): boolean {
    const progress = isRef(ref) ? this.known(ref) : null;
    progress?.errors.add({ phase, failure });
    return progress !== null;
  }

  noteUnhandled({ failure, ...ref }: Event<'unhandled'>): void {
    const progress = (isRef(ref) ? this.known(ref) : null) ?? this.current;
    progress.unhandled.add(failure);
  }
}

function progressOf(test: TestInfo): Progress {
  return {
    test,
    startedAt: null,
    endedAt: null,
    end: null,
    lateEnd: null,
    oomBefore: 0,
    oomThen: null,
    errors: new FirstOf(mostErrors),
    unhandled: new FirstOf(mostErrors),
    leftOpen: [],
    leaks: [],
  };
}

/** Stands for errors that came after the first ones. */
export function moreFailures(more: number): FailureMessage {
  return { text: `${more} more such errors were told, which are not kept.` };
}

export function moreErrors(more: number, { phase }: ReportedError): ReportedError {
  return { phase, failure: moreFailures(more) };
}

function isRef(ref: Partial<Ref>): ref is Ref {
  return ref.path !== undefined && ref.ordinal !== undefined;
}

function refOf(path: readonly string[], ordinal: number): string {
  return JSON.stringify([path, ordinal]);
}
