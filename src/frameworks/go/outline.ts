/** A function of a test file that `go test` runs. */
export interface GoFunction {
  readonly name: string;
  /** One-based. */
  readonly line: number;
}

const declaration = /^func\s+(Test|Fuzz|Example)([\p{L}\p{N}_]*)\s*\(([^)]*)\)/u;
const expectsOutput = /^\s*\/\/\s*(?:unordered )?output:/i;

/** Go's own rule is a matter of the text alone: the name, the type of the parameter, and for an example its expected output. */
export function goFunctions(text: string): GoFunction[] {
  const lines = withoutRawStrings(text).split('\n');
  return lines.flatMap((line, index): GoFunction[] => {
    const [, kind, rest = '', parameters = ''] = declaration.exec(line) ?? [];
    if (kind === undefined || /^\p{Ll}/u.test(rest)) return [];
    const found = { name: kind + rest, line: index + 1 };
    switch (kind) {
      case 'Example':
        return parameters.trim() === '' && hasOutput(lines, index) ? [found] : [];
      case 'Test':
        // The one that runs all others has the parameter of another type.
        return /^\s*\w+\s+\*\s*(?:\w+\.)?T\s*,?\s*$/.test(parameters) ? [found] : [];
      default:
        return /^\s*\w+\s+\*\s*(?:\w+\.)?F\s*,?\s*$/.test(parameters) ? [found] : [];
    }
  });
}

/** An example without it is compiled and never run. */
function hasOutput(lines: readonly string[], start: number): boolean {
  for (let index = start; index < lines.length; index++) {
    if (expectsOutput.test(lines[index]!)) return true;
    if (index > start && lines[index]!.startsWith('}')) return false;
  }
  return false;
}

/** Code in a string is no code. Lines keep their numbers. */
function withoutRawStrings(text: string): string {
  return text.replace(/`[^`]*`|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\/\/[^\n]*/g, part => {
    if (part.startsWith('//')) return part;
    return part.startsWith('`') || part.startsWith('/*') ? part.replace(/[^\n]/g, ' ') : '""';
  });
}
