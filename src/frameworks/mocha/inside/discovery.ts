import { realpathSync } from 'node:fs';
import type { EventPipe } from '../../inside/event-pipe.ts';
import { framesOf } from '../../inside/stack.ts';
import { isExcludedByGrep, Numbering } from './tests.ts';
import type { MochaClass, MochaOptions, Suite, Test } from './user-mocha.ts';

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** `it()` itself takes two or three frames; a test made by a function of the user's may be far below. */
const fewFrames = 10;
const captureStackTrace = Error.captureStackTrace.bind(Error);

/** Notes where in the file each test is written, while the file is being loaded. */
export function notePlaces(Mocha: MochaClass, file: string): ReadonlyMap<Test, Place> {
  const places = new Map<Test, Place>();
  const paths = new Set([file, realpathOf(file)]);
  const { prototype } = Mocha.Suite;
  const addTest = prototype.addTest;
  prototype.addTest = function (this: Suite, test: Test) {
    const place = placeIn(paths, fewFrames) ?? placeIn(paths, Infinity);
    if (place) places.set(test, place);
    return addTest.call(this, test);
  };
  return places;
}

export function sayFound(
  root: Suite,
  options: MochaOptions,
  file: string,
  places: ReadonlyMap<Test, Place>,
  events: EventPipe,
): void {
  for (const [test, ref] of new Numbering(root, file).refs) {
    const skip = test.isPending() || isExcludedByGrep(test, options);
    events.say({ t: 'found', ...ref, ...places.get(test), ...(skip ? { skip } : {}) });
  }
}

/** Through the stack as text, because only there the source maps of a TypeScript loader are applied. */
function placeIn(paths: ReadonlySet<string>, depth: number): Place | undefined {
  const limit = Error.stackTraceLimit;
  const holder: { stack?: string } = {};
  Error.stackTraceLimit = depth;
  captureStackTrace(holder, placeIn);
  const stack = String(holder.stack);
  Error.stackTraceLimit = limit;
  const frame = framesOf(stack).find(each => paths.has(each.file));
  return frame && { line: frame.line, column: frame.column };
}

function realpathOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    // Deleted meanwhile; loading it says so.
    return file;
  }
}
