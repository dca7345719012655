import { framesOf } from '../../inside/stack.ts';

const captureStackTrace = Error.captureStackTrace.bind(Error);

/** Where in the file the code stands that is running, through the stack as text: only there source maps are applied. */
export function placeIn(file: string): { line: number; column: number } | undefined {
  const limit = Error.stackTraceLimit;
  const holder: { stack?: string } = {};
  Error.stackTraceLimit = 50;
  captureStackTrace(holder, placeIn);
  const stack = String(holder.stack);
  Error.stackTraceLimit = limit;
  const frame = framesOf(stack).find(each => each.file === file);
  return frame && { line: frame.line, column: frame.column };
}
