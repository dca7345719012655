import { fileURLToPath } from 'node:url';

/** A line of a stack trace; without a file where it names none that could be opened. */
export interface Frame {
  readonly label: string;
  readonly file?: string;
  /** One-based. */
  readonly line?: number;
  readonly column?: number;
}

const most = 50;
const javascript =
  /^\s*at (?:(?<label>.+?) \()?(?<place>(?:file:\/\/|\/|[A-Za-z]:[\\/])[^()]*?):(?<line>\d+):(?<column>\d+)\)?$/;
const python = /^\s*File "(?<place>[^"]+)", line (?<line>\d+)(?:, in (?<label>.+))?$/;

/** The frames of a stack trace as Node and Python write them, outermost last; other lines are no frames. */
export function framesOf(stack: string): Frame[] {
  const frames: Frame[] = [];
  for (const text of stack.split('\n')) {
    const groups = (javascript.exec(text) ?? python.exec(text))?.groups;
    const file = groups?.place && localPath(groups.place);
    if (!groups || !file) continue;
    frames.push({
      label: groups.label ?? '',
      file,
      line: Number(groups.line),
      ...(groups.column === undefined ? {} : { column: Number(groups.column) }),
    });
    if (frames.length === most) break;
  }
  return frames;
}

function localPath(place: string): string | undefined {
  if (!place.startsWith('file://')) return place;
  try {
    return fileURLToPath(place);
  } catch {
    // A URL that names no file of this machine cannot be opened.
    return undefined;
  }
}
