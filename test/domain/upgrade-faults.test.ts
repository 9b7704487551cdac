import { describe, expect, it } from 'vitest';
import { decodeUpgrade } from '../../src/domain/upgrade-document.ts';
import { faultLines, faultOf } from './document-faults.ts';

const head = 'apiVersion: postflight/v1\nkind: Upgrade\nmetadata:\n  name: dten\nspec:\n';
const window = '  window: { start: 2026-11-20T02:00:00Z, end: 2026-11-20T03:00:00Z }\n';
const faults = (text: string): string[] => faultLines(() => decodeUpgrade(text, 'upgrade.yaml'));
/** The line given starts at line 7 of the document. */
const specFaults = (spec: string): string[] => faults(`${head}${window}  ${spec}\n`);
const changeFaults = (change: string): string[] => specFaults(`changes:\n    - ${change}`);

const changeKeys = 'known keys: id, kind, service, peer, flag, key, from, to, at, exposure';

describe('a fault of an upgrade document', () => {
  it('is named with file, line, field and remedy, in the parts of the error', () => {
    const error = faultOf(() => decodeUpgrade(`${head}${window}  chnages: []\n`, 'deploy/upgrade.yaml'));
    expect(error.place).toBe('deploy/upgrade.yaml:7: spec.chnages');
    expect(error.message).toBe('unknown key "chnages"');
    expect(error.remedy).toMatch(/^did you mean "changes"\? known keys: window, baseline, post, changes, telemetry, /);
  });

  it('is told together with all others, a line each, in the order of the lines', () => {
    const text = `apiVersion: postflight/v1
kind: Upgrade
metadata: { nam: dten }
spec:
  window: { start: 2026-11-20T03:00:00Z, end: 2026-11-20T02:00:00Z }
  changes:
    - { id: a, kind: binray }
    - { id: a, kid: flag }
  baseline: { start: 2026-11-19, end: 2026-11-20T02:00:00Z }
`;
    expect(faults(text).map((line) => line.split('; ')[0])).toEqual([
      'upgrade.yaml:3: metadata.name: is missing',
      'upgrade.yaml:3: metadata.nam: unknown key "nam"',
      'upgrade.yaml:5: spec.window: starts at 2026-11-20T03:00:00Z, after its end 2026-11-20T02:00:00Z',
      'upgrade.yaml:7: spec.changes[0].kind: unknown kind "binray"',
      'upgrade.yaml:8: spec.changes[1].kind: is missing',
      'upgrade.yaml:8: spec.changes[1].kid: unknown key "kid"',
      'upgrade.yaml:8: spec.changes[1].id: duplicate id "a", first on line 7',
      'upgrade.yaml:9: spec.baseline.start: "2026-11-19" has no time zone',
    ]);
  });

  it('is told up to fifty times, and the rest counted', () => {
    const keys = Array.from({ length: 1000 }, (_, index) => `  zz${index}: 1\n`).join('');
    const error = faultOf(() => decodeUpgrade(head + window + keys, 'upgrade.yaml'));
    const lines = error.message.split('\n');
    expect(lines).toHaveLength(52);
    expect(lines[0]).toBe('the first 50 of 1000 problems:');
    expect(lines[51]).toBe('and 950 more');
  });

  it('shows hostile text without control or direction characters, and clipped', () => {
    const [line] = specFaults(`"\\e[31m\\u202e\\x9b${'x'.repeat(500)}": 1`);
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(line).toContain('\\u001b[31m');
    expect(line?.length).toBeLessThan(500);
  });
});

describe('an unknown key is an error at every level:', () => {
  it.each([
    ['top', `${head}${window}specs: 1\n`, 'upgrade.yaml:7: specs: unknown key "specs"'],
    ['metadata', head.replace('name', 'team: a\n  name') + window, 'upgrade.yaml:4: metadata.team: unknown key "team"'],
  ])('%s', (_level, text, expected) => {
    expect(faults(text).map((line) => line.split('; ')[0])).toEqual([expected]);
  });

  it.each([
    ['post: { start: 2026-11-20T03:00:00Z, end: 2026-11-20T04:00:00Z, to: 1 }', ':7: spec.post.to: unknown key "to"'],
    [
      'baseline:\n    - start: 2026-11-19T03:00:00Z\n      end: 2026-11-19T04:00:00Z\n      ned: 1',
      ':10: spec.baseline[0].ned: unknown key "ned"',
    ],
    ['changes:\n    - id: a\n      kind: traffic\n      when: 1', ':10: spec.changes[0].when: unknown key "when"'],
    [
      'changes: [{ id: a, kind: traffic, exposure: { attribute: x, value: y, from: z } }]',
      ':7: spec.changes[0].exposure.from: unknown key "from"',
    ],
    ['telemetry: [{ otlp: a, gzip: true }]', ':7: spec.telemetry[0].gzip: unknown key "gzip"'],
    [
      'indicators: [{ name: a, metric: b, kind: gauge, better: lower, units: s }]',
      ':7: spec.indicators[0].units: unknown key "units"',
    ],
    ['margins: { errors: 1% }', ':7: spec.margins.errors: unknown key "errors"'],
    ['__proto__: { post: 1 }', ':7: spec.__proto__: unknown key "__proto__"'],
    ['constructor: 1', ':7: spec.constructor: unknown key "constructor"'],
    ['"odd key.": 1', ':7: spec["odd key."]: unknown key "odd key."'],
    ['"": 1', ':7: spec[""]: unknown key ""'],
    ['<<: { post: 1 }', ':7: spec["<<"]: unknown key "<<"'],
    ['extra:', ':7: spec.extra: unknown key "extra"'],
  ])('%j', (spec, expected) => {
    expect(specFaults(spec).map((line) => line.split('; ')[0])).toEqual([`upgrade.yaml${expected}`]);
  });

  it.each([
    ['{ share: 100% }', 'exposure.share: "100%" is not a share between 0 and 1; write e.g. 10% or 0.1'],
    ['{ share: 0 }', 'exposure.share: "0" is not a share between 0 and 1; write e.g. 10% or 0.1'],
    ['{ attribute: ring, share: 10% }', 'exposure.value: is missing; write e.g. "4.2.0"'],
  ])('exposure %s', (exposure, expected) => {
    expect(changeFaults(`{ id: a, kind: traffic, exposure: ${exposure} }`)).toEqual([
      `upgrade.yaml:8: spec.changes[0].${expected}`,
    ]);
  });

  it('and is answered with the near key that is not there yet, and the known keys', () => {
    expect(changeFaults('{ id: a, kind: dependency, pear: b, peer: c }')).toEqual([
      `upgrade.yaml:8: spec.changes[0].pear: unknown key "pear"; ${changeKeys}`,
    ]);
    expect(changeFaults('{ id: a, kind: traffic, serivce: b }')).toEqual([
      `upgrade.yaml:8: spec.changes[0].serivce: unknown key "serivce"; did you mean "service"? ${changeKeys}`,
    ]);
  });
});

describe('text that is not an upgrade document', () => {
  const syntax = 'correct the syntax on this line or just before it';
  it.each([
    ['', ['upgrade.yaml:1: the document is empty; start with apiVersion: postflight/v1 and kind: Upgrade']],
    ['# nothing\n', ['upgrade.yaml:1: the document is empty; start with apiVersion: postflight/v1 and kind: Upgrade']],
    [
      '- a\n',
      ['upgrade.yaml:1: must be a mapping, not a list; write a mapping with the keys apiVersion, kind, metadata, spec'],
    ],
    [
      '\nhello\n',
      ['upgrade.yaml:2: must be a mapping, not text; write a mapping with the keys apiVersion, kind, metadata, spec'],
    ],
    [
      `${head}${window}---\n${head}${window}`,
      ['upgrade.yaml:8: a second document starts here; 2 in all; keep one upgrade to a file'],
    ],
    [
      'a: b: c\n',
      [`upgrade.yaml:1: is not valid YAML: Nested mappings are not allowed in compact mappings; ${syntax}`],
    ],
    [
      `${head}${window}  changes: [\n`,
      [
        `upgrade.yaml:8: is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]; ${syntax}`,
      ],
    ],
    [
      `${head}${window}  slos: &a [*a]\n`,
      ['upgrade.yaml:7: spec.slos[0]: the alias *a has no anchor before it; write the value out'],
    ],
    ['? [a]\n: 1\n', ['upgrade.yaml:1: has a key that is not text; write keys as plain words']],
  ])('is refused with its line (case %#)', (text, expected) => {
    expect(faults(text)).toEqual(expected);
  });

  it('is refused where apiVersion or kind is another', () => {
    const text = (head + window).replace('postflight/v1', 'postflight/v2').replace('Upgrade', 'Downgrade');
    expect(faults(text)).toEqual([
      'upgrade.yaml:1: apiVersion: must be "postflight/v1", not "postflight/v2"; write postflight/v1',
      'upgrade.yaml:2: kind: must be "Upgrade", not "Downgrade"; write Upgrade',
    ]);
  });

  it('is refused where the name is missing or empty', () => {
    const missing = (head + window).replace('\n  name: dten', ' {}');
    expect(faults(missing)).toEqual(['upgrade.yaml:3: metadata.name: is missing; write e.g. dten-4.2.0']);
    const none = (head + window).replace('dten', '');
    expect(faults(none)).toEqual(['upgrade.yaml:4: metadata.name: is empty; write e.g. dten-4.2.0']);
    const empty = (head + window).replace('dten', '" "');
    expect(faults(empty)).toEqual(['upgrade.yaml:4: metadata.name: must not be empty; write e.g. dten-4.2.0']);
  });

  it('is refused where a key comes twice', () => {
    expect(specFaults('post:\n    start: 2026-11-20T03:00:00Z\n  window:')).toContain(
      'upgrade.yaml:9: spec.window: duplicate key "window", first on line 6; keep one of the two',
    );
  });

  it('is refused where aliases multiply', () => {
    const bomb = Array.from({ length: 30 }, (_, index) => {
      const inner = index === 0 ? 'x' : `*a${index - 1}`;
      return `a${index}: &a${index} [${Array.from({ length: 10 }, () => inner).join(', ')}]\n`;
    });
    const lines = faults(bomb.join(''));
    expect(lines).toEqual([expect.stringMatching(/^upgrade\.yaml:4: .*aliases expand to more than 10000 values/)]);
  });

  it.each(['a: 1\n', ']\n'])('is refused where faults come without end: %j', (line) => {
    expect(faults(line.repeat(150_000)).at(-1)).toMatch(/^and 1499\d\d more$/);
  });

  it('is refused where it is longer than anyone writes', () => {
    expect(faults(`${head}${window}#${' '.repeat(1_000_000)}`)).toEqual([
      'upgrade.yaml:1: is longer than 1000000 characters; check that it is the file you meant',
    ]);
  });

  it.each(['[', '{', '- ', '? ', 'a: {', '[{a: '])('is refused where %j nests without end', (opening) => {
    const lines = faults(opening.repeat(20_000));
    expect(lines).toEqual([expect.stringMatching(/^upgrade\.yaml:1: is nested deeper than 64 levels/)]);
  });
});
