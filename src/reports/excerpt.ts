// Colours and cursor moves (CSI), titles and links (OSC): what a program may write to a terminal.
// eslint-disable-next-line no-control-regex
const escapes = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-_]/g;

/** Every control character but line end and tab. */
const controls = /[^\P{Cc}\n\t]/gu;

/** Words with a space between them: nothing to take out, and in most of what is said. Each pass over a text would copy it. */
const plain = /^[!-~·›…]+(?: [!-~·›…]+)*$/;

/** Text that cannot move a cursor, ring a bell or hide what follows; line ends and tabs stay. */
export function withoutControls(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(escapes, '').replace(controls, '');
}

/** A title or message on one line, however long it is: titles may be a megabyte. */
export function oneLine(text: string, most = 200): string {
  if (text.length <= most && plain.test(text)) return text;
  const flat = withoutControls(text.slice(0, most * 8))
    .replace(/\s+/g, ' ')
    .trim();
  return flat.length > most || text.length > most * 8 ? `${flat.slice(0, most - 1)}…` : flat;
}

/** The first line that says something. */
export function firstLine(text: string, most = 200): string {
  const lines = text.slice(0, most * 32).split('\n');
  return oneLine(lines.find(line => line.trim() !== '') ?? '', most);
}

/** The last lines of a long text: what a program said last is what explains its end. */
export function tail(text: string, lines: number, bytes: number): { readonly text: string; readonly cut: boolean } {
  const end = text.slice(-bytes).replace(/\n+$/, '');
  const kept = end.split('\n').slice(-lines).join('\n');
  return { text: kept, cut: kept.length < text.replace(/\n+$/, '').length };
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** `1,234,567`, of a whole number. Without `toLocaleString`, whose first use in a page takes as long as its first 20 rows. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
