import type { Workspace } from '../engine/workspace.ts';
import type { Retention } from '../protocol/history.ts';

/** The folders of a window have one past: where they differ, more of it is kept. */
export async function retentionOf(workspace: Workspace): Promise<Retention> {
  const settings = (await workspace.settings()).map(each => each.settings);
  const most = (key: 'history.runs' | 'history.days' | 'history.size') => {
    const values = settings.map(each => each[key]);
    return values.length === 0 || values.includes(null) ? null : Math.max(...values.map(value => value ?? 0));
  };
  return { runs: most('history.runs'), days: most('history.days'), bytes: most('history.size') };
}
