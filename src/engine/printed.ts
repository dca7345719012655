import type { CagedOptions } from './caged-options.ts';
import type { Interrogation } from './interrogation.ts';
import { OutputCapture } from './output.ts';
import { OutputFile } from './output-file.ts';
import { CharacterStream } from './whole-characters.ts';

type Source = 'stdout' | 'stderr';

/** What one process prints: in its order, without cut characters, bounded, and counted. */
export class Printed {
  readonly capture: OutputCapture;
  readonly #options: CagedOptions;
  readonly #onFlood: (limitBytes: number) => void;
  readonly #characters = { stdout: new CharacterStream(), stderr: new CharacterStream() };
  #bytes = 0;
  /** While it is asked where it is stuck: its answer is taken out. */
  interrogation: Interrogation | null = null;

  constructor(options: CagedOptions, onFlood: (limitBytes: number) => void) {
    this.#options = options;
    this.#onFlood = onFlood;
    const { outputFolder, id, limits } = options;
    const file = outputFolder && limits.outputFileBytes > 0 && new OutputFile(outputFolder, id, limits.outputFileBytes);
    this.capture = new OutputCapture(limits.outputBytes, file || null);
  }

  push(printed: Buffer, from: Source): void {
    const chunk = this.interrogation?.hear(printed, from) ?? printed;
    const kept = this.#options.readable?.(chunk, from) ?? chunk;
    this.#keep(this.#characters[from].push(kept), from);
    this.#count(chunk.length);
  }

  /** Output that the framework had kept to itself counts like what is printed; the answer is what may be shown of it live. */
  take(text: string): string {
    const chunk = Buffer.from(text);
    const shown = this.capture.push(chunk);
    this.#count(chunk.length);
    return shown.toString('utf8');
  }

  /** Nothing more comes: what never became a character is told as it is. */
  end(): void {
    for (const from of ['stdout', 'stderr'] as const) this.#keep(this.#characters[from].end(), from);
  }

  #keep(kept: Buffer, from: Source): void {
    this.#options.onOutput(this.capture.push(kept), from);
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    const limitBytes = this.#options.limits.outputLimitBytes;
    if (limitBytes !== null && this.#bytes > limitBytes) this.#onFlood(limitBytes);
  }
}
