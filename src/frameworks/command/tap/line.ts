/** What a line of TAP 12 to 14 says, apart from its indentation. */
export type TapLine =
  | { readonly kind: 'plan'; readonly count: number; readonly skip: string | null }
  | TapResult
  | { readonly kind: 'bail-out'; readonly reason: string }
  | { readonly kind: 'yaml' | 'close' }
  | { readonly kind: 'comment'; readonly text: string }
  | { readonly kind: 'noise' };

export interface TapResult {
  readonly kind: 'result';
  readonly ok: boolean;
  readonly number: number | null;
  readonly title: string;
  readonly directive: TapDirective | null;
  readonly ms: number | null;
  /** Its sub-tests follow, up to a brace. */
  readonly opens: boolean;
}

export interface TapDirective {
  readonly kind: 'skip' | 'todo';
  readonly reason: string;
}

export function tapLine(text: string): TapLine {
  const [, ok, number, said] = /^(ok|not ok)\b(?:[ \t]+(\d+)\b)?(?:[ \t]+-(?=\s|$))?(.*)$/.exec(text) ?? [];
  if (ok !== undefined) return resultOf(ok === 'ok', number, said!);
  const [, count, after = ''] = /^1\.\.(\d+)\s*(?:#\s*(.*))?$/.exec(text) ?? [];
  if (count !== undefined) {
    const [skip, reason = ''] = /^skip\S*\s*(.*)$/i.exec(after) ?? [];
    return { kind: 'plan', count: Number(count), skip: skip === undefined ? null : reason };
  }
  if (text.startsWith('Bail out!')) return { kind: 'bail-out', reason: text.slice(9).trim() };
  if (text.startsWith('#')) return { kind: 'comment', text: text.replace(/^# ?/, '') };
  if (text.trimEnd() === '}') return { kind: 'close' };
  return { kind: 'noise' };
}

function resultOf(ok: boolean, number: string | undefined, said: string): TapResult {
  const [, rest = said, brace] = /^(.*?)(?:(?:^|\s)(\{))?\s*$/.exec(said) ?? [];
  // A hash that is written \# belongs to the description.
  const at = /(?<!\\)(?:\\\\)*#/.exec(rest);
  const [title, note] = at
    ? [rest.slice(0, at.index + at[0].length - 1), rest.slice(at.index + at[0].length).trim()]
    : [rest, ''];
  const [, word, reason = ''] = /^(skip|todo)\S*\s*(.*)$/i.exec(note) ?? [];
  const [, amount, unit] = /^time=(\d+(?:\.\d+)?)(ms|s)/i.exec(note) ?? [];
  const known = word !== undefined || amount !== undefined;
  return {
    kind: 'result',
    ok,
    number: number === undefined ? null : Number(number),
    title: unescaped(known || note === '' ? title.trim() : rest.trim()),
    directive: word === undefined ? null : { kind: word.toLowerCase() as 'skip' | 'todo', reason },
    ms: amount === undefined ? null : Number(amount) * (unit === 's' ? 1000 : 1),
    opens: brace !== undefined,
  };
}

function unescaped(text: string): string {
  return text.replace(/\\([\\#])/g, '$1');
}
