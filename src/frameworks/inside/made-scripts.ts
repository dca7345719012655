import fs from 'node:fs';
import { type Debugger, type Profiler, Session } from 'node:inspector';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { threadId } from 'node:worker_threads';

// Taken before any test can replace them.
const { readFileSync, writeFileSync } = fs;
const { stringify } = JSON;

/** What jest 29 and vitest put around the code of a module. */
const wrapper = /^(?:\(\{"Object\.<anonymous>":function\([^)]*\)\{|'use strict';async \([^)]*\)=>\{\{)/;
const closing = /\n\}\}(?:\);?)?\s*$/;
const inlineMap = /\/\/# sourceMappingURL=data:application\/json[^,\n]*;base64,([A-Za-z0-9+/=]+)\s*$/m;

interface MadeScript {
  readonly url: string;
  /** How much stands before the code. */
  readonly prefix: number;
  readonly length: number;
  /** Null: the code is that of the file. */
  readonly map: { readonly lineLengths: readonly number[]; readonly data: unknown } | null;
}

/**
 * Coverage of what a framework compiles itself, in a wrapper or a context of its own: Node does not know by what text and by which
 * source map. The inspector does.
 */
export class MadeScripts {
  readonly #folder: string;
  readonly #session = new Session();
  readonly #scripts = new Map<string, MadeScript>();
  #next = 0;

  constructor(folder: string) {
    this.#folder = folder;
    this.#session.connect();
    this.#session.on('Debugger.scriptParsed', ({ params }) => this.#note(params));
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    this.#session.post('Debugger.enable');
    // A session in the same thread could not go on after a "debugger" statement.
    this.#session.post('Debugger.setSkipAllPauses', { skip: true });
  }

  /** What ran since the last time, in the form that Node has for it. */
  take(): void {
    this.#session.post('Profiler.takePreciseCoverage', (_error, taken) => {
      const result: Profiler.ScriptCoverage[] = [];
      const maps: Record<string, unknown> = {};
      for (const { scriptId, functions } of (taken as Profiler.TakePreciseCoverageReturnType | undefined)?.result ??
        []) {
        const script = this.#scripts.get(scriptId);
        if (!script) continue;
        result.push({ scriptId, url: script.url, functions: unwrapped(functions, script) });
        if (script.map) maps[script.url] = script.map;
      }
      const name = `coverage-${process.pid}-made-${this.#next++}-${threadId}.json`;
      writeFileSync(join(this.#folder, name), stringify({ result, 'source-map-cache': maps }), { mode: 0o600 });
    });
  }

  #note({ scriptId, url: named, executionContextAuxData }: Debugger.ScriptParsedEventDataType): void {
    const url = named.startsWith('/') ? pathToFileURL(named).href : named;
    if (!url.startsWith('file:') || url.includes('/node_modules/')) return;
    const own = (executionContextAuxData as { isDefault?: boolean } | undefined)?.isDefault === false;
    this.#session.post('Debugger.getScriptSource', { scriptId }, (_error, source) => {
      const text = (source as Debugger.GetScriptSourceReturnType | undefined)?.scriptSource ?? '';
      const prefix = wrapper.exec(text)?.[0].length ?? 0;
      // Code of the framework's own, and of its transformers, is in Node's context and without a wrapper.
      if (prefix === 0 && !own) return;
      const code = prefix > 0 ? text.slice(prefix).replace(closing, '') : text;
      const map = isAsWritten(url, code) ? null : { lineLengths: lengthsOf(code), data: mapIn(code) };
      this.#scripts.set(scriptId, { url, prefix, length: code.length, map });
    });
  }
}

function isAsWritten(url: string, code: string): boolean {
  try {
    const text = readFileSync(fileURLToPath(url), 'utf8');
    return code === text || code === text.replace(/\n$/, '') || code === `${text}\n`;
  } catch {
    // Made up by a plugin.
    return false;
  }
}

function lengthsOf(code: string): number[] {
  return code.split('\n').map(line => line.length);
}

function mapIn(code: string): unknown {
  const [, encoded] = inlineMap.exec(code) ?? [];
  try {
    return encoded === undefined ? null : (JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as unknown);
  } catch {
    // Anybody's tool may have written it.
    return null;
  }
}

/** In the places of the code; of the functions around it, the innermost is the file itself. */
function unwrapped(
  functions: readonly Profiler.FunctionCoverage[],
  { prefix, length }: MadeScript,
): Profiler.FunctionCoverage[] {
  if (prefix === 0) return [...functions];
  const around = functions.filter(({ ranges }) => (ranges[0]?.startOffset ?? 0) < prefix).slice(-1);
  const inside = functions.filter(({ ranges }) => (ranges[0]?.startOffset ?? 0) >= prefix);
  const within = (offset: number) => Math.min(length, Math.max(0, offset - prefix));
  return [...around.map(each => ({ ...each, functionName: '' })), ...inside].map(each => ({
    ...each,
    ranges: each.ranges.map(range => ({
      ...range,
      startOffset: within(range.startOffset),
      endOffset: within(range.endOffset),
    })),
  }));
}
