import type { Attributes } from '../../../domain/telemetry.ts';

export const NO_ATTRIBUTES: Attributes = new Map();

const DEPTH_LIMIT = 64;

type JsonObject = { readonly [key: string]: unknown };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A list of OTLP KeyValue as a map, a later duplicate winning; undefined where it is no such list. */
export function decodeAttributes(list: unknown): Attributes | undefined {
  if (!Array.isArray(list)) return undefined;
  const attributes = new Map<string, string>();
  for (const pair of list as unknown[]) {
    if (!isJsonObject(pair) || typeof pair.key !== 'string') return undefined;
    attributes.set(pair.key, attributeText(pair.value));
  }
  return attributes;
}

/** The attributes of an OTLP Resource; undefined where it is none. */
export function decodeResource(resource: unknown): Attributes | undefined {
  if (!isJsonObject(resource)) return undefined;
  return decodeAttributes(resource.attributes ?? []);
}

/** The text of an OTLP InstrumentationScope; undefined where it is none. */
export function decodeScope(scope: unknown): string | undefined {
  if (!isJsonObject(scope)) return undefined;
  const attributes = decodeAttributes(scope.attributes ?? []);
  const name = scope.name ?? '';
  const version = scope.version ?? '';
  if (attributes === undefined || typeof name !== 'string' || typeof version !== 'string') return undefined;
  return scopeText(name, version, attributes);
}

/** What identifies a scope: `name`, `name@version`, then its attributes as JSON if it has any. */
export function scopeText(name: string, version: string, attributes: Attributes): string {
  const sorted = [...attributes].sort(([left], [right]) => (left < right ? -1 : 1));
  return name + (version === '' ? '' : `@${version}`) + (sorted.length === 0 ? '' : ` ${JSON.stringify(sorted)}`);
}

/** An OTLP AnyValue as text: scalars bare, lists and maps as compact JSON, absent or unknown values empty. */
export function attributeText(value: unknown): string {
  if (!isJsonObject(value)) return '';
  const scalar = scalarText(value);
  return scalar ?? compactJson(value, 0) ?? '';
}

function scalarText(value: JsonObject): string | undefined {
  if (typeof value.stringValue === 'string') return value.stringValue;
  if (typeof value.boolValue === 'boolean') return String(value.boolValue);
  const number = value.intValue ?? value.doubleValue;
  if (typeof number === 'number' || typeof number === 'string') return String(number);
  return typeof value.bytesValue === 'string' ? value.bytesValue : undefined;
}

/** A nested AnyValue as JSON; integers too long for a double stay digits. Undefined for no value. */
function compactJson(value: unknown, depth: number): string | undefined {
  if (!isJsonObject(value) || depth > DEPTH_LIMIT) return undefined;
  const items = value.arrayValue;
  if (isJsonObject(items)) {
    const texts = listOf(items.values).map((item) => compactJson(item, depth + 1) ?? 'null');
    return `[${texts.join(',')}]`;
  }
  const members = value.kvlistValue;
  if (isJsonObject(members)) {
    const texts = listOf(members.values).flatMap((pair) => compactMember(pair, depth + 1));
    return `{${texts.join(',')}}`;
  }
  const text = scalarText(value);
  const quoted = typeof value.stringValue === 'string' || typeof value.bytesValue === 'string';
  return text !== undefined && (quoted || !isJsonScalar(text)) ? JSON.stringify(text) : text;
}

function compactMember(pair: unknown, depth: number): string[] {
  if (!isJsonObject(pair) || typeof pair.key !== 'string') return [];
  return [`${JSON.stringify(pair.key)}:${compactJson(pair.value, depth) ?? 'null'}`];
}

function listOf(values: unknown): readonly unknown[] {
  return Array.isArray(values) ? values : [];
}

function isJsonScalar(text: string): boolean {
  return text === 'true' || text === 'false' || /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text);
}
