import type { Diagnosis } from '../protocol/diagnosis.ts';
import type { CageDescription } from '../protocol/limits.ts';

/** The client knows more than the warden of why a start in a unit of systemd did not help: its reasons go on where those end. */
export function withClientReasons(diagnosis: Diagnosis, { passedOver }: CageDescription): Diagnosis {
  const longer = <T extends { readonly because: string; readonly mechanism: string }>(each: T): T => {
    const known = passedOver.find(other => other.mechanism === each.mechanism)?.because;
    return known?.startsWith(each.because) ? { ...each, because: known } : each;
  };
  return {
    ...diagnosis,
    mechanisms: diagnosis.mechanisms.map(finding => (finding.outcome === 'fails' ? longer(finding) : finding)),
    cage: diagnosis.cage && { ...diagnosis.cage, passedOver: diagnosis.cage.passedOver.map(longer) },
  };
}
