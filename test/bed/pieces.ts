// What the layers of tests are divided into, so that two of them can run beside each other.
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { globSync } from 'tinyglobby';
import { bed, repository } from './places.ts';

export interface Piece {
  readonly layer: string;
  /** Its spec file, the first of several, or the layer itself where that is one piece. */
  readonly name: string;
  /** Of node. */
  readonly args: readonly string[];
  /** Nothing runs beside it. */
  readonly alone: boolean;
  /** It cannot even begin without a VS Code or a kernel, which take minutes on a new machine. */
  readonly needsFetched: boolean;
}

/**
 * What compares times, takes the machine's memory, looks at all that the machine has, or leaves what any other warden reaps
 * that starts at that moment: nothing runs beside it.
 */
const alone: readonly string[] = [
  'test/engine/deaths.test.ts',
  'test/engine/destructive.test.ts',
  'test/engine/ledger.test.ts',
  'test/engine/oracle.test.ts',
  'test/engine/shortage.test.ts',
  'test/engine/warden.test.ts',
  'test/keeper/memory.test.ts',
  'test/keeper/oracle.test.ts',
  'test/ui/panel-scale.test.ts',
  'test/ui/scale.test.ts',
];

/** The longest of all begin first and are pieces of their own, so that no lane has a long one left when the others are done. */
const longest: readonly string[] = [
  'test/kernels/cages.test.ts',
  'test/engine/faults/faults.test.ts',
  'test/engine/pytest.test.ts',
  'test/engine/playwright.test.ts',
  'test/keeper/escape.test.ts',
  'test/keeper/proofs.test.ts',
  'integration',
  'test/kernels/warden.test.ts',
  'test/engine/coverage-python.test.ts',
  'test/engine/coverage-made.test.ts',
  'test/engine/debugging.test.ts',
  'test/kernels/kernels.test.ts',
  'test/ui/interrupted.test.ts',
  'test/ui/killed-host.test.ts',
  'test/engine/channel/channel.test.ts',
  'test/engine/vitest.test.ts',
  'test/engine/cargo.test.ts',
  'test/engine/attacks/attacks.test.ts',
  'test/ui/status-and-report.test.ts',
  'test/ui/explorer.test.ts',
  'test/engine/ctest.test.ts',
  'test/engine/coverage.test.ts',
  'test/engine/cli.test.ts',
  'test/engine/jest.test.ts',
  'test/engine/killed-runs.test.ts',
  'test/ui/panel-accessibility.test.ts',
  'test/engine/own-runners.test.ts',
  'test/engine/loading.test.ts',
  'test/engine/past-runs.test.ts',
  'test/engine/leaks.test.ts',
  'test/unit/frameworks/pytest/run.test.ts',
];

/** To be found among the pieces, whatever was renamed. */
export const namedSpecs: readonly string[] = [...alone, ...longest];

const mocha = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');

interface Division {
  readonly timeoutMs: number;
  /** How many specs are one process: its start costs more than most of these. */
  readonly together: number;
}

const divided: Readonly<Record<string, Division>> = {
  unit: { timeoutMs: 60_000, together: 40 },
  engine: { timeoutMs: 60_000, together: 4 },
  keeper: { timeoutMs: 120_000, together: 3 },
  windows: { timeoutMs: 600_000, together: 1 },
  kernels: { timeoutMs: 600_000, together: 1 },
};

const fetching: readonly string[] = ['integration', 'ui', 'kernels'];

/** What `npm test` runs; `kernels` needs root and Debian once, and `windows` Wine, so they are asked for by name. */
export const usualLayers: readonly string[] = ['unit', 'engine', 'keeper', 'integration', 'ui'];
export const allLayers: readonly string[] = [...usualLayers, 'checks', 'windows', 'kernels'];

/** Of some layers, in the order in which they are to begin. */
export function piecesOf(layers: readonly string[]): Piece[] {
  const pieces = layers.flatMap(ofLayer);
  const place = ({ name }: Piece) => (longest.includes(name) ? longest.indexOf(name) : longest.length);
  return pieces.sort((one, other) => Number(one.alone) - Number(other.alone) || place(one) - place(other));
}

function ofLayer(layer: string): Piece[] {
  switch (layer) {
    case 'checks':
      return [piece(layer, [], ['test/checks.ts'])];
    case 'integration':
      return [piece(layer, [], ['test/bed/run-integration.ts', 'test/fixtures/editor-workspace'])];
    case 'ui':
      return specsOf(layer).map(spec => piece(layer, [spec], ['test/bed/run-ui.ts', spec]));
    default: {
      const division = divided[layer];
      if (!division) throw new Error(`There is no layer ${layer}.`);
      return groupsOf(layer, division.together).map(specs =>
        piece(layer, specs, mochaArguments(layer, specs, division.timeoutMs)),
      );
    }
  }
}

function specsOf(layer: string): string[] {
  return globSync(`test/${layer}/**/*.test.ts`, { cwd: repository }).sort();
}

function groupsOf(layer: string, together: number): string[][] {
  const apart = (spec: string) => longest.includes(spec) || alone.includes(spec);
  const specs = specsOf(layer);
  const others = specs.filter(spec => !apart(spec));
  const groups = specs.filter(apart).map(spec => [spec]);
  // Dealt out, as neighbours are alike: what takes long comes to lie in different groups.
  const count = Math.ceil(others.length / together);
  for (let group = 0; group < count; group++) groups.push(others.filter((_, index) => index % count === group));
  return groups;
}

function piece(layer: string, specs: readonly string[], args: readonly string[]): Piece {
  const [first = layer] = specs;
  const name = specs.length > 1 ? `${first} and ${specs.length - 1} more` : first;
  return { layer, name, args, alone: alone.includes(first), needsFetched: fetching.includes(layer) };
}

function mochaArguments(layer: string, specs: readonly string[], timeoutMs: number): string[] {
  const report = ['--reporter', path.join(bed, 'counted.ts'), '--reporter-option', `layer=${layer}`];
  return [mocha, '--forbid-only', '--fail-zero', '--timeout', String(timeoutMs), ...report, ...specs];
}
