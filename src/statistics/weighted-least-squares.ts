/** Row-major design [rows × columns]; rows are cells. */
export interface LeastSquaresProblem {
  readonly design: Float64Array;
  readonly columns: number;
  readonly response: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
  /** Norms the columns had before group means were taken out of them: what is left may be rounding alone. */
  readonly referenceNorms?: ArrayLike<number>;
}

export interface LeastSquaresInput extends LeastSquaresProblem {
  /** Row → cluster (host), any integers. */
  readonly cluster: ArrayLike<number>;
  /** Parameters already taken out of response and design (fixed effects), for the small-sample factor. */
  readonly absorbed?: number;
}

export interface LeastSquaresFit extends LeastSquaresSolution {
  /** Cluster-robust, row-major [columns × columns]; NaN rows and columns where aliased. */
  readonly covariance: Float64Array;
  readonly degreesOfFreedom: number;
  readonly rank: number;
}

export interface Alias {
  readonly column: number;
  /** Empty: the column is constant zero (it does not vary at all). */
  readonly dependsOn: readonly { readonly column: number; readonly factor: number }[];
}

const ALIAS_TOLERANCE = 1e-7;

interface Factorisation {
  /** Indices of kept columns, in order. */
  readonly kept: number[];
  /** Orthonormal columns, one per kept column. */
  readonly basis: Float64Array[];
  /** Upper triangle: r[j] holds the projections of kept column j on basis 0..j. */
  readonly triangle: Float64Array[];
  readonly aliases: Alias[];
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Removes the projections on the basis, twice for full precision, and returns their sizes. */
function project(vector: Float64Array, basis: Float64Array[]): Float64Array {
  const sizes = new Float64Array(basis.length + 1);
  for (let pass = 0; pass < 2; pass++) {
    for (let j = 0; j < basis.length; j++) {
      const size = dot(basis[j]!, vector);
      sizes[j]! += size;
      const direction = basis[j]!;
      for (let i = 0; i < vector.length; i++) vector[i]! -= size * direction[i]!;
    }
  }
  return sizes;
}

/** Solves the upper triangular system of the kept columns. */
function backSubstitute(triangle: Float64Array[], right: ArrayLike<number>): Float64Array {
  const solution = new Float64Array(triangle.length);
  for (let j = triangle.length - 1; j >= 0; j--) {
    let value = right[j]!;
    for (let l = j + 1; l < triangle.length; l++) value -= triangle[l]![j]! * solution[l]!;
    solution[j] = value / triangle[j]![j]!;
  }
  return solution;
}

/** QR by orthogonalising column after column; one without anything of its own is moved out, so earlier columns win. */
function factorise(columns: Float64Array[], referenceNorms: ArrayLike<number> | undefined): Factorisation {
  const result: Factorisation = { kept: [], basis: [], triangle: [], aliases: [] };
  columns.forEach((column, index) => {
    const remainder = column.slice();
    const sizes = project(remainder, result.basis);
    const norm = Math.sqrt(dot(remainder, remainder));
    const reference = referenceNorms?.[index] ?? Math.sqrt(dot(column, column));
    if (norm > ALIAS_TOLERANCE * reference) {
      sizes[result.basis.length] = norm;
      result.kept.push(index);
      result.triangle.push(sizes);
      for (let row = 0; row < remainder.length; row++) remainder[row]! /= norm;
      result.basis.push(remainder);
      return;
    }
    const factors = backSubstitute(result.triangle, sizes);
    const dependsOn = result.kept
      .map((kept, j) => ({ column: kept, factor: factors[j]! }))
      .filter(({ factor }) => Math.abs(factor) > 1e-6);
    result.aliases.push({ column: index, dependsOn });
  });
  return result;
}

function weightedColumns({ design, columns, weights, response }: LeastSquaresProblem): Float64Array[] {
  const rows = response.length;
  return Array.from({ length: columns }, (_, column) => {
    const weighted = new Float64Array(rows);
    for (let row = 0; row < rows; row++) weighted[row] = Math.sqrt(weights[row]!) * design[row * columns + column]!;
    return weighted;
  });
}

/** Σ over clusters of the outer product of basisᵀ·residual, and how many clusters there are. */
function clusterMeat(basis: Float64Array[], residual: Float64Array, cluster: ArrayLike<number>) {
  const scores = new Map<number, Float64Array>();
  for (let row = 0; row < residual.length; row++) {
    const score = scores.get(cluster[row]!) ?? new Float64Array(basis.length);
    for (let j = 0; j < basis.length; j++) score[j]! += basis[j]![row]! * residual[row]!;
    scores.set(cluster[row]!, score);
  }
  return [...scores.values()];
}

/** Weighted rows count as observations; a weight of 0 takes a row out. */
function observations(weights: ArrayLike<number>): number {
  let rows = 0;
  for (let row = 0; row < weights.length; row++) if (weights[row]! > 0) rows++;
  return rows;
}

/** What a fit says without saying how sure it is. */
export interface LeastSquaresSolution {
  /** NaN where the column is aliased. */
  readonly coefficients: Float64Array;
  /** Columns that are combinations of earlier ones, with the kept columns each depends on and their factors. */
  readonly aliases: readonly Alias[];
}

/** The coefficients alone, for those who find their variance another way. */
export function leastSquaresSolution(input: LeastSquaresProblem): LeastSquaresSolution {
  const { coefficients, aliases } = solve(input);
  return { coefficients, aliases };
}

function solve(input: LeastSquaresProblem) {
  const { columns, response, weights } = input;
  const { kept, basis, triangle, aliases } = factorise(weightedColumns(input), input.referenceNorms);
  const residual = new Float64Array(response.length);
  for (let row = 0; row < residual.length; row++) residual[row] = Math.sqrt(weights[row]!) * response[row]!;
  const solution = backSubstitute(triangle, project(residual, basis));
  const coefficients = new Float64Array(columns).fill(Number.NaN);
  kept.forEach((column, j) => {
    coefficients[column] = solution[j]!;
  });
  return { coefficients, aliases, kept, basis, triangle, residual };
}

/**
 * Weighted least squares with CR1 variance, G/(G−1)·(n−1)/(n−k) times the sandwich over G clusters, G − 1 degrees of
 * freedom (Liang & Zeger 1986; Cameron & Miller 2015). Aliased columns are named rather than given an arbitrary answer.
 */
export function weightedLeastSquares(input: LeastSquaresInput): LeastSquaresFit {
  const { columns, weights, cluster } = input;
  const { coefficients, aliases, kept, basis, triangle, residual } = solve(input);
  const scores = clusterMeat(basis, residual, cluster).map((score) => backSubstitute(triangle, score));
  const n = observations(weights);
  const parameters = kept.length + (input.absorbed ?? 0);
  const clusters = scores.length;
  const correction = clusters < 2 ? Number.NaN : (clusters / (clusters - 1)) * ((n - 1) / (n - parameters));
  const covariance = new Float64Array(columns * columns).fill(Number.NaN);
  kept.forEach((column, j) => {
    kept.forEach((other, l) => {
      let sum = 0;
      for (const score of scores) sum += score[j]! * score[l]!;
      covariance[column * columns + other] = correction * sum;
    });
  });
  return { coefficients, covariance, degreesOfFreedom: Math.max(0, clusters - 1), rank: kept.length, aliases };
}
