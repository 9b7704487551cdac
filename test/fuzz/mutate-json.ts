import { type Chance, pick } from './chance.ts';

type Json = ReturnType<typeof JSON.parse>;

const HOSTILE: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  5e-324,
  2 ** 53 + 2,
  '18446744073709551616',
  '-9223372036854775808',
  'NaN',
  '-Infinity',
  '',
  '__proto__',
  '\u0000\ud83d\ude42"\\',
  [],
  {},
  [[]],
  [null],
  { value: {} },
];
const DEEP = 200;
const MANY = 3000;

/** Changes what a JSON document says rather than its bytes. Bytes that are no JSON are answered as they are. */
export function mutateJson(input: Buffer, chance: Chance): Buffer {
  try {
    const value: Json = JSON.parse(input.toString('utf8'));
    return Buffer.from(JSON.stringify(changed(value, chance)));
  } catch {
    return input;
  }
}

function changed(value: Json, chance: Chance): Json {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  if (keys.length === 0 || chance() < 0.1) return replaced(value, chance);
  const key = pick(keys, chance);
  const copy = Array.isArray(value) ? [...value] : { ...value };
  const choice = chance();
  if (choice < 0.8) copy[key] = changed(value[key], chance);
  else if (choice < 0.85) delete copy[key];
  else if (choice < 0.9) copy[key] = value[pick(keys, chance)];
  else if (Array.isArray(copy)) copy.push(...Array(chance() < 0.1 ? MANY : 5).fill(value[key]));
  else copy[`${key}_`] = value[key];
  return copy;
}

function replaced(value: Json, chance: Chance): Json {
  if (chance() < 0.9) return pick(HOSTILE, chance);
  let deep = value;
  for (let level = Math.floor(chance() * DEEP); level > 0; level--) deep = chance() < 0.5 ? [deep] : { value: deep };
  return deep;
}
