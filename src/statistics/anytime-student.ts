/**
 * Anytime-valid t: a normal prior with precision g on the standardised effect, the variance integrated out (Lindon, Ham,
 * Tingley & Bojinov 2022, "Anytime-valid linear models"). Exact for normal observations however few; g has to stay the
 * same from look to look.
 */
export interface AnytimeDesign {
  /** Observations (or clusters) so far. */
  readonly n: number;
  /** Residual degrees of freedom: n minus the coefficients estimated. */
  readonly degreesOfFreedom: number;
  /** Prior precision, in observations. */
  readonly precision: number;
}

const priorShare = ({ n, precision }: AnytimeDesign): number => precision / (precision + n);

/** p-value of a t statistic that stays valid whenever it is looked at. */
export function anytimeStudentP(t: number, design: AnytimeDesign): number {
  const { degreesOfFreedom: nu } = design;
  const r = priorShare(design);
  const logEvidence = Math.log(r) / 2 + ((nu + 1) / 2) * (Math.log1p((t * t) / nu) - Math.log1p((r * t * t) / nu));
  return Math.min(1, Math.exp(-logEvidence));
}

function rootOfLevel(r: number, nu: number, alpha: number): number {
  return (r * alpha * alpha) ** (1 / (nu + 1));
}

/** Half width of the confidence sequence in standard errors; Infinity while nothing can be said at this level. */
export function anytimeStudentHalfWidth(design: AnytimeDesign, level: number): number {
  const { degreesOfFreedom: nu } = design;
  if (!(nu > 0)) return Number.POSITIVE_INFINITY;
  const r = priorShare(design);
  const w = rootOfLevel(r, nu, 1 - level);
  return w > r ? Math.sqrt((nu * (1 - w)) / (w - r)) : Number.POSITIVE_INFINITY;
}

/** Precision whose interval is shortest at n observations: root of w(1 − r) = (1 − w)(ν + 1)r, r = g/(g + n). */
export function bestPrecision(n: number, degreesOfFreedom: number, level: number): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 200 && high - low > 1e-15 * high; step++) {
    const r = (low + high) / 2;
    const w = rootOfLevel(r, degreesOfFreedom, 1 - level);
    if (w * (1 - r) > (1 - w) * (degreesOfFreedom + 1) * r) low = r;
    else high = r;
  }
  const r = (low + high) / 2;
  return (n * r) / (1 - r);
}

/**
 * What takes the place of Student's t in "estimate ± t·SE" on a page that is refreshed: `lost` degrees of freedom went
 * into the estimate, the interval is shortest at the planned number of clusters.
 */
export function anytimeStudentMultiplier(clusters: number, plannedClusters: number, level: number, lost = 1): number {
  if (!(clusters > lost) || !(plannedClusters > lost)) return Number.POSITIVE_INFINITY;
  const precision = bestPrecision(plannedClusters, plannedClusters - lost, level);
  return anytimeStudentHalfWidth({ n: clusters, degreesOfFreedom: clusters - lost, precision }, level);
}
