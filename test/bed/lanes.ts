import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Count, countsIn, environmentOf } from './failures.ts';
import type { Piece } from './pieces.ts';
import { repository } from './places.ts';

export interface Outcome {
  readonly piece: Piece;
  readonly count: Count;
  /** In words, for the end of the log. */
  readonly failures: string;
  readonly seconds: number;
}

/** Far above the longest of all on a busy machine: one that hangs must not cost the results of the others. */
const mostMs = 30 * 60_000;
/** What a process that was asked to end may take for cleaning up. */
const graceMs = 15_000;

/** Runs pieces beside each other, as many as there are lanes; what one prints is told in one go when it has ended. */
export class Lanes {
  readonly #lanes: number;
  readonly #scratch: string;
  readonly #say: (text: string) => void;
  readonly #running = new Set<ChildProcess>();
  #pieces = 0;
  #ending = false;

  constructor(lanes: number, scratch: string, say: (text: string) => void = text => process.stdout.write(text)) {
    this.#lanes = lanes;
    this.#scratch = scratch;
    this.#say = say;
  }

  /** What needs what is being fetched beside the tests begins when that is over, and at once where nothing else is left. */
  async run(pieces: readonly Piece[], fetched: Promise<unknown> = Promise.resolve()): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    const beside = pieces.filter(piece => !piece.alone);
    let waiting = true;
    void fetched.then(() => (waiting = false));
    const next = (queue: Piece[]) => {
      const first = waiting ? queue.findIndex(piece => !piece.needsFetched) : 0;
      return queue.splice(Math.max(first, 0), 1)[0];
    };
    const lane = async (queue: Piece[]) => {
      await Promise.resolve();
      for (let piece = next(queue); piece && !this.#ending; piece = next(queue))
        outcomes.push(await this.#attempt(piece));
    };
    await Promise.all(Array.from({ length: this.#lanes }, () => lane(beside)));
    await lane(pieces.filter(piece => piece.alone));
    return this.#lanes > 1 ? this.#againAlone(outcomes) : outcomes;
  }

  /** Ctrl-C reaches the whole terminal, other signals only us: they are handed on, and what does not heed them is killed. */
  end(signal: NodeJS.Signals): void {
    this.#ending = true;
    for (const child of this.#running) endWithin(child, signal);
  }

  /** What others beside it may have disturbed gets a second attempt with the machine to itself, and that is told. */
  async #againAlone(outcomes: readonly Outcome[]): Promise<Outcome[]> {
    const last: Outcome[] = [];
    for (const first of outcomes) {
      if (first.count.failed === 0 || first.piece.alone || this.#ending) {
        last.push(first);
        continue;
      }
      this.#say(`\n${first.piece.name} failed with others beside it, and is tried again alone.\n`);
      const second = await this.#attempt(first.piece);
      const heading = `↻ ${first.piece.layer}, passed only alone: ${first.piece.name}\n`;
      const told = second.count.failed > 0 ? second.failures : `${heading}${first.failures.replace(/^/gm, '  ')}\n`;
      last.push({ ...second, failures: told });
    }
    return last;
  }

  async #attempt(piece: Piece): Promise<Outcome> {
    const folder = path.join(this.#scratch, String(this.#pieces++));
    fs.mkdirSync(folder);
    const began = Date.now();
    const buffered = this.#lanes > 1;
    const output = path.join(folder, 'output.txt');
    if (!buffered) this.#say(`\n── ${piece.layer}: ${piece.name} ──\n`);
    const descriptor = buffered ? fs.openSync(output, 'a') : null;
    const child = spawn(process.execPath, piece.args, {
      cwd: repository,
      // A ledger of its own: what a test leaves for its next warden is not for one beside it to reap.
      env: { ...process.env, ...environmentOf(folder), XDG_STATE_HOME: path.join(folder, 'state') },
      stdio: ['ignore', descriptor ?? 'inherit', descriptor ?? 'inherit'],
    });
    this.#running.add(child);
    let late = false;
    const limit = setTimeout(() => {
      late = true;
      endWithin(child, 'SIGTERM');
    }, mostMs);
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    clearTimeout(limit);
    this.#running.delete(child);
    if (descriptor !== null) fs.closeSync(descriptor);
    const seconds = Math.round((Date.now() - began) / 1000);
    if (buffered) {
      this.#say(`\n── ${piece.layer}: ${piece.name} (${seconds} s) ──\n`);
      this.#say(fs.readFileSync(output, 'utf8'));
    }
    const end = late ? `was ended after ${mostMs / 60_000} minutes` : `ended with ${signal ?? `code ${code}`}`;
    return { piece, seconds, ...judged(piece, folder, code === 0, end) };
  }
}

/** A piece that never told its count has failed, and so has one that ended badly without saying which test did. */
function judged(piece: Piece, folder: string, well: boolean, end: string): Pick<Outcome, 'count' | 'failures'> {
  const { count, failures, told } = countsIn(folder);
  if (told && (well || count.failed > 0)) return { count, failures };
  const what = told ? 'although none of its tests failed' : 'and never told its count';
  const sentence = `${piece.name} ${end}, ${what}`;
  return {
    count: { ...count, failed: count.failed + 1 },
    failures: `${failures}✖ ${piece.layer}: ${sentence}\n`,
  };
}

function endWithin(child: ChildProcess, signal: NodeJS.Signals): void {
  child.kill(signal);
  setTimeout(() => child.kill('SIGKILL'), graceMs).unref();
}
