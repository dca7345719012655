import type { Workspace } from '../engine/workspace.ts';
import type { MechanismName } from '../protocol/limits.ts';

/** What one folder forbids is used in none: a window has one kind of cage at a time. */
export async function forbiddenBy(workspace: Workspace): Promise<readonly string[]> {
  const named = (process.env['BULKHEAD_FORBID'] ?? '').split(',').filter(Boolean);
  const set = (await workspace.settings()).flatMap(({ settings }): readonly MechanismName[] => settings['cage.forbid']);
  return [...new Set([...named, ...set])];
}
