import type { Assurance, CageDescription, CageProperties } from '../protocol/limits.ts';
import { mechanismLabel } from '../reports/wording.ts';
import { el } from './dom.ts';
import { icon } from './icons.ts';

const properties: readonly (readonly [keyof CageProperties, string])[] = [
  ['memory', 'Memory cap'],
  ['processes', 'Process limit'],
  ['cleanup', 'Clean-up'],
  ['peak', 'Peak memory'],
  ['cpu', 'CPU time'],
];

/** Which cage the tests ran in, and how far each of its properties can be trusted here. */
export function cageLine(cage: CageDescription): HTMLElement {
  const badges = properties.map(([property, name]) => {
    const { level } = cage.properties[property];
    return el(
      'span',
      { class: `badge ${level}`, title: `${name}: ${levelText(level)}` },
      icon(level),
      name,
      el('span', { class: 'unseen' }, `: ${levelText(level)}.`),
    );
  });
  const rows = properties.map(([property, name]) => {
    const assurance = cage.properties[property];
    return el(
      'div',
      {},
      el('dt', {}, name),
      el('dd', { class: assurance.level }, icon(assurance.level), assuranceSentence(assurance)),
    );
  });
  return el(
    'details',
    { class: 'cage' },
    el('summary', {}, el('span', { class: 'cage-name' }, 'Cage: ', el('strong', {}, cage.label)), ' ', ...badges),
    el('dl', { class: 'assurances' }, ...rows),
    cage.passedOver.length > 0 &&
      el(
        'ul',
        { class: 'passed-over' },
        ...cage.passedOver.map(({ mechanism, because }) =>
          el('li', {}, `Not ${mechanismLabel(mechanism)}, because ${because}`),
        ),
      ),
  );
}

function assuranceSentence(assurance: Assurance): string {
  switch (assurance.level) {
    case 'enforced':
      return `Enforced by ${assurance.by}`;
    case 'watched':
      return `Watched: ${assurance.how}`;
    case 'unavailable':
      return `Not available here, because ${assurance.because}`;
  }
}

function levelText(level: Assurance['level']): string {
  switch (level) {
    case 'enforced':
      return 'enforced';
    case 'watched':
      return 'watched';
    case 'unavailable':
      return 'not available here';
  }
}
