/** The closed set of things that can go wrong; the edges map each code to an exit status or an HTTP status once. */
export type AppErrorCode =
  | 'usage' // the command line asks for something that does not exist
  | 'document' // the upgrade document or an SLO file is wrong
  | 'unreadable' // a data source could not be read at all
  | 'interrupted'
  | 'internal'; // our own defect: shown, never a pass

/** The one error type. `place` names file, line and field; `remedy` says what to do next. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: AppErrorCode;
  readonly place: string | null;
  readonly remedy: string | null;

  constructor(
    code: AppErrorCode,
    message: string,
    details: { place?: string | null; remedy?: string | null; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.place = details.place ?? null;
    this.remedy = details.remedy ?? null;
  }
}
