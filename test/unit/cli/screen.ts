import { Terminal } from '../../../src/cli/terminal.ts';

/** A terminal that remembers what was written to it. */
export class FakeScreen {
  written = '';
  readonly columns: number;

  constructor(columns = 80) {
    this.columns = columns;
  }

  write(text: string): void {
    this.written += text;
  }

  terminal(options: { live?: boolean; color?: boolean } = {}): Terminal {
    return new Terminal(this, { live: false, color: false, ...options });
  }
}
