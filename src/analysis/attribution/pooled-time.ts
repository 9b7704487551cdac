import type { Finding } from '../comparing/comparing.ts';
import { strength } from '../comparison-strength.ts';
import type { Testimony } from './standing.ts';

/**
 * Indicators of one endpoint date the same trouble, some of them vaguely: where those that speak against a change, weighed by
 * how strongly they moved, outweigh those that only fit it in time, the latter say nothing.
 */
export function poolOverIndicators(
  findings: readonly Finding[],
  testimonies: readonly (readonly Testimony[])[],
): Testimony[][] {
  const pooled = testimonies.map((ofFinding) => [...ofFinding]);
  for (const [first, ...others] of groupsOfSubject(findings)) {
    const group = [first!, ...others];
    for (let change = 0; change < pooled[first!]!.length; change++) {
      const weigh = (standing: Testimony['standing']): number =>
        group.reduce((sum, i) => {
          const isMeant = testimonies[i]![change]!.standing === standing;
          return sum + (isMeant ? strength(findings[i]!.comparison) : 0);
        }, 0);
      if (weigh('innocent') <= weigh('aligned')) continue;
      for (const i of group) {
        const testimony = pooled[i]![change]!;
        if (testimony.standing === 'aligned') pooled[i]![change] = { ...testimony, standing: 'open', statements: [] };
      }
    }
  }
  return pooled;
}

function groupsOfSubject(findings: readonly Finding[]): number[][] {
  const groups = new Map<Finding['subject'], number[]>();
  findings.forEach(({ subject }, i) => {
    groups.set(subject, [...(groups.get(subject) ?? []), i]);
  });
  return [...groups.values()];
}
