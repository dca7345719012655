import { dirname, join, relative } from 'node:path';
import type { Problem } from '../../protocol/messages.ts';
import type { DetectionContext } from '../framework.ts';
import { findManifests } from '../manifests.ts';
import { argumentsOf, featuresIn } from './arguments.ts';
import { cargoProgram } from './toolchain.ts';
import { firstLines } from '../lines.ts';

const passedOver = ['**/target/**', '**/node_modules/**', '**/vendor/**', '**/.*/**'];

export const targetKinds = ['lib', 'bin', 'test', 'example', 'bench'] as const;
export type TargetKind = (typeof targetKinds)[number];

/** A program of tests that cargo builds. */
export interface Target {
  readonly kind: TargetKind;
  readonly name: string;
  /** The file that its modules hang from. */
  readonly source: string;
  /** The Cargo.toml of its package. */
  readonly manifest: string;
}

export interface CargoWorkspace {
  readonly root: string;
  /** cargo locks it while it builds. */
  readonly buildFolder: string;
  readonly targets: readonly Target[];
}

interface Metadata {
  readonly workspace_root: string;
  readonly target_directory: string;
  readonly packages: readonly {
    readonly manifest_path: string;
    readonly features: Readonly<Record<string, readonly string[]>>;
    readonly targets: readonly {
      readonly kind: readonly string[];
      readonly name: string;
      readonly src_path: string;
      readonly test?: boolean;
      readonly 'required-features'?: readonly string[];
    }[];
  }[];
}

export async function findPackages(
  context: DetectionContext,
): Promise<{ readonly manifests: readonly string[]; readonly problems: readonly Problem[] }> {
  const { files, problems } = await findManifests(context, 'cargo', 'Cargo.toml', passedOver);
  return { manifests: files.toSorted((one, other) => one.length - other.length), problems };
}

/** The workspaces of these packages, each once; the outer ones are asked first, for they know their members. */
export async function workspacesOf(
  manifests: readonly string[],
  context: DetectionContext,
): Promise<readonly (CargoWorkspace | Problem)[]> {
  const known = new Set<string>();
  const roots = new Set<string>();
  const answers: (CargoWorkspace | Problem)[] = [];
  for (const manifest of manifests) {
    if (known.has(manifest)) continue;
    const metadata = await metadataOf(manifest, context);
    if ('severity' in metadata) {
      answers.push(metadata);
      continue;
    }
    known.add(join(metadata.workspace_root, 'Cargo.toml'));
    for (const { manifest_path: member } of metadata.packages) known.add(member);
    if (roots.has(metadata.workspace_root)) continue;
    roots.add(metadata.workspace_root);
    answers.push(workspaceIn(metadata, context));
  }
  return answers;
}

async function metadataOf(manifest: string, { folder, settings, tool }: DetectionContext): Promise<Metadata | Problem> {
  const { stdout, stderr, failure } = await tool.run({
    file: cargoProgram(settings, folder),
    args: ['metadata', '--no-deps', '--offline', '--format-version', '1'],
    cwd: dirname(manifest),
    env: settings.cargo.env,
  });
  if (failure === null) return JSON.parse(stdout) as Metadata;
  return {
    severity: 'error',
    file: manifest,
    message: `This package cannot be read; "cargo metadata" ${failure}.\n${firstLines(stderr)}`,
    fix: `Try "cargo metadata --no-deps" in ${relative(folder.path, dirname(manifest)) || 'that folder'}.`,
  };
}

function workspaceIn(
  { workspace_root: root, target_directory: buildFolder, packages }: Metadata,
  context: DetectionContext,
): CargoWorkspace {
  const chosen = featuresIn(argumentsOf(context.settings).cargo);
  const targets = packages.flatMap(({ manifest_path: manifest, features, targets: all }) => {
    const enabled = chosen && closure(features, [...chosen.named, ...(chosen.defaults ? ['default'] : [])]);
    return all.flatMap(({ kind: kinds, name, src_path: source, test = true, 'required-features': required = [] }) => {
      const kind = kindOf(kinds);
      // cargo passes over a target whose features are not asked for, without a word.
      const built = test && kind !== null && (enabled === null || required.every(feature => enabled.has(feature)));
      return built ? [{ kind, name, source, manifest }] : [];
    });
  });
  // Versions of cargo differ in the order, which decides whose a module is that several targets have.
  const rank = ({ kind }: Target) => targetKinds.indexOf(kind);
  targets.sort((one, other) => rank(one) - rank(other) || (one.source < other.source ? -1 : 1));
  return { root, buildFolder, targets };
}

/** A library goes by what is made of it: `lib`, `rlib`, `cdylib`, `proc-macro`. */
function kindOf(kinds: readonly string[]): TargetKind | null {
  if (kinds.includes('custom-build')) return null;
  return targetKinds.find(kind => kinds.includes(kind)) ?? 'lib';
}

function closure(features: Metadata['packages'][number]['features'], named: readonly string[]): ReadonlySet<string> {
  const enabled = new Set<string>();
  const add = (feature: string): void => {
    // `package/feature` names one of another package too.
    const own = feature.split('/').at(-1)!;
    if (enabled.has(own)) return;
    enabled.add(own);
    features[own]?.forEach(add);
  };
  named.forEach(add);
  return enabled;
}
