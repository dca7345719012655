import type { Diagnosis, Finding, KeeperFacts, MachineFacts } from '../protocol/diagnosis.ts';
import type { CageDescription, MechanismName } from '../protocol/limits.ts';
import type { Mechanism } from './cage.ts';
import { openMechanism, proveAgain, reasonOf } from './detect.ts';
import { forbiddenText, mechanismOrder } from './order.ts';
import { remedyFor } from './remedy.ts';

export interface DiagnoseOptions {
  readonly facts: MachineFacts;
  readonly forbidden: readonly string[];
  /** Open in this process already: they are proved again as they stand. */
  readonly held: readonly Mechanism[];
}

/** Every mechanism tried, and the strongest that works. One after another: two hogs at once would disturb each other's proof. */
export async function diagnose(options: DiagnoseOptions): Promise<Pick<Diagnosis, 'mechanisms' | 'cage'>> {
  const mechanisms: ({ mechanism: MechanismName } & Finding)[] = [];
  for (const mechanism of mechanismOrder) mechanisms.push({ mechanism, ...(await find(mechanism, options)) });
  return { mechanisms, cage: strongest(mechanisms) };
}

async function find(name: MechanismName, { facts, forbidden, held }: DiagnoseOptions): Promise<Finding> {
  if (forbidden.includes(name)) return { outcome: 'forbidden', by: forbiddenText };
  const began = performance.now();
  const ms = () => Math.round(performance.now() - began);
  try {
    const open = held.find(each => each.name === name);
    const mechanism = open ?? (await openMechanism(name, working(facts.keeper), working(facts.addon)));
    if (open) await proveAgain(open);
    else await mechanism.close();
    const { label, properties } = mechanism;
    return { outcome: 'works', label, properties, ms: ms() };
  } catch (error) {
    return { outcome: 'fails', because: reasonOf(error), remedy: remedyFor(name, facts), ms: ms() };
  }
}

function working(facts: KeeperFacts | null): string | null {
  return facts?.state === 'works' ? facts.path : null;
}

function strongest(mechanisms: Diagnosis['mechanisms']): CageDescription | null {
  const passedOver: { mechanism: MechanismName; because: string }[] = [];
  for (const finding of mechanisms) {
    const { mechanism } = finding;
    switch (finding.outcome) {
      case 'works':
        return { mechanism, label: finding.label, properties: finding.properties, passedOver };
      case 'fails':
        passedOver.push({ mechanism, because: finding.because });
        break;
      case 'forbidden':
        passedOver.push({ mechanism, because: finding.by });
    }
  }
  return null;
}
