import type { Inheritance } from '../protocol/messages.ts';
import { surroundings } from '../warden/settle.ts';

/** What a warden started as a child of this process would have from it. */
export function inheritance(env: NodeJS.ProcessEnv): Inheritance {
  return {
    environment: Object.fromEntries(
      Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
    cwd: process.cwd(),
    umask: process.umask(),
    surroundings: surroundings(),
  };
}
