import type { Problem } from '../protocol/messages.ts';
import { problemAt, type Reading } from './reading.ts';
import type { SettingsLayer } from './settings.ts';
import type { Report, Scalar } from './shapes.ts';
import { limitFields } from './table.ts';

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

  const layer: SettingsLayer = {
    ...(memory === undefined ? {} : { memory }),
    ...(swap === undefined ? {} : { swap }),
    ...(timeout === undefined ? {} : { timeout }),
  };
  return { layer, problems };
}
