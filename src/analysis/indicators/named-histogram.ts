import type { IndicatorKind } from './indicator.ts';
import { namedOf } from './named.ts';
import { quantileIndicator } from './quantile-indicator.ts';

/** Quantiles of a histogram of the user's own, named `<name>.p<percent>`. */
export const namedHistogram: IndicatorKind = {
  of: (subject, context) =>
    namedOf(subject, context, 'histogram').flatMap(({ named, described, margin }) =>
      named.quantiles.map((p) => quantileIndicator({ ...described, name: `${named.name}.p${percent(p)}` }, p, margin)),
    ),
};

function percent(p: number): string {
  return String(Number((p * 100).toPrecision(6)));
}
