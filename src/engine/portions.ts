import type { Readable } from 'node:stream';

/** Pieces that come closer together than this, and are smaller than that, cost more to fetch than to read. */
const briskMs = 1;
const smallBytes = 1024;
const restMs = 1;

/** What lies below the stream of a pipe: pausing the stream itself goes on fetching small pieces, until many are held. */
interface Handle {
  readStart(): void;
  readStop(): void;
}

/**
 * Reads a pipe in portions. Who says much says it in small pieces, and fetching each wakes both sides up: so the pipe rests for a
 * moment, and what has gathered by then is fetched at once. A piece that comes alone is handed on at once.
 */
export class Portions {
  readonly #pipe: Readable;
  #hurried = false;
  #resting: NodeJS.Timeout | null = null;
  #last = 0;

  constructor(pipe: Readable, onChunk: (chunk: Buffer) => void) {
    this.#pipe = pipe;
    pipe.on('data', (chunk: Buffer) => {
      const brisk = chunk.length < smallBytes && performance.now() - this.#last < briskMs;
      onChunk(chunk);
      if (brisk) this.#rest();
      this.#last = performance.now();
    });
  }

  /** From now on everything is fetched as soon as it is there. */
  hurry(): void {
    this.#hurried = true;
    this.#goOn();
  }

  #rest(): void {
    const handle = handleOf(this.#pipe);
    if (this.#hurried || this.#resting || !handle) return;
    handle.readStop();
    this.#resting = setTimeout(() => this.#goOn(), restMs);
  }

  #goOn(): void {
    if (!this.#resting) return;
    clearTimeout(this.#resting);
    this.#resting = null;
    if (!this.#pipe.destroyed) handleOf(this.#pipe)?.readStart();
  }
}

/** Null: this Node has none that can be told to wait, and every piece is fetched as it comes. */
function handleOf(pipe: Readable): Handle | null {
  const { _handle: handle } = pipe as { _handle?: Partial<Handle> | null };
  return typeof handle?.readStart === 'function' && typeof handle.readStop === 'function' ? (handle as Handle) : null;
}
