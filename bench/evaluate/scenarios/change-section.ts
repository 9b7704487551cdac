import { type Entry, type Forms, readEntry, withoutMore } from './outline.ts';
import { Words } from './words.ts';
import { EFFECTS, type Effect, type Event, type EventKind, type Scope } from './written-scenario.ts';

const SCOPE =
  'on all instances | on instance N | on instances N to N | one instance every TIME | for N % of the requests | for N % of KIND[, N % of KIND …]';
const EFFECT = `EFFECT[, EFFECT …], an effect being: latency[ of the slowest N %] x N[ growing over TIME] | errors x N | retries x N | backoff x N | timeout x N | waits x N | calls x N | requests x N | share of KIND x N, each with [ at "ENDPOINT"][ with CHANGE]`;

/** Kinds that state from what to what. */
const VALUED = ['binary', 'flag', 'config'] as const;

export function readEvents(section: Entry, file: string): Event[] {
  const valued = Object.fromEntries(
    VALUED.map((kind) => [
      kind,
      {
        form: `${kind} NAME of SERVICE from VALUE to VALUE at ±TIME ${SCOPE}[, unseen]`,
        read: (words: Words, entry: Entry) => readValued(kind, words, entry, file),
      },
    ]),
  );
  const forms: Forms<Event> = {
    ...valued,
    dependency: {
      form: 'dependency NAME to PEER at ±TIME',
      read: (words, entry) => readPlaced('dependency', 'to', words, entry, file),
    },
    schedule: {
      form: 'schedule NAME of SERVICE at ±TIME',
      read: (words, entry) => readPlaced('schedule', 'of', words, entry, file),
    },
    traffic: {
      form: 'traffic NAME of SERVICE at ±TIME',
      read: (words, entry) => readPlaced('traffic', 'of', words, entry, file),
    },
    trouble: {
      form: `trouble of SERVICE-OR-PEER at ±TIME[ until ±TIME] ${SCOPE}`,
      read: (words, entry) => readTrouble(words, entry, file),
    },
  };
  return section.below.map((entry) => readEntry(entry, forms, file));
}

function readValued(kind: EventKind, words: Words, entry: Entry, file: string): Event {
  const id = words.name(kind);
  words.expect('of');
  const place = words.name('service');
  words.expect('from');
  const from = words.name('old value');
  words.expect('to');
  const to = words.name('new value');
  const atMinute = readTime(words);
  const scope = readScope(words);
  const isSeen = !words.skips(',', 'unseen');
  words.end();
  const effects = readEffects(entry, file);
  return { ...UNVALUED, kind, id, place, from, to, atMinute, scope, isSeen, effects, line: entry.line };
}

function readPlaced(kind: EventKind, link: 'of' | 'to', words: Words, entry: Entry, file: string): Event {
  const id = words.name(kind);
  words.expect(link);
  const place = words.name('service or peer');
  const atMinute = readTime(words);
  words.end();
  return { ...UNVALUED, kind, id, place, atMinute, effects: readEffects(entry, file), line: entry.line };
}

const UNVALUED = { from: null, to: null, untilMinute: null, scope: { kind: 'all' }, isSeen: false } as const;

function readTrouble(words: Words, entry: Entry, file: string): Event {
  words.expect('of');
  const place = words.name('service or peer');
  const atMinute = readTime(words);
  const untilMinute = words.skips('until') ? words.minutes('time') : null;
  const scope = readScope(words);
  words.end();
  const id = `trouble of line ${entry.line}`;
  const effects = readEffects(entry, file);
  return { ...UNVALUED, kind: 'trouble', id, place, atMinute, untilMinute, scope, effects, line: entry.line };
}

function readTime(words: Words): number {
  words.expect('at');
  return words.minutes('time');
}

function readScope(words: Words): Scope {
  if (words.skips('on', 'all', 'instances')) return { kind: 'all' };
  if (words.skips('on', 'instances')) {
    const first = words.whole('number of an instance');
    words.expect('to');
    const last = words.whole('number of an instance');
    if (last < first) words.fail(`instances ${first} to ${last} are none`, 'write the smaller number first');
    return { kind: 'instances', first, last };
  }
  if (words.skips('on', 'instance')) {
    const number = words.whole('number of an instance');
    return { kind: 'instances', first: number, last: number };
  }
  if (words.skips('one', 'instance', 'every')) return { kind: 'staggered', everyMinutes: words.minutes('pause') };
  words.expect('for');
  const share = words.percent('share of the requests');
  words.expect('of');
  if (words.skips('the', 'requests')) return { kind: 'requests', share };
  const shares = new Map([[words.name('kind of traffic'), share]]);
  while (words.skipsUnless('unseen', ',')) {
    const another = words.percent('share of the requests');
    words.expect('of');
    shares.set(words.name('kind of traffic'), another);
  }
  return { kind: 'kinds', shares };
}

function readEffects({ below }: Entry, file: string): Effect[] {
  return below.flatMap((entry) => {
    withoutMore(entry, file);
    const words = new Words(entry.text, file, entry.line, EFFECT);
    const effects: Effect[] = [];
    do effects.push(readEffect(words));
    while (words.skips(','));
    words.end();
    return effects;
  });
}

function readEffect(words: Words): Effect {
  const of = words.oneOf(EFFECTS, 'effect');
  let slowest = 1;
  if (of === 'latency' && words.skips('of', 'the', 'slowest')) slowest = words.percent('slowest requests');
  let trafficKind: string | null = null;
  if (of === 'share') {
    words.expect('of');
    trafficKind = words.name('kind of traffic');
  }
  words.expect('x');
  const factor = words.positive('factor');
  const growsMinutes = of === 'latency' && words.skips('growing', 'over') ? words.minutes('time of growth') : null;
  if (growsMinutes !== null && growsMinutes <= 0) words.fail('a growth takes time', 'write a time above 0 min');
  const endpoint = words.skips('at') ? words.quoted('endpoint') : null;
  const together = words.skips('with') ? words.name('change') : null;
  return { of, factor, slowest, growsMinutes, trafficKind, endpoint, together, line: words.line };
}
