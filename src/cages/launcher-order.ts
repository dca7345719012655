import type { Launch } from './launch.ts';

/** What a launcher of ours is told to start, when it is ready. */
export interface LaunchOrder {
  readonly file: string;
  readonly args: readonly string[];
  /** What the launcher itself was not to see; null: not set. */
  readonly env: Readonly<Record<string, string | null>>;
}

/**
 * A launcher that would be told by the user's variables what to load, or where to write its coverage, would run the user's
 * code before its cage is ready. It gets empty ones, and hands the true ones on.
 */
export function launcherEnvironment(
  launch: Launch,
  inherited: NodeJS.ProcessEnv,
  electron: boolean,
): { readonly env: Readonly<Record<string, string>>; readonly restored: LaunchOrder['env'] } {
  const given: NodeJS.ProcessEnv = { ...inherited, ...launch.env };
  const hidden = Object.keys(given).filter(name => /^NODE_/i.test(name));
  const env = { ...launch.env, ...Object.fromEntries(hidden.map(name => [name, ''])) };
  const restored: Record<string, string | null> = {};
  for (const name of hidden) restored[name] = given[name] ?? null;
  if (!electron) return { env, restored };
  restored[runAsNode] = launch.env[runAsNode] ?? null;
  return { env: { ...env, [runAsNode]: '1' }, restored };
}

/** With it VS Code's own program is a Node. */
const runAsNode = 'ELECTRON_RUN_AS_NODE';
