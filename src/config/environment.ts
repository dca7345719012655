import type { Problem } from '../protocol/messages.ts';
import { problemAt, type Reading } from './reading.ts';
import type { SettingsLayer } from './settings.ts';
import type { Report, Scalar } from './shapes.ts';
import { limitFields } from './limit-fields.ts';

/** The variables that are accepted as overrides; an empty one counts as not set. */
export function environmentLayer(env: Readonly<Record<string, string | undefined>>): Reading {
  const problems: Problem[] = [];
  const report: Report = (path, message, fix) => problems.push(problemAt(path.join('.'), message, fix));
  const read = <T>(name: string, shape: Scalar<T>, written = env[name]?.trim()): T | undefined =>
    written ? shape.read(written, [name], report) : undefined;

  const memory = read('MEM_MAX', limitFields.memory.shape);
  const swap = read('SWAP_MAX', limitFields.swap.shape);
  const seconds = env['TIMEOUT_PER_TEST']?.trim().replace(/^\d+(\.\d+)?$/, '$&s');
  const timeout = read('TIMEOUT_PER_TEST', limitFields.timeout.shape, seconds);

  const allow = allowed(env['BULKHEAD_ALLOW_DESTRUCTIVE']?.trim().toLowerCase() ?? '', report);

  const layer: SettingsLayer = {
    ...(memory === undefined ? {} : { memory }),
    ...(swap === undefined ? {} : { swap }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(allow === undefined ? {} : { 'destructive.allow': allow }),
  };
  return { layer, problems };
}

function allowed(written: string, report: Report): boolean | undefined {
  if (written === '') return undefined;
  if (written === '1' || written === 'true') return true;
  if (written === '0' || written === 'false') return false;
  report(['BULKHEAD_ALLOW_DESTRUCTIVE'], `expected 1 or 0, got ${JSON.stringify(written)}`, 'Write 1 to allow it.');
  return undefined;
}
