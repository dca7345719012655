import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cage, Traces } from '../cages/cage.ts';
import type { CagedLaunch } from '../cages/launch.ts';
import { throttledSince, throttledSoFar } from '../cages/throttling.ts';
import type { FailureMessage, TimeoutKind } from '../protocol/verdict.ts';
import type { LeftProcess, ProcessInfo, Shortcoming } from '../protocol/limits.ts';
import type { CagedOptions } from './caged-options.ts';
import { drained } from './drained.ts';
import { testEnvironment, whyNotExecutable } from './environment.ts';
import { EventReader } from './event-reader.ts';
import type { ProcessEvidence, StopReason } from './evidence.ts';
import { hostKillOf, secondsOfMachine } from './host-kill.ts';
import { Interrogation } from './interrogation.ts';
import { examined } from './leftovers.ts';
import type { OutputCapture } from './output.ts';
import { Portions } from './portions.ts';
import { Printed } from './printed.ts';
import { Sampling } from './sampling.ts';

/** Time that leftovers have to end by themselves, and that a held pipe has after the cage is empty. */
const lingerMs = 100;
const heapTailBytes = 16 * 1024;

/** One process in one cage, from its launch until nothing of it is left. */
export class CagedProcess {
  readonly finished: Promise<ProcessEvidence>;
  readonly startedAt = Date.now();
  readonly #options: CagedOptions;
  readonly #printed: Printed;
  readonly #events: EventReader;
  readonly #cage: Cage;
  readonly #launch: { readonly wrapped: CagedLaunch } | { readonly missing: string };
  readonly #held = Promise.withResolvers<number | null>();
  #child: ChildProcess | null = null;
  #said: Portions | null = null;
  #stop: StopReason | null = null;
  #exit: ProcessEvidence['exit'] = null;
  readonly #sampling: Sampling;
  readonly #exited = Promise.withResolvers<void>();
  /** The time of grace is over before its time. */
  readonly #impatient = Promise.withResolvers<void>();
  #graceEnds = 0;
  #stuck: FailureMessage | null = null;
  #ignoredSigterm = false;
  /** Of the cage, which is gone. */
  #finalCounters: ReturnType<Cage['counters']> | null = null;

  /** Throws where the cage itself cannot be made. */
  constructor(options: CagedOptions) {
    this.#options = options;
    this.#printed = new Printed(options, limitBytes => void this.stop({ kind: 'flood', limitBytes }));
    this.#events = new EventReader(options.onEvent);
    this.#cage = options.mechanism.open(options.id, {
      limits: options.limits,
      onOverMemory: bytes => void this.stop({ kind: 'over-memory', bytes }),
    });
    this.#sampling = new Sampling(this.#cage);
    this.#launch = this.#prepare();
    this.finished = this.#run();
  }

  get id(): string {
    return this.#options.id;
  }

  get output(): OutputCapture {
    return this.#printed.capture;
  }

  /** Of what the framework had kept to itself; the answer is what may be shown of it live. */
  takeOutput(text: string): string {
    return this.#printed.take(text);
  }

  get traces(): Traces {
    return this.#cage.traces;
  }

  get command(): string {
    const { file, args } = this.#options.launch;
    return [file, ...args].join(' ');
  }

  /** The process in front of the cage, as soon as it is there; null: it never was. */
  get held(): Promise<number | null> {
    return this.#held.promise;
  }

  get unenforced(): readonly Shortcoming[] {
    return this.#cage.unenforced;
  }

  /** Why it is being ended, once it is. */
  get stopReason(): StopReason | null {
    return this.#stop;
  }

  /** The kernel's count of kills for memory so far. */
  get oomKills(): number {
    return (this.#finalCounters ?? this.#cage.counters()).oomKills ?? 0;
  }

  live(): { memoryBytes: number; processes: number } {
    return this.#sampling.look();
  }

  census(): Promise<ProcessInfo[]> {
    return this.#cage.census();
  }

  freeze(): Promise<void> {
    return this.#cage.freeze();
  }

  thaw(): void {
    this.#cage.thaw();
  }

  /** The first reason stands. A second call, or `hard`, ends the time of grace. */
  async stop(reason: StopReason, hard = false): Promise<void> {
    if (hard) this.#impatient.resolve();
    if (this.#exit) return;
    if (this.#stop === null) {
      this.#stop = reason;
      this.#options.onStop(reason);
      if (!hard && reason.kind === 'timeout') await this.#interrogate(reason.limit);
      if (!hard && !isUrgent(reason) && this.#askToEnd()) {
        const ended = await Promise.race([this.#exited.promise.then(() => true), this.#graceOver()]);
        if (ended) return;
        this.#ignoredSigterm = !hard;
      }
    } else if (!hard) return;
    await this.#cage.kill();
  }

  /** Before the first signal, for afterwards nothing is as it was. */
  async #interrogate(limit: TimeoutKind): Promise<void> {
    const { diagnostics, limits, onLingering } = this.#options;
    if (!diagnostics && limit !== 'teardown') return;
    const over = Promise.race([this.#exited.promise, this.#impatient.promise]).then(() => null);
    const alive = await Promise.race([this.#cage.census(), over]);
    if (limit === 'teardown') onLingering?.(alive ?? []);
    if (!diagnostics || !alive) return;
    const interrogation = new Interrogation(diagnostics, limits);
    this.#printed.interrogation = interrogation;
    this.#stuck = await Promise.race([interrogation.ask(alive), over]);
  }

  /** The polite signal to everything in the cage; false: there is no such signal here, or no time of grace. */
  #askToEnd(): boolean {
    const { graceMs } = this.#options.limits;
    if (graceMs === 0) return false;
    // What is frozen hears no signal.
    this.#cage.thaw();
    if (!this.#cage.signal('SIGTERM')) return false;
    this.#graceEnds = performance.now() + graceMs;
    return true;
  }

  #graceOver(): Promise<false> {
    const timeUp = sleep(Math.max(0, this.#graceEnds - performance.now()), false as const, { ref: false });
    return Promise.race([timeUp, this.#impatient.promise.then(() => false as const)]);
  }

  /** What the leader leaves has its time of grace too: a server may want to remove its socket. */
  async #emptied(): Promise<void> {
    let waiting = true;
    void this.#graceOver().then(() => (waiting = false));
    while (waiting && performance.now() < this.#graceEnds && (await this.#cage.census()).length > 0) await sleep(10);
  }

  async #run(): Promise<ProcessEvidence> {
    // Whoever made this enters it into the ledger first: from its first moment on, a program is on record.
    await Promise.resolve();
    const started = performance.now();
    const bornAt = secondsOfMachine();
    const throttledBefore = throttledSoFar();
    const spawnError = this.#stop ? null : await this.#spawn();
    this.#held.resolve(this.#child?.pid ?? null);
    if (this.#child?.pid === undefined) this.#exited.resolve();
    this.#sampling.begin();
    const notStarted = this.#child?.pid === undefined ? spawnError : await this.#leaderEnd();
    this.#sampling.end();
    const leftovers = await this.#leftovers();
    if (leftovers.length > 0) {
      this.#options.onLingering?.(leftovers);
      this.#options.onStop({ kind: 'leftovers', processes: leftovers.length });
      this.#askToEnd();
    }
    await this.#emptied();
    const survivors = await this.#cage.kill();
    const leakedPipe = await this.#drain();
    this.#printed.end();
    this.#events.end();
    const counters = this.#cage.counters();
    this.#finalCounters = counters;
    const hostKill = await hostKillOf({
      ...{ cage: this.#cage, exit: this.#exit, stop: this.#stop, oomKills: counters.oomKills },
      wasMember: pid => this.#sampling.lineage.has(pid),
      lived: { from: bornAt, to: secondsOfMachine() },
    });
    const timeline = this.#sampling.timeline(counters.cpuMs);
    const processes = this.#sampling.lineage.seen();
    const throttled = throttledSince(throttledBefore, throttledSoFar());
    if (survivors.length === 0) await this.#cage.remove();
    return {
      spawnError: notStarted,
      exit: this.#exit,
      stop: this.#stop,
      ...counters,
      ...(hostKill ? { hostKill } : {}),
      unenforced: this.#cage.unenforced,
      maxProcesses: Math.max(this.#sampling.maxProcesses, leftovers.length),
      wallMs: performance.now() - started - (this.#cage.lateMs ?? 0),
      ...(throttled ? { throttled } : {}),
      ...(timeline ? { timeline } : {}),
      ...(processes.length > 1 ? { processes } : {}),
      leftovers,
      survivors,
      leakedPipe,
      // One that ended by it was only late.
      ignoredSigterm: this.#ignoredSigterm && this.#exit?.signal !== 'SIGTERM',
      stuck: this.#stuck,
      outputTail: this.output.tail(heapTailBytes),
      protocolProblems: this.#events.problems,
    };
  }

  /** Waits for the leader's end; the answer is why it never began, if it did not. */
  async #leaderEnd(): Promise<string | null> {
    const end = await this.#cage.leader;
    this.live();
    if (end.kind === 'ended') this.#exit = { code: end.code, signal: end.signal };
    this.#exited.resolve();
    return end.kind === 'ended' ? null : end.because;
  }

  #prepare(): { readonly wrapped: CagedLaunch } | { readonly missing: string } {
    const { launch } = this.#options;
    const missing = whyNotExecutable(launch.file, launch.cwd, testEnvironment(launch.env)['PATH']);
    return missing === null ? { wrapped: this.#cage.wrap(launch) } : { missing };
  }

  async #spawn(): Promise<string | null> {
    if ('missing' in this.#launch) return this.#launch.missing;
    const { wrapped } = this.#launch;
    const child = spawn(wrapped.file, [...wrapped.args], {
      cwd: wrapped.cwd,
      env: testEnvironment({ ...wrapped.env, BULKHEAD_FD: '3' }),
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', ...(wrapped.control ? (['pipe'] as const) : [])],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    this.#child = child;
    const failed = new Promise<string>(resolve => child.once('error', error => resolve(error.message)));
    if (child.pid === undefined) return failed;
    this.#cage.born(child);
    child.stdout?.on('data', (chunk: Buffer) => this.#printed.push(chunk, 'stdout'));
    child.stderr?.on('data', (chunk: Buffer) => this.#printed.push(chunk, 'stderr'));
    this.#said = new Portions(child.stdio[3] as Readable, chunk => this.#events.push(chunk));
    // A reset of a pipe by a dying process is its end, which `close` tells.
    for (const stream of child.stdio) stream?.on('error', () => {});
    this.#sampling.born();
    return null;
  }

  /** Who outlives the leader. A process on its way out is given a moment, so that it is not called a leftover. */
  async #leftovers(): Promise<readonly LeftProcess[]> {
    const deadline = performance.now() + lingerMs;
    for (;;) {
      const alive = await this.#cage.census();
      if (alive.length === 0 || this.#stop !== null) return [];
      if (performance.now() >= deadline) return examined(alive, this.#sampling.lineage);
      await sleep(5);
    }
  }

  #drain(): Promise<boolean> {
    this.#said?.hurry();
    return drained(this.#child?.stdio ?? [], lingerMs);
  }
}

/** What it takes of the machine meanwhile is more than a time of grace is worth. */
function isUrgent({ kind }: StopReason): boolean {
  return kind === 'over-memory' || kind === 'flood' || kind === 'shortage';
}
