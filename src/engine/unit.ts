import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mechanism } from '../cages/cage.ts';
import type { Framework, Launch, OutputTranslator } from '../frameworks/framework.ts';
import type { EndState, InsideBody, Order } from '../protocol/events.ts';
import type { Limits } from '../protocol/limits.ts';
import { type Project, type TestInfo, testKey } from '../protocol/tests.ts';
import type { CapturedOutput, TimeoutKind } from '../protocol/verdict.ts';
import { CagedProcess } from './caged-process.ts';
import { clock, type Countdown } from './clock.ts';
import type { EndReason, TestEvidence, UnitEvidence } from './evidence.ts';

/** Tests that share one cage: one test, or what is left of a file. */
export interface Unit {
  readonly id: string;
  readonly project: Project;
  readonly framework: Framework;
  readonly tests: readonly TestInfo[];
  readonly limits: Limits;
  readonly launch: Launch;
}

export interface UnitDeps {
  readonly mechanism: Mechanism;
  /** A private folder for orders. */
  readonly scratch: string;
  readonly onProcess: (process: CagedProcess) => void;
  /** A test that nobody could list, found while another one ran; false: it belongs to another unit of this run. */
  readonly onAdopted: (test: TestInfo) => boolean;
  readonly onStarted: (test: TestInfo, at: number) => void;
  readonly onOutput: (test: TestInfo, text: string) => void;
  readonly onStop: (unit: Unit, reason: EndReason) => void;
}

export interface TestOutcome {
  readonly test: TestInfo;
  readonly evidence: TestEvidence;
  readonly startedAt: number | null;
  readonly durationMs: number | null;
}

export interface UnitOutcome {
  readonly evidence: UnitEvidence;
  readonly tests: readonly TestOutcome[];
  readonly output: CapturedOutput;
}

/** A file that finds more than this while it runs is not believed. */
const mostAnnounced = 100_000;

interface Progress {
  readonly test: TestInfo;
  startedAt: number | null;
  endedAt: number | null;
  end: TestEvidence['end'];
  oomBefore: number;
  oomKillsDuring: number;
}

/** Runs one unit to its end and gives back what was seen, undecided. */
export async function runUnit(unit: Unit, deps: UnitDeps): Promise<UnitOutcome> {
  const watch = new UnitWatch(unit, deps);
  return watch.run();
}

class UnitWatch {
  readonly #unit: Unit;
  readonly #deps: UnitDeps;
  readonly #progress: Map<string, Progress>;
  readonly #errors: UnitEvidence['errors'][number][] = [];
  readonly #surprises: string[] = [];
  /** Told of by the framework and not ordered; adopted when they start. */
  readonly #announced = new Map<string, TestInfo>();
  /** Found here and elsewhere too, as by a hook that each unit of a file runs: told there. */
  readonly #elsewhere = new Set<string>();
  #process: CagedProcess | null = null;
  /** Begun and not ended; a sub-test comes after the test that it is a part of. */
  #open: readonly Progress[] = [];
  #lastEnded: Progress | null = null;
  #timer: Countdown | undefined;
  #idle: Countdown | undefined;
  #saidHello = false;
  #saidBye = false;
  #expectedCode = 0;

  constructor(unit: Unit, deps: UnitDeps) {
    this.#unit = unit;
    this.#deps = deps;
    this.#progress = new Map(unit.tests.map(test => [refOf(test.titlePath, test.ordinal), progressOf(test)]));
  }

  async run(): Promise<UnitOutcome> {
    const { framework, limits, tests, project } = this.#unit;
    const translator = framework.translate?.(project, tests, event => this.#onEvent(event)) ?? null;
    const caged = new CagedProcess({
      id: this.#unit.id,
      mechanism: this.#deps.mechanism,
      launch: this.#orderedLaunch(),
      limits,
      ...(framework.diagnostics ? { diagnostics: framework.diagnostics } : {}),
      onEvent: event => {
        this.#idle?.restart();
        this.#onEvent(event);
      },
      onOutput: chunk => {
        this.#idle?.restart();
        if (chunk.length > 0) this.#deps.onOutput(this.#last.test, chunk.toString('utf8'));
      },
      ...readableBy(translator),
      onStop: reason => this.#deps.onStop(this.#unit, reason),
    });
    this.#process = caged;
    this.#deps.onProcess(caged);
    if (framework.reporting === 'exit-code') this.#start([...this.#progress.values()][0]!);
    else this.#arm('start-up', limits.startupMs);
    const ms = limits.idleMs;
    if (ms !== null) this.#idle = clock.after(ms, () => void caged.stop({ kind: 'timeout', limit: 'idle', ms }));
    const evidence = await caged.finished;
    if (evidence.spawnError === null) translator?.end(evidence.exit ?? { code: null, signal: null });
    this.#timer?.cancel();
    this.#idle?.cancel();
    return {
      evidence: {
        ...evidence,
        reporting: framework.reporting,
        shared: this.#progress.size > 1,
        limits,
        saidHello: this.#saidHello,
        saidBye: this.#saidBye,
        expectedCode: this.#expectedCode,
        errors: this.#errors,
        protocolProblems: [...evidence.protocolProblems, ...this.#surprises],
      },
      tests: [...this.#progress.values()].map(progress => this.#outcome(progress, evidence.wallMs)),
      output: caged.output.result(),
    };
  }

  #orderedLaunch(): Launch {
    const { launch, framework, tests, id } = this.#unit;
    if (framework.reporting !== 'events') return launch;
    const order: Order = {
      mode: 'run',
      file: tests[0]!.file,
      tests: tests.map(({ titlePath, ordinal }) => ({ path: titlePath, ordinal })),
    };
    const path = join(this.#deps.scratch, `${id}.order.json`);
    writeFileSync(path, JSON.stringify(order), { mode: 0o600 });
    return { ...launch, env: { ...launch.env, BULKHEAD_ORDER: path } };
  }

  #onEvent(event: InsideBody): void {
    const { limits } = this.#unit;
    switch (event.t) {
      case 'hello':
        this.#saidHello = true;
        return;
      case 'found':
        this.#announce(event);
        return;
      case 'output': {
        const text = this.#process?.takeOutput(event.text) ?? '';
        if (text) this.#deps.onOutput(this.#last.test, text);
        return;
      }
      case 'start': {
        const progress = this.#known(event);
        if (progress && progress.startedAt === null) this.#start(progress);
        return;
      }
      case 'end': {
        const progress = this.#known(event);
        if (progress) this.#end(progress, event);
        return;
      }
      case 'error':
        this.#errors.push({ phase: event.phase, failure: event.failure });
        return;
      case 'bye':
        this.#saidBye = true;
        this.#expectedCode = event.code ?? 0;
        this.#arm('teardown', limits.teardownMs);
        return;
    }
  }

  #start(progress: Progress): void {
    const at = Date.now();
    progress.startedAt = at;
    progress.oomBefore = this.#process?.oomKills ?? 0;
    this.#open = [...this.#open, progress];
    this.#deps.onStarted(progress.test, at);
    this.#arm('test', this.#unit.limits.timeoutMs);
  }

  #end(progress: Progress, event: Extract<InsideBody, { t: 'end' }>): void {
    const { state, ms, failures, retries, reason, died, phase } = event;
    // A second word on the same test may only be worse: a pass never covers a failure.
    const isBad = (each: EndState) => each === 'failed' || each === 'error';
    if (progress.end !== null && (isBad(progress.end.state) || !isBad(state))) {
      this.#surprises.push(
        `a second end (${state}) for ${JSON.stringify(progress.test.titlePath.at(-1)?.slice(0, 60))}`,
      );
      return;
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
    progress.oomKillsDuring = (this.#process?.oomKills ?? 0) - progress.oomBefore;
    this.#open = this.#open.filter(each => each !== progress);
    this.#lastEnded = progress;
    this.#arm(this.#open.length > 0 ? 'test' : 'teardown', this.#unit.limits.timeoutMs);
  }

  #announce({ path, ordinal, line, column }: Extract<InsideBody, { t: 'found' }>): void {
    const { project, tests } = this.#unit;
    const ref = refOf(path, ordinal);
    if (this.#progress.has(ref) || this.#announced.size >= mostAnnounced) return;
    const identity = { framework: project.framework, file: tests[0]!.file, titlePath: path, ordinal };
    const place = { ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
    this.#announced.set(ref, { ...identity, key: testKey(project, identity), ...place, dynamic: true });
  }

  #known(event: { path: readonly string[]; ordinal: number }): Progress | null {
    const ref = refOf(event.path, event.ordinal);
    const known = this.#progress.get(ref);
    if (known) return known;
    const announced = this.#announced.get(ref);
    if (!announced) {
      if (this.#elsewhere.has(ref)) return null;
      this.#surprises.push(`an event for a test that was not asked for: ${event.path.join(' › ').slice(0, 80)}`);
      return null;
    }
    this.#announced.delete(ref);
    if (!this.#deps.onAdopted(announced)) {
      this.#elsewhere.add(ref);
      return null;
    }
    const progress = progressOf(announced);
    this.#progress.set(ref, progress);
    return progress;
  }

  /** What the process does now and how it ends is told with this one. */
  get #last(): Progress {
    return this.#open.at(-1) ?? this.#lastEnded ?? [...this.#progress.values()][0]!;
  }

  #arm(limit: TimeoutKind, ms: number | null): void {
    this.#timer?.cancel();
    if (ms === null) return;
    this.#timer = clock.after(ms, () => void this.#process?.stop({ kind: 'timeout', limit, ms }));
  }

  #outcome(progress: Progress, wallMs: number): TestOutcome {
    const { test, startedAt, end } = progress;
    const lived = startedAt === null ? null : Math.min(wallMs, (progress.endedAt ?? Date.now()) - startedAt);
    return {
      test,
      startedAt,
      durationMs: end?.ms ?? lived,
      evidence: {
        started: startedAt !== null,
        end,
        oomKillsDuring: progress.oomKillsDuring,
        last: progress === this.#last,
      },
    };
  }
}

function progressOf(test: TestInfo): Progress {
  return { test, startedAt: null, endedAt: null, end: null, oomBefore: 0, oomKillsDuring: 0 };
}

function readableBy(translator: OutputTranslator | null): { readable?: OutputTranslator['push'] } {
  return translator ? { readable: (chunk, from) => translator.push(chunk, from) } : {};
}

function refOf(path: readonly string[], ordinal: number): string {
  return JSON.stringify([path, ordinal]);
}

/** Tests of a shared cage that never started because another one ended it: they get a fresh cage. */
export function innocents({ evidence, tests }: UnitOutcome): TestInfo[] {
  const orderly = evidence.saidBye && evidence.stop === null && !evidence.exit?.signal;
  const anyStarted = tests.some(test => test.evidence.started || test.evidence.end !== null);
  if (!evidence.shared || orderly || !anyStarted) return [];
  return tests.flatMap(test => (test.evidence.started || test.evidence.end ? [] : [test.test]));
}
