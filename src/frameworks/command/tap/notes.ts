/** What Perl's Test::More says of a failure, apart from the document. */
export interface PerlNote {
  /** Null: of a test without a name. */
  readonly title: string | null;
  text: string;
}

const longestNote = 64 * 1024;
const failed = /^(?<indent> *)# {3}Failed test(?: '(?<title>.*)')?(?: at .+ line \d+\.)?$/;

/** Reads standard error, where Test::More explains failures. Which of the two pipes is read first, nobody knows. */
export class PerlNotes {
  readonly #onNote: (note: PerlNote) => void;
  #open: { readonly indent: string; readonly note: PerlNote } | null = null;

  constructor(onNote: (note: PerlNote) => void) {
    this.#onNote = onNote;
  }

  push(line: string): void {
    const groups = failed.exec(line)?.groups;
    const open = this.#open;
    if (groups) {
      this.end();
      const note = { title: groups['title'] ?? null, text: '' };
      this.#open = { indent: `${groups['indent'] ?? ''}# `, note };
      this.#keep(line);
    } else if (open && line.startsWith(open.indent) && !line.startsWith(`${open.indent}Looks like `)) this.#keep(line);
    else this.end();
  }

  end(): void {
    const open = this.#open;
    this.#open = null;
    if (open) this.#onNote(open.note);
  }

  #keep(line: string): void {
    const { indent, note } = this.#open!;
    if (note.text.length < longestNote) note.text += `${line.slice(indent.length)}\n`;
  }
}

/** Tests without a name are called by their number. */
export function isAbout({ title }: PerlNote, test: string): boolean {
  return title === null ? /^test \d+$/.test(test) : title === test;
}
