import type { AppErrorCode } from '../domain/error.ts';
import type { ReportVerdict } from '../domain/report.ts';

/** What a pipeline sees. The one place where verdicts and error codes become numbers. */
export const VERDICT_STATUS: Readonly<Record<ReportVerdict, number>> = {
  'no-regression': 0,
  improved: 0,
  regressed: 1,
  'cannot-tell': 3,
};

export const ERROR_STATUS: Readonly<Record<AppErrorCode, number>> = {
  usage: 2,
  document: 2,
  unreadable: 4,
  interrupted: 130,
  configuration: 2,
  malformed: 4,
  'too-large': 4,
  'unsupported-media': 4,
  unauthenticated: 2,
  forbidden: 2,
  'not-found': 4,
  'method-not-allowed': 4,
  conflict: 2,
  'reused-key': 2,
  stale: 2,
  'rate-limited': 4,
  overloaded: 4,
  unavailable: 4,
  /** EX_SOFTWARE: our own defect is never a pass. */
  internal: 70,
};
