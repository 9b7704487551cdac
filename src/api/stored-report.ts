import { AppError } from '../domain/error.ts';
import type { ReportRecord } from '../domain/record-store.ts';
import type { Report } from '../domain/report.ts';
import { decodeReport } from '../domain/report-document.ts';

/** A report we made ourselves: where it cannot be read, that is our defect and not the request's. */
export function storedReport({ document, revision }: ReportRecord): Report {
  try {
    return decodeReport(document, `report ${revision}`);
  } catch (cause) {
    throw new AppError('internal', 'a stored report cannot be read', { place: `report ${revision}`, cause });
  }
}
