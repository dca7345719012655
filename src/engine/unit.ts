import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mechanism } from '../cages/cage.ts';
import type { Framework, Launch, OutputTranslator } from '../frameworks/framework.ts';
import type { InsideBody, Order } from '../protocol/events.ts';
import type { Limits } from '../protocol/limits.ts';
import type { Project, TestInfo } from '../protocol/tests.ts';
import type { CapturedOutput, TimeoutKind } from '../protocol/verdict.ts';
import { CagedProcess } from './caged-process.ts';
import type { OutputFolder } from './output-file.ts';
import { clock, type Countdown } from './clock.ts';
import { type Debugging, isAdapter, withoutInspector } from './debugging.ts';
import {
  type EndReason,
  type ProcessEvidence,
  type ReportedError,
  type TestEvidence,
  type UnitEvidence,
  wouldNotEnd,
} from './evidence.ts';
import { FirstOf } from './first-of.ts';
import { lasting } from './leftovers.ts';
import { Origins } from './origins.ts';
import { moreErrors, moreFailures, mostErrors, type Progress, UnitTests } from './unit-tests.ts';

/** Tests that share one cage: one test, or what is left of a file. */
export interface Unit {
  readonly id: string;
  readonly project: Project;
  readonly framework: Framework;
  readonly tests: readonly TestInfo[];
  /** Picked out of their file, and not part of a run of all of it. */
  readonly chosen: boolean;
  readonly limits: Limits;
  readonly launch: Launch;
}

export interface UnitDeps {
  readonly mechanism: Mechanism;
  /** A private folder for orders. */
  readonly scratch: string;
  readonly outputFolder: OutputFolder;
  readonly onProcess: (process: CagedProcess) => void;
  /** A test that nobody could list, found while another one ran; false: it belongs to another unit of this run. */
  readonly onAdopted: (test: TestInfo) => boolean;
  /** Null: it waits for no debugger. */
  readonly debugging: Debugging | null;
  readonly onStarted: (test: TestInfo, at: number) => void;
  readonly onOutput: (test: TestInfo, text: string) => void;
  /** It runs, and has done so for longer than a test should. */
  readonly onSlow: (test: TestInfo, ms: number) => void;
  readonly onStop: (unit: Unit, reason: EndReason) => void;
}

export interface TestOutcome {
  readonly test: TestInfo;
  readonly evidence: TestEvidence;
  readonly startedAt: number | null;
  readonly durationMs: number | null;
  readonly slow: boolean;
}

export interface UnitOutcome {
  readonly evidence: UnitEvidence;
  readonly tests: readonly TestOutcome[];
  readonly output: CapturedOutput;
}

/** Runs one unit to its end and gives back what was seen, undecided. */
export async function runUnit(unit: Unit, deps: UnitDeps): Promise<UnitOutcome> {
  const watch = new UnitWatch(unit, deps);
  return watch.run();
}

class UnitWatch {
  readonly #unit: Unit;
  readonly #deps: UnitDeps;
  readonly #tests: UnitTests;
  readonly #errors = new FirstOf<ReportedError>(mostErrors);
  #process: CagedProcess | null = null;
  #timer: Countdown | undefined;
  #idle: Countdown | undefined;
  /** Until a test that runs is called slow. */
  readonly #countdowns = new Map<Progress, Countdown>();
  readonly #slow = new Set<Progress>();
  readonly #origins: Origins;
  #saidHello = false;
  #awaitsDebugger = false;
  #saidBye = false;
  #expectedCode = 0;

  constructor(unit: Unit, deps: UnitDeps) {
    this.#unit = unit;
    this.#deps = deps;
    this.#tests = new UnitTests(unit.project, unit.tests, test => deps.onAdopted(test));
    this.#origins = new Origins(unit.framework, this.#tests);
  }

  async run(): Promise<UnitOutcome> {
    const { framework, limits, tests, project } = this.#unit;
    const launch = this.#orderedLaunch();
    const translator = framework.translate?.(project, tests, event => this.#onEvent(event), launch) ?? null;
    const caged = new CagedProcess({
      id: this.#unit.id,
      mechanism: this.#deps.mechanism,
      launch,
      limits,
      outputFolder: this.#deps.outputFolder,
      ...(framework.diagnostics ? { diagnostics: framework.diagnostics } : {}),
      onEvent: event => {
        this.#idle?.restart();
        this.#onEvent(event);
      },
      onOutput: chunk => {
        this.#idle?.restart();
        if (chunk.length > 0) this.#deps.onOutput(this.#tests.current.test, chunk.toString('utf8'));
      },
      ...readableBy(translator, this.#deps.debugging !== null),
      onStop: reason => this.#deps.onStop(this.#unit, reason),
      onLingering: alive => this.#origins.note(alive),
    });
    this.#process = caged;
    this.#deps.onProcess(caged);
    if (framework.reporting === 'exit-code') this.#start(this.#tests.current);
    else if (!this.#tests.anyOpen) this.#arm('start-up', limits.startupMs);
    const ms = limits.idleMs;
    if (ms !== null) this.#idle = clock.after(ms, () => void caged.stop({ kind: 'timeout', limit: 'idle', ms }));
    const ended = await caged.finished;
    const leftovers = ended.leftovers.filter(left => !this.#deps.debugging || !isAdapter(left));
    const evidence = { ...ended, leftovers };
    if (evidence.spawnError === null) translator?.end(evidence.exit ?? { code: null, signal: null });
    this.#timer?.cancel();
    this.#idle?.cancel();
    for (const countdown of this.#countdowns.values()) countdown.cancel();
    return {
      evidence: {
        ...evidence,
        reporting: framework.reporting,
        shared: this.#tests.shared,
        charged: this.#tests.charged,
        anyUnstarted: this.#tests.anyUnstarted,
        limits,
        saidHello: this.#saidHello,
        saidBye: this.#saidBye,
        expectedCode: this.#expectedCode,
        errors: this.#errors.told(moreErrors),
        protocolProblems: [...evidence.protocolProblems, ...this.#tests.surprises],
      },
      tests: this.#tests.all.map(progress => this.#outcome(progress, evidence)),
      output: caged.output.end(),
    };
  }

  #orderedLaunch(): Launch {
    const { framework, tests, id, chosen, limits, project } = this.#unit;
    const launch: Launch =
      limits.workspaceWrites === 'discarded'
        ? { ...this.#unit.launch, discards: project.folder.path }
        : this.#unit.launch;
    if (framework.reporting !== 'events') return launch;
    const { debugging } = this.#deps;
    const order: Order = {
      mode: 'run',
      file: tests[0]!.file,
      ...(debugging ? { debug: debugging.means } : {}),
      tests: tests.map(({ titlePath, ordinal }) => ({ path: titlePath, ordinal })),
      ...(chosen ? { chosen } : {}),
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
        this.#tests.announce(event);
        return;
      case 'debugger': {
        if (this.#awaitsDebugger) return;
        this.#awaitsDebugger = true;
        const { kind, host, port } = event;
        this.#deps.debugging?.onWaiting({ kind, host, port });
        return;
      }
      case 'output': {
        const text = this.#process?.takeOutput(event.text) ?? '';
        if (text) this.#deps.onOutput(this.#tests.current.test, text);
        return;
      }
      case 'start': {
        if (this.#process?.stopReason && !this.#tests.has(event)) return;
        const progress = this.#tests.known(event);
        // A framework that goes on while it is being ended begins tests that it cannot end: they get a cage of their own.
        if (progress && progress.startedAt === null && !this.#process?.stopReason) this.#start(progress);
        return;
      }
      case 'end': {
        // What is only now told of was never begun, as far as anybody could see.
        if (this.#process?.stopReason && !this.#tests.has(event)) return;
        const progress = this.#tests.known(event);
        if (progress?.startedAt != null && progress.end === null && this.#process?.stopReason)
          progress.lateEnd = event.state;
        else if (progress && !this.#process?.stopReason) this.#end(progress, event);
        return;
      }
      case 'error':
        if (!this.#tests.charge(event)) this.#errors.add({ phase: event.phase, failure: event.failure });
        return;
      case 'unhandled':
        this.#tests.noteUnhandled(event);
        return;
      case 'left': {
        const progress = this.#tests.known(event);
        if (progress) progress.leftOpen = event.what;
        return;
      }
      case 'leak': {
        const progress = this.#tests.known(event);
        const { leak, what } = event;
        if (progress) progress.leaks = [...progress.leaks.filter(each => each.leak !== leak), { leak, what }];
        return;
      }
      case 'bye':
        this.#saidBye = true;
        this.#expectedCode = event.code ?? 0;
        this.#arm('teardown', limits.teardownMs);
        return;
    }
  }

  #start(progress: Progress): void {
    const at = Date.now();
    this.#tests.start(progress, at, this.#process?.oomKills ?? 0);
    this.#deps.onStarted(progress.test, at);
    this.#arm('test', this.#unit.limits.timeoutMs);
    const { slowMs } = this.#unit.limits;
    if (slowMs !== null)
      this.#countdowns.set(
        progress,
        clock.after(slowMs, () => {
          this.#slow.add(progress);
          this.#deps.onSlow(progress.test, slowMs);
        }),
      );
  }

  #end(progress: Progress, event: Extract<InsideBody, { t: 'end' }>): void {
    if (!this.#tests.end(progress, event, this.#process?.oomKills ?? 0)) return;
    this.#countdowns.get(progress)?.cancel();
    this.#countdowns.delete(progress);
    this.#arm(this.#tests.anyOpen ? 'test' : 'teardown', this.#unit.limits.timeoutMs);
  }

  #arm(limit: TimeoutKind, ms: number | null): void {
    this.#timer?.cancel();
    if (ms === null) return;
    this.#timer = clock.after(ms, () => void this.#process?.stop({ kind: 'timeout', limit, ms }));
  }

  #outcome(progress: Progress, process: ProcessEvidence): TestOutcome {
    const { test, startedAt, end, lateEnd, oomBefore, oomThen, errors, unhandled, leftOpen, leaks } = progress;
    const killsInAll = process.oomKills ?? 0;
    const killsThen = oomThen ?? killsInAll;
    const lived = startedAt === null ? null : Math.min(process.wallMs, (progress.endedAt ?? Date.now()) - startedAt);
    const durationMs = end?.ms ?? lived;
    const { slowMs } = this.#unit.limits;
    const culprit = this.#tests.culprit(wouldNotEnd(process));
    return {
      test,
      startedAt,
      durationMs,
      // A framework's own count leaves out its hooks, and some tell of a test only when it is over.
      slow: this.#slow.has(progress) || (slowMs !== null && durationMs !== null && durationMs >= slowMs),
      evidence: {
        started: startedAt !== null,
        end,
        lateEnd,
        oomKillsDuring: killsThen - (startedAt === null ? this.#tests.oomKillsTold : oomBefore),
        oomKillsAfter: killsInAll - killsThen,
        errors: errors.told(moreErrors),
        unhandled: unhandled.told(moreFailures),
        leftOpen,
        leaks: lasting(leaks),
        leftovers: process.leftovers.filter(left => (this.#origins.of(left) ?? culprit) === progress),
        last: progress === culprit,
      },
    };
  }
}

function readableBy(translator: OutputTranslator | null, debug: boolean): { readable?: OutputTranslator['push'] } {
  if (debug) return { readable: withoutInspector };
  return translator ? { readable: (chunk, from) => translator.push(chunk, from) } : {};
}
