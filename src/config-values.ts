import { readFileSync } from 'node:fs';
import { AppError, placedMessage, withRemedy } from './domain/error.ts';
import { nearestName } from './domain/nearest-name.ts';
import { readYaml } from './domain/yaml-place.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a setting was given, and where: a variable, or a line of the file. */
export interface Stated {
  readonly text: string;
  readonly place: string;
}

/** What can be stated. */
interface Known {
  readonly key: string;
  readonly isSecret: boolean;
}

const PREFIX = 'POSTFLIGHT_';
export const FILE_VARIABLE = 'POSTFLIGHT_CONFIG';
/** Read by `postflight gate`, which may share an environment with the service. */
const CLIENT_VARIABLES = ['POSTFLIGHT_TOKEN', 'POSTFLIGHT_SERVER'];
/** Kubernetes tells a pod about a Service of our name in variables of our prefix. */
const OF_KUBERNETES = /^POSTFLIGHT_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?)$/;
const KUBERNETES_PORT = /^(tcp|udp|sctp):\/\//;
const LIST = 'docs/operations.md lists them';

/** By key; what cannot be read is added to the problems. */
export function statedInFile(
  file: string,
  namedBy: string,
  known: readonly Known[],
  problems: string[],
): Map<string, Stated> {
  const values = new Map<string, Stated>();
  const documents = orProblem(problems, () => readYaml(readTextFile(file, namedBy), file)) ?? [];
  const [document, second] = documents;
  if (second !== undefined) problems.push(`${file}:${second.lineOf([])}: a second document starts here; keep one`);
  const stated = document?.value ?? {};
  if (typeof stated !== 'object' || Array.isArray(stated)) {
    problems.push(`${file}: is not a mapping of settings; write one a line, such as listen: 127.0.0.1:4318`);
    return values;
  }
  const keys = known.map(({ key }) => key);
  for (const [key, text] of Object.entries(stated as Record<string, unknown>)) {
    const place = `${file}:${document?.lineOf([key]) ?? 1}: ${key}`;
    if (!keys.includes(key)) problems.push(`${place}: ${unknownName(key, keys)}`);
    else if (typeof text !== 'string') problems.push(`${place}: is not a single value; write it as text`);
    else values.set(key, { text, place });
  }
  return values;
}

/** By key. A secret may also be in a file that POSTFLIGHT_…_FILE names. */
export function statedInVariables(
  environment: Environment,
  known: readonly Known[],
  problems: string[],
): Map<string, Stated> {
  const byVariable = new Map(known.map((one) => [`${PREFIX}${one.key.toUpperCase()}`, one]));
  const values = new Map<string, Stated>();
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(PREFIX) || text === undefined || isNotOurs(variable, text)) continue;
    const named = byVariable.get(variable);
    const secret = byVariable.get(variable.replace(/_FILE$/, ''));
    const key = named?.key ?? (secret?.isSecret ? secret.key : null);
    if (key === null) {
      problems.push(`${variable}: ${unknownName(variable, [...byVariable.keys(), FILE_VARIABLE])}`);
      continue;
    }
    const other = values.get(key);
    if (other !== undefined) problems.push(`${variable}: ${other.place} is set too; keep one of them`);
    const found = named === undefined ? orProblem(problems, () => readTextFile(text, variable).trim()) : text;
    if (found !== null) values.set(key, { text: found, place: variable });
  }
  return values;
}

function isNotOurs(variable: string, text: string): boolean {
  if (variable === FILE_VARIABLE || CLIENT_VARIABLES.includes(variable)) return true;
  return OF_KUBERNETES.test(variable) || (variable === `${PREFIX}PORT` && KUBERNETES_PORT.test(text));
}

function readTextFile(file: string, namedBy: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AppError('configuration', `cannot read ${file}: ${(cause as Error).message}`, {
      place: namedBy,
      remedy: 'check the path, and that it may be read',
      cause,
    });
  }
}

/** One fault does not hide the others. */
function orProblem<Value>(problems: string[], read: () => Value): Value | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    problems.push(withRemedy(placedMessage(error), error));
    return null;
  }
}

function unknownName(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return `is not a setting; ${nearest === null ? LIST : `did you mean ${nearest}?`}`;
}
