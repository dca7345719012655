import { fileURLToPath } from 'node:url';

export interface Frame {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

// A path that is not absolute is one of Node's own modules, or of code made by eval.
const frameLine = /^\s*at (?:.*?\()?(file:\/\/.*?|\/.*?|[A-Za-z]:[\\/].*?):(\d+):(\d+)\)?$/;
/** The head of a syntax error of Node: the place alone on the first line, then the code and a caret. */
const syntaxHead = /^(file:\/\/\S.*?|\/.*?|[A-Za-z]:[\\/].*?):(\d+)$/;

export function frameOf(line: string): Frame | null {
  const match = frameLine.exec(line);
  const file = match && pathOf(match[1]!);
  return file ? { file, line: Number(match[2]), column: Number(match[3]) } : null;
}

export function framesOf(stack: string): Frame[] {
  return stack.split('\n').flatMap(line => frameOf(line) ?? []);
}

/** Where Node says that a file cannot be parsed. */
export function syntaxPlaceOf(stack: string): Omit<Frame, 'column'> | null {
  const match = syntaxHead.exec(stack.split('\n', 1)[0] ?? '');
  const file = match && pathOf(match[1]!);
  return file ? { file, line: Number(match[2]) } : null;
}

function pathOf(place: string): string | null {
  if (!place.startsWith('file://')) return place.replace(/\?[^/\\]*$/, '');
  try {
    return fileURLToPath(place);
  } catch {
    // Not a path of this machine, as of a module from the network.
    return null;
  }
}
