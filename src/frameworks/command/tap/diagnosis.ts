import { resolve } from 'node:path';
import type { FailureMessage } from '../../../protocol/verdict.ts';

/** What stands below a failure, as YAML or as comments: kept as it is, with what of it has a meaning of its own. */
export function diagnosisOf(title: string, diagnosis: string, cwd: string): FailureMessage {
  const place = placeIn(diagnosis);
  const expected = value(diagnosis, 'expected|wanted');
  const actual = value(diagnosis, 'actual|found|got');
  const message = value(diagnosis, 'message|error');
  const text = [message ?? (diagnosis.trim() === '' ? `not ok: ${title}` : ''), diagnosis.trimEnd()];
  return {
    text: text.filter(part => part).join('\n'),
    ...(place ? { file: resolve(cwd, place.file), line: place.line } : {}),
    ...(expected !== null && actual !== null ? { expected, actual } : {}),
  };
}

/** The time that the YAML of node-tap, tape and Node gives. */
export function durationIn(diagnosis: string): number | null {
  const ms = value(diagnosis, 'duration_ms');
  return ms === null || Number.isNaN(Number(ms)) ? null : Number(ms);
}

/** A value of one line. */
function value(diagnosis: string, keys: string): string | null {
  const [, quote, quoted, plain] =
    new RegExp(`^\\s*(?:${keys}):[ \\t]+(?:(["'])(.*)\\1|([^|>&\\s].*))\\s*$`, 'm').exec(diagnosis) ?? [];
  return quote === undefined ? (plain?.trim() ?? null) : quoted!;
}

const places = [
  /^\s*(?:at|location):\s*["']?(?:file:\/\/)?(?<file>[^\s"'(]+?):(?<line>\d+)(?::\d+)?["']?\s*$/m,
  /\((?:file:\/\/)?(?<file>\/[^\s():]+):(?<line>\d+):\d+\)/,
  /\bat (?<file>\S+) line (?<line>\d+)\b/,
];

function placeIn(diagnosis: string): { readonly file: string; readonly line: number } | null {
  const file = value(diagnosis, 'file(?:[Nn]ame)?');
  const line = value(diagnosis, 'line(?:Number)?');
  if (file !== null && /^\d+$/.test(line ?? '')) return { file, line: Number(line) };
  for (const pattern of places) {
    const groups = pattern.exec(diagnosis)?.groups;
    if (groups) return { file: groups['file']!, line: Number(groups['line']) };
  }
  return null;
}
