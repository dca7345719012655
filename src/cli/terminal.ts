import { styleText } from 'node:util';
import { oneLine } from '../reports/excerpt.ts';

/** The part of a stream that is written to. */
export interface Screen {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export type Style = Parameters<typeof styleText>[0];

export interface TerminalOptions {
  readonly color: boolean;
  /** Whether a line that changes in place makes sense. */
  readonly live: boolean;
  readonly now?: () => number;
}

const redrawMs = 100;
const clearLine = '\r\x1b[K';

/** Lines that stay, above one line that changes. */
export class Terminal {
  readonly live: boolean;
  readonly #screen: Screen;
  readonly #color: boolean;
  readonly #now: () => number;
  #status = '';
  #drawn = '';
  #drawnAt = -Infinity;
  #timer: NodeJS.Timeout | null = null;

  constructor(screen: Screen, { color, live, now = () => performance.now() }: TerminalOptions) {
    this.#screen = screen;
    this.#color = color;
    this.live = live;
    this.#now = now;
  }

  style(style: Style, text: string): string {
    return this.#color ? styleText(style, text, { validateStream: false }) : text;
  }

  print(lines: string): void {
    const status = this.#drawn;
    this.#screen.write(status ? `${clearLine}${lines}\n${status}` : `${lines}\n`);
  }

  /** Shows the line soon: never more often than the eye can follow. */
  status(text: string): void {
    if (!this.live) return;
    this.#status = text;
    this.#timer ??= setTimeout(() => this.#draw(), Math.max(0, this.#drawnAt + redrawMs - this.#now()));
  }

  end(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#drawn) this.#screen.write(clearLine);
    this.#drawn = '';
  }

  #draw(): void {
    this.#timer = null;
    this.#drawnAt = this.#now();
    // A line that wraps could not be cleared.
    const line = oneLine(this.#status, Math.max(10, (this.#screen.columns || 80) - 1));
    if (line === this.#drawn) return;
    this.#drawn = line;
    this.#screen.write(`${clearLine}${line}`);
  }
}

/** https://no-color.org and https://force-color.org; the flag is stronger than both. */
export function wantsColor(flag: boolean, env: NodeJS.ProcessEnv, isTTY: boolean): boolean {
  if (!flag || env['NO_COLOR']) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTTY && env['TERM'] !== 'dumb';
}
