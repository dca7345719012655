import { readFileSync } from 'node:fs';
import { parse, type ParseError } from 'jsonc-parser';

/** V8 tells the place of a fault only in texts of some length. */
export function lineOfJsonFault(file: string): number | undefined {
  if (!/\.jsonc?$/.test(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  const errors: ParseError[] = [];
  parse(text, errors);
  return errors[0] && text.slice(0, errors[0].offset).split('\n').length;
}
