import type { FailureMessage } from '../../protocol/verdict.ts';
import { type Frame, frameOf, framesOf, syntaxPlaceOf } from './stack.ts';

const longestText = 64 * 1024;

export interface FailureStyle {
  /** True for the framework's own code, which tells the user nothing. */
  readonly isForeign: (file: string) => boolean;
  /** Expected and actual as text, where a comparison helps. */
  readonly compare: (error: object) => { readonly expected: string; readonly actual: string } | null;
}

/** What was thrown may be anything, and reading it may throw again. */
export function describeFailure(thrown: unknown, style: FailureStyle): FailureMessage {
  const error = typeof thrown === 'object' && thrown !== null ? thrown : null;
  const text = error ? summaryOf(error) : `thrown: ${guarded(() => String(thrown)) ?? typeof thrown}`;
  const stack = error ? stackOf(error, style) : '';
  const compared = error ? guarded(() => style.compare(error)) : null;
  const place = placeOf(error ? (read(error, 'stack') ?? '') : '', style);
  return {
    text: capped(text),
    ...(stack ? { stack: capped(stack) } : {}),
    ...(compared ? { expected: capped(compared.expected), actual: capped(compared.actual) } : {}),
    ...(place ?? {}),
  };
}

/** The same failure, introduced by words of our own. */
export function introduced(introduction: string, failure: FailureMessage): FailureMessage {
  return { ...failure, text: capped(`${introduction}: ${failure.text}`) };
}

function summaryOf(error: object): string {
  const name = read(error, 'name') ?? '';
  const message = read(error, 'message') ?? '';
  // "Error: " and "AssertionError: " add nothing to what is shown as a failure already.
  if (/^(Assertion)?Error$/.test(name) && message) return message;
  return [name, message].filter(part => part !== '').join(': ') || 'something that is not an error was thrown';
}

function stackOf(error: object, style: FailureStyle): string {
  const parts: string[] = [];
  const seen = new Set<object>();
  for (let current: unknown = error; typeof current === 'object' && current !== null && !seen.has(current);) {
    seen.add(current);
    const cleaned = (read(current, 'stack') ?? summaryOf(current))
      .split('\n')
      .filter(line => !isOfRuntime(line) && !isForeignLine(line, style))
      .join('\n');
    parts.push(parts.length > 0 ? `Caused by: ${cleaned}` : cleaned);
    current = guarded(() => (current as { cause?: unknown }).cause);
  }
  return parts.join('\n');
}

function isOfRuntime(line: string): boolean {
  return /^\s*at (?:(?:async )?(?:.*\()?node:|new Promise \(<anonymous>\)$)/.test(line);
}

function isForeignLine(line: string, style: FailureStyle): boolean {
  const frame = frameOf(line);
  return frame !== null && style.isForeign(frame.file);
}

/** The first frame in the user's own code. */
export function ownFrame(stack: string, style: FailureStyle): Frame | null {
  return framesOf(stack).find(({ file }) => !/[\\/]node_modules[\\/]/.test(file) && !style.isForeign(file)) ?? null;
}

function placeOf(stack: string, style: FailureStyle): Partial<Frame> | null {
  return syntaxPlaceOf(stack) ?? ownFrame(stack, style);
}

function read(error: object, key: 'name' | 'message' | 'stack'): string | null {
  const value = guarded(() => (error as Record<string, unknown>)[key]);
  return typeof value === 'string' ? value : null;
}

function guarded<T>(get: () => T): T | null {
  try {
    return get();
  } catch {
    // A getter of the user's; what it hides cannot be shown.
    return null;
  }
}

function capped(text: string): string {
  if (text.length <= longestText) return text;
  return `${text.slice(0, longestText)}\n… (${text.length - longestText} more characters)`;
}
