/** What a request of ClickHouse's HTTP interface asks for, as one statement for the engine. */
export interface EngineStatement {
  readonly sql: string;
  /** The body of the request is data of an INSERT, in this file. */
  readonly spoolFile: string | null;
  readonly database: string;
  /** Part of a report, as reading is and keeping cells: no acknowledgement waits for it. */
  readonly isOfReport: boolean;
}

/** Parameters of the interface itself; every other one is a setting of the statement. */
const OWN_PARAMETERS = new Set(['query', 'database', 'query_id', 'session_id', 'role', 'user', 'password']);
/** Settings of the HTTP server, which the engine behind it does not know. */
const SERVER_SETTINGS =
  /^(cancel_http_|enable_http_compression|http_|readonly$|send_progress_in_http_headers|wait_end_of_query)/;
const INSERT_OF_DATA = /^(\s*INSERT\s+INTO\s[\s\S]*?)\s+FORMAT\s+(\w+)\s*;?\s*$/i;
const TAKES_DATA = /^\s*INSERT\s/i;
const INSERT_OF_VALUES = /^(\s*INSERT\s+INTO\s+\w+(?:\s*\([^()]*\))?)\s*(VALUES\b[\s\S]*)$/i;
const READS = /^\s*(SELECT|WITH|SHOW|EXPLAIN|DESC|EXISTS)\b/i;
/** Of cells that were calculated from what is stored. */
const KEEPS = /^\s*(INSERT\s+INTO|DELETE\s+FROM)\s+(cell_runs|kept_segments)\b/i;
const BACKS_UP = /^\s*BACKUP\b/i;
const IS_TEXT = /^(?:Nullable\(|LowCardinality\()*(?:String|FixedString)/;
const PLACEHOLDER = /\{\s*(\w+)\s*:\s*((?:[^{}'"`]|'[^']*')+?)\s*\}/g;

/** Whether the body is data for the statement in the URL, and not the statement. */
export function takesData(parameters: URLSearchParams): boolean {
  return TAKES_DATA.test(parameters.get('query') ?? '');
}

/** `body` is the statement, or its tail, where it is not data: both parts are joined, as the server does. */
export function statementOf(parameters: URLSearchParams, body: string, spoolFile: string | null): EngineStatement {
  const head = parameters.get('query') ?? '';
  const text = body === '' ? head : head === '' ? body : `${head}\n${body}`;
  const bound = bind(text, parameters);
  const settings = settingsOf(parameters);
  return {
    sql: spoolFile === null ? withSettings(bound, settings) : insertFromFile(bound, spoolFile, settings),
    spoolFile,
    database: parameters.get('database') ?? 'default',
    isOfReport: READS.test(bound) || KEEPS.test(bound) || BACKS_UP.test(bound),
  };
}

/** `{name:Type}` becomes a cast of the parameter. That of a text is escaped as in TabSeparated, which a literal undoes. */
function bind(text: string, parameters: URLSearchParams): string {
  return text.replace(PLACEHOLDER, (placeholder, name: string, type: string) => {
    const value = parameters.get(`param_${name}`);
    if (value === null) return placeholder;
    if (type === 'Identifier') return `\`${value.replace(/[\\`]/g, '\\$&')}\``;
    return `CAST(${IS_TEXT.test(type) ? quoted(value) : literal(value)}, ${literal(type)})`;
  });
}

function settingsOf(parameters: URLSearchParams): string {
  const settings: string[] = [];
  for (const [name, value] of parameters) {
    if (OWN_PARAMETERS.has(name) || name.startsWith('param_') || SERVER_SETTINGS.test(name)) continue;
    if (!/^\w+$/.test(name)) continue;
    settings.push(`${name} = ${/^-?\d+(\.\d+)?$/.test(value) ? value : literal(value)}`);
  }
  return settings.join(', ');
}

function insertFromFile(text: string, file: string, settings: string): string {
  const parts = INSERT_OF_DATA.exec(text);
  if (parts === null)
    throw new SyntaxError('Code: 62. DB::Exception: an INSERT of data needs a FORMAT. (SYNTAX_ERROR)');
  const clause = settings === '' ? '' : ` SETTINGS ${settings}`;
  return `${parts[1]} FROM INFILE ${literal(file)}${clause} FORMAT ${parts[2]}`;
}

/** The clause goes before FORMAT, which ends a statement, and before VALUES. */
function withSettings(text: string, settings: string): string {
  const trimmed = text.replace(/[;\s]+$/, '');
  if (settings === '' || !(READS.test(trimmed) || TAKES_DATA.test(trimmed))) return trimmed;
  const values = INSERT_OF_VALUES.exec(trimmed);
  if (values !== null) return `${values[1]} SETTINGS ${settings} ${values[2]}`;
  const format = /\s+FORMAT\s+\w+$/i.exec(trimmed);
  const head = format === null ? trimmed : trimmed.slice(0, format.index);
  const joint = /\sSETTINGS\s[^()]*$/i.test(head) ? ',' : ' SETTINGS';
  return `${head}${joint} ${settings}${format?.[0] ?? ''}`;
}

/** A value that is escaped already: neither a bare quote nor a last backslash may end the literal. */
function quoted(value: string): string {
  const closed = value.replace(/\\[\s\S]|\\$|'/g, (part) => (part.length === 2 ? part : `\\${part}`));
  return `'${closed}'`;
}

export function literal(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
