import { join } from 'node:path';
import type { InsideBody } from '../../protocol/events.ts';
import type { TestInfo } from '../../protocol/tests.ts';
import type { FailureMessage } from '../../protocol/verdict.ts';
import type { OutputTranslator, ProcessEnd } from '../framework.ts';
import { appended, Lines, longestLine } from '../lines.ts';
import { panicIn } from './panic.ts';

/** The byte with which Go from 1.20 on begins each line of its own, so that nothing that a test prints passes for one. */
const marker = '\x16';
const longestLog = 64 * 1024;

interface Open {
  readonly path: readonly string[];
  readonly ordered: boolean;
  log: string;
}

/** A sub-test may be called by a megabyte. */
const longestOwnLine = 2 * 1024 ** 2;

type Outcome = Extract<InsideBody, { t: 'end' }>;

/** Reads what a test program of Go prints with `-test.v`. */
export class GoTranslator implements OutputTranslator {
  readonly #say: (event: InsideBody) => void;
  readonly #directory: string;
  readonly #marked: boolean;
  readonly #ordered: ReadonlySet<string>;
  readonly #open = new Map<string, Open>();
  readonly #failedAround: string[] = [];
  readonly #hasSubTests = new Set<string>();
  readonly #lines = new Lines(line => this.#read(line), longestOwnLine);
  #current: string | null = null;
  /** Held back for a moment: a panic is told after the failure of its test. */
  #held: Outcome | null = null;
  #final: 'PASS' | 'FAIL' | null = null;
  #errors = '';

  constructor(
    tests: readonly TestInfo[],
    options: { readonly directory: string; readonly marked: boolean },
    say: (event: InsideBody) => void,
  ) {
    this.#say = say;
    this.#directory = options.directory;
    this.#marked = options.marked;
    this.#ordered = new Set(tests.map(({ titlePath }) => titlePath.join('/')));
    say({ t: 'hello', framework: 'go', version: '' });
  }

  push(chunk: Buffer, from: 'stdout' | 'stderr'): Buffer {
    if (from === 'stderr') {
      this.#errors = (this.#errors + chunk.toString('utf8')).slice(-longestLog);
      return chunk;
    }
    this.#lines.push(chunk);
    return chunk.includes(marker) ? Buffer.from(chunk.filter(byte => byte !== 0x16)) : chunk;
  }

  end({ code, signal }: ProcessEnd): void {
    this.#lines.end();
    const panic = signal === null && code === 2 ? panicIn(this.#errors, this.#directory) : null;
    const inside = this.#held ?? (panic ? this.#unended() : null);
    this.#held = null;
    if (inside) this.#say(panic ? { ...inside, failures: [panic, ...(inside.failures ?? [])] } : inside);
    else if (panic) this.#say({ t: 'error', phase: this.#open.size === 0 ? 'load' : 'teardown', failure: panic });
    for (const name of this.#failedAround) {
      const failure = { text: `${name}, the test around it, failed.` };
      this.#say({ t: 'error', phase: 'teardown', failure });
    }
    if (this.#final !== null && signal === null) this.#bye();
  }

  #read(line: string): void {
    if (!this.#marked) return this.#readOwn(line) ? undefined : this.#keep(`${line}\n`);
    // What a test printed last, without an end of its line, stands before the marker.
    const at = line.lastIndexOf(marker);
    if (at < 0) return this.#keep(`${line}\n`);
    if (at > 0) this.#keep(`${line.slice(0, at)}\n`);
    if (!this.#readOwn(line.slice(at + 1))) this.#keep(`${line.slice(at + 1)}\n`);
  }

  #keep(text: string): void {
    const open = this.#current === null ? undefined : this.#open.get(this.#current);
    if (open) open.log = appended(open.log, text);
  }

  /** False: it is the user's. */
  #readOwn(line: string): boolean {
    const [, what, named = ''] = /^=== (RUN|PAUSE|CONT|NAME)\s+(.*)$/.exec(line) ?? [];
    if (what !== undefined) {
      this.#release();
      this.#current = named.trimEnd() || null;
      if (what === 'RUN') this.#start(this.#current ?? '');
      return true;
    }
    // Before 1.20 what a test printed last, without an end of its line, stands before this.
    const looked = line.length > longestLine && !/^ *--- /.test(line) ? '' : line;
    const result = /--- (PASS|FAIL|SKIP): (.+) \((\d+(?:\.\d+)?)s\)$/.exec(looked);
    const open = result && this.#open.get(result[2]!);
    if (result && open && (!this.#marked || result.index === line.length - line.trimStart().length)) {
      this.#release();
      open.log += line.slice(0, result.index).trim();
      this.#finish(result[2]!, open, result[1] as 'PASS' | 'FAIL' | 'SKIP', Number(result[3]) * 1000);
      return true;
    }
    if ((line === 'PASS' || line === 'FAIL') && this.#open.size === 0) {
      this.#release();
      this.#final = line;
      // Without the marker a test may have printed it, and the process has more to say.
      if (this.#marked) this.#bye();
      return true;
    }
    return false;
  }

  #start(name: string): void {
    const path = name.split('/');
    this.#hasSubTests.add(path.slice(0, -1).join('/'));
    const around = [...this.#ordered].some(ordered => ordered.startsWith(`${name}/`));
    const ordered = this.#ordered.has(name);
    this.#open.set(name, { path, ordered: !around || ordered, log: '' });
    if (around && !ordered) return;
    if (!ordered) this.#say({ t: 'found', path, ordinal: 0 });
    this.#say({ t: 'start', path, ordinal: 0 });
  }

  #finish(name: string, { path, ordered, log }: Open, how: 'PASS' | 'FAIL' | 'SKIP', ms: number): void {
    this.#open.delete(name);
    if (this.#current === name) this.#current = null;
    if (!ordered) {
      if (how === 'FAIL') this.#failedAround.push(name);
      return;
    }
    const end = { t: 'end', path, ordinal: 0, ms } as const;
    switch (how) {
      case 'PASS':
        return this.#say({ ...end, state: 'passed' });
      case 'SKIP':
        return this.#say({ ...end, state: 'skipped', reason: log.trim().replace(/^\S+\.go:\d+: /, '') });
      case 'FAIL':
        this.#held = {
          ...end,
          state: 'failed',
          failures: failuresIn(log, this.#directory, this.#hasSubTests.has(name)),
        };
    }
  }

  #release(): void {
    if (this.#held) this.#say(this.#held);
    this.#held = null;
  }

  /** A panic in a goroutine of the test ends the process without a word on the test. */
  #unended(): Outcome | null {
    const open = [...this.#open.values()].findLast(({ ordered }) => ordered);
    return open ? { t: 'end', path: open.path, ordinal: 0, ms: 0, state: 'failed' } : null;
  }

  #bye(): void {
    const final = this.#final;
    this.#final = null;
    this.#say({ t: 'bye', ...(final === 'FAIL' ? { code: 1 } : {}) });
  }
}

/** Each line that begins with a place starts a message; what follows is indented deeper. */
function failuresIn(log: string, directory: string, hasSubTests: boolean): FailureMessage[] {
  const places = [...log.matchAll(/^ *([^\s:]+\.go):(\d+): /gm)];
  if (places.length === 0) {
    const otherwise = hasSubTests ? 'A sub-test of it failed.' : 'It failed without a message.';
    return [{ text: log.trim() || otherwise }];
  }
  return places.map((match, index) => {
    const text = log.slice(match.index + match[0].length, places[index + 1]?.index).trim();
    const file = join(directory, match[1]!);
    return { text: text.replaceAll(/\n {8}/g, '\n'), file, line: Number(match[2]) };
  });
}
