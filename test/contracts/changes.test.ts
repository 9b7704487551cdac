import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeChange } from '../../src/domain/change-document.ts';
import { AppError } from '../../src/domain/error.ts';
import type { ChangeEvent } from '../../src/ingest/changes/change-format.ts';
import { CHANGE_FORMATS, changeFormatOf } from '../../src/ingest/changes/index.ts';
import { HTTP_STATUS } from '../../src/ingest/routes/http-status.ts';

/** One event of each format that announces a change; a format without one here fails. */
const EVENTS: Readonly<Record<string, unknown>> = {
  postflight: { id: 'a', kind: 'flag', flag: 'a', to: 'on', at: '2026-11-20T02:40:00Z' },
  cdevents: {
    context: { id: '1', source: '/ci', type: 'dev.cdevents.service.deployed.0.3.0', timestamp: '2026-11-20T02:10:00Z' },
    subject: { id: 'gateway', content: { artifactId: 'pkg:oci/gateway@sha256%3A0b31b1c02ff458ad' } },
  },
  github: {
    deployment_status: { id: 1, state: 'success', created_at: '2026-11-20T02:10:00Z' },
    deployment: { id: 2, sha: 'a84d88e7', ref: 'main' },
    repository: { name: 'gateway', full_name: 'shop/gateway' },
  },
  launchdarkly: {
    _id: '5',
    kind: 'flag',
    date: 1_795_142_400_000,
    accesses: [{ action: 'updateOn', resource: 'proj/p:env/production:flag/backoff.v2' }],
    titleVerb: 'turned off the flag',
  },
  flagsmith: {
    event_type: 'FLAG_UPDATED',
    data: {
      new_state: { enabled: true, feature: { name: 'backoff.v2' }, environment: { name: 'Production' } },
      previous_state: { enabled: false, feature: { name: 'backoff.v2' } },
      timestamp: '2026-11-20T02:40:00.595298Z',
    },
  },
  growthbook: {
    event: 'feature.updated',
    object: 'feature',
    api_version: '2024-07-31',
    created: 1_795_142_400_000,
    data: {
      object: { id: 'backoff.v2', valueType: 'boolean', environments: { production: { enabled: true, rules: [] } } },
      previous_attributes: { environments: { production: { enabled: false, rules: [] } } },
    },
    environments: ['production'],
    projects: [],
    user: { type: 'api_key', apiKey: 'a' },
  },
  unleash: { id: 1, type: 'feature-environment-enabled', createdAt: '2026-11-20T02:10:00Z', featureName: 'a' },
};

function eventOf(body: unknown, headers: Readonly<Record<string, string>> = {}): ChangeEvent {
  const text = JSON.stringify(body) ?? 'null';
  return { header: (name) => headers[name], text, json: body };
}

/** A copy in which one value, wherever it is, is another. */
function mutated(value: unknown, pick: number, replacement: unknown): unknown {
  const places: (() => void)[] = [];
  const copy = structuredClone(value);
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const key of Object.keys(node)) {
      const holder = node as Record<string, unknown>;
      places.push(() => {
        if (replacement === undefined) delete holder[key];
        else holder[key] = replacement;
      });
      visit(holder[key]);
    }
  };
  visit(copy);
  places[pick % places.length]?.();
  return copy;
}

describe.each(CHANGE_FORMATS)('the change events of $name', (format) => {
  const event = eventOf(EVENTS[format.name]);

  it('are recognised by their content, and by no format before it', () => {
    expect(EVENTS[format.name]).toBeDefined();
    expect(changeFormatOf(event).name).toBe(format.name);
  });

  it('become an entry of spec.changes with its time, the same one whenever they come', () => {
    const changes = format.read(event);
    expect(changes).toHaveLength(1);
    const [{ id, atMs, entry, change }] = changes as [(typeof changes)[number]];
    expect(format.read(eventOf(structuredClone(EVENTS[format.name])))).toEqual(changes);
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(Number.isSafeInteger(atMs)).toBe(true);
    expect(decodeChange(entry, 'stored')).toEqual(change);
  });

  it('are read or refused with a reason, whatever is wrong with them', () => {
    const replacement = fc.oneof(
      fc.constant(undefined),
      fc.jsonValue({ maxDepth: 2 }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('__proto__', '2026-99-99T00:00:00Z', '%', 'pkg:x@%zz', 1e300, Number.NaN),
    );
    fc.assert(
      fc.property(fc.nat(), replacement, (pick, value) => {
        const changed = eventOf(mutated(EVENTS[format.name], pick, value));
        try {
          for (const { entry } of changeFormatOf(changed).read(changed)) decodeChange(entry, 'stored');
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          expect(HTTP_STATUS[(error as AppError).code]).toBe(400);
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe('change events of no known format', () => {
  it('are read or refused with a reason', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        const event = eventOf(body);
        try {
          changeFormatOf(event).read(event);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          expect(HTTP_STATUS[(error as AppError).code]).toBe(400);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
