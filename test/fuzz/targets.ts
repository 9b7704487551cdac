import type { FuzzTarget } from './fuzz-target.ts';
import { OTLP_TARGETS } from './otlp-targets.ts';
import { PROMETHEUS_TARGETS } from './prometheus-targets.ts';

/** Every decoder that takes bytes from strangers. */
export const FUZZ_TARGETS: readonly FuzzTarget[] = [...OTLP_TARGETS, ...PROMETHEUS_TARGETS];
