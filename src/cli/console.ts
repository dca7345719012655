import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Problem } from '../protocol/messages.ts';
import type { Pieces } from '../reports/report.ts';
import { problemText } from './problem-text.ts';
import { Terminal, wantsColor } from './terminal.ts';

export interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** Where a command writes: what it is asked for, what people read, and what went wrong. */
export class Console {
  /** For people: standard output, or standard error when that is for a document. */
  readonly people: Terminal;
  readonly #errors: Terminal;
  readonly #stdout: NodeJS.WriteStream;

  constructor(
    { stdout, stderr }: Streams,
    env: NodeJS.ProcessEnv,
    options: { json: boolean; color: boolean; quiet: boolean },
  ) {
    const terminal = (stream: NodeJS.WriteStream) => {
      const isTTY = stream.isTTY === true;
      const live = isTTY && !options.quiet && env['TERM'] !== 'dumb' && !env['CI'];
      return new Terminal(stream, { color: wantsColor(options.color, env, isTTY), live });
    };
    this.#stdout = stdout;
    this.#errors = terminal(stderr);
    this.people = options.json ? this.#errors : terminal(stdout);
  }

  /** Before a run: problems are all that there is to say. */
  complain(problems: readonly Problem[]): void {
    for (const problem of problems) this.#errors.print(problemText(problem, this.#errors));
  }

  async document(pieces: Pieces): Promise<void> {
    try {
      await pipeline(Readable.from(pieces), this.#stdout, { end: false });
    } catch (error) {
      // An error with a code is the stream's: nobody reads any more, which is heard as a request to stop.
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    }
  }
}
