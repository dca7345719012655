declare module '@bcoe/v8-coverage' {
  import type { Profiler } from 'node:inspector';

  /** Of the same script, run several times; undefined for none. */
  export function mergeScriptCovs(scripts: readonly Profiler.ScriptCoverage[]): Profiler.ScriptCoverage | undefined;
}
