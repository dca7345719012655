import type { DebuggerKind } from '../protocol/events.ts';

export interface Inspected {
  readonly kind: DebuggerKind;
  readonly host: string;
  readonly port: number;
}

const local = '127.0.0.1';
/** Of Node: the next word is theirs. */
const withValue = /^(-r|--require|--import|--loader|--experimental-loader|-C|--conditions|--env-file|--inspect-port)$/;

/** Where a process is open to a debugger, as its command line says; null: it is not, or at a port that only itself knows. */
export function inspectedAt(command: string): Inspected | null {
  const words = command.split(' ');
  const program = words[0]?.split('/').at(-1) ?? '';
  if (/^python[\d.]*$/.test(program)) return debugpyAt(words);
  return program === 'node' || program === 'nodejs' ? nodeAt(words) : null;
}

function nodeAt(words: readonly string[]): Inspected | null {
  // What comes behind the script is the script's own.
  const script = words.findIndex((word, at) => at > 0 && !word.startsWith('-') && !withValue.test(words[at - 1]!));
  const options = script < 0 ? words : words.slice(0, script);
  const opening = options.find(word => /^--inspect(-brk|-wait)?(=|$)/.test(word));
  if (opening === undefined) return null;
  const apart = options.find(word => word.startsWith('--inspect-port='));
  const [, place] = (opening.includes('=') ? opening : (apart ?? '=9229')).split('=');
  return placeIn('node', place ?? '');
}

function debugpyAt(words: readonly string[]): Inspected | null {
  const listen = words.includes('debugpy') ? words[words.indexOf('--listen') + 1] : undefined;
  return listen === undefined || !words.includes('--listen') ? null : placeIn('python', listen);
}

function placeIn(kind: DebuggerKind, written: string): Inspected | null {
  const [, host = local, port] = /^(?:(.+):)?(\d+)$/.exec(written) ?? [];
  const at = Number(port ?? 0);
  // Any address of the machine is this one too.
  const reached = ['0.0.0.0', '::', '[::]'].includes(host) ? local : host;
  return at > 0 && at < 65_536 ? { kind, host: reached, port: at } : null;
}
