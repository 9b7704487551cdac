const TRACE_ID = /^[0-9a-f]{32}$/;
const SPAN_ID = /^[0-9a-f]{16}$/;
const ALL_ZERO = /^0*$/;

/** Ids are hex in either case in OTLP/JSON; all zeros means none. Null where the text is no such id. */
export function traceIdOf(text: string): string | null {
  return identifierOf(text, TRACE_ID);
}

export function spanIdOf(text: string): string | null {
  return identifierOf(text, SPAN_ID);
}

function identifierOf(text: string, form: RegExp): string | null {
  const lower = text.toLowerCase();
  if (ALL_ZERO.test(lower)) return '';
  return form.test(lower) ? lower : null;
}
