import type { Mechanism } from '../cages/cage.ts';
import type { Diagnostics, Launch } from '../frameworks/framework.ts';
import type { InsideEvent } from '../protocol/events.ts';
import type { Limits, ProcessInfo } from '../protocol/limits.ts';
import type { EndReason } from './evidence.ts';
import type { OutputFolder } from './output-file.ts';

/** What one process in one cage is started with, and who hears of it. */
export interface CagedOptions {
  readonly id: string;
  readonly mechanism: Mechanism;
  readonly launch: Launch;
  readonly limits: Limits;
  readonly diagnostics?: Diagnostics;
  /** For the whole output, where it is more than is kept; absent: there is no file. */
  readonly outputFolder?: OutputFolder;
  readonly onEvent: (event: InsideEvent) => void;
  readonly onOutput: (text: Buffer, from: 'stdout' | 'stderr') => void;
  /** What of a chunk is to be kept and shown; absent: all of it. */
  readonly readable?: (chunk: Buffer, from: 'stdout' | 'stderr') => Buffer;
  /** Noted before the first signal, so that the reason is on record whatever happens next. */
  readonly onStop: (reason: EndReason) => void;
  /** Who is there when the process is over, or would not end after its last test: before the first signal. */
  readonly onLingering?: (alive: readonly ProcessInfo[]) => void;
}
