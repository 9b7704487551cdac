import { metricsDocument, OTLP_PROTOCOLS, otlpMessage, WRITE_PROTOCOLS, writeMessage } from '../messages.ts';
import { exactly, type Figure, type HostileRow, type Trial, told } from '../row.ts';
import { type Answer, forEachOf, type Message, Served } from '../served.ts';
import { OTLP_NUMBERS, WRITE_NUMBERS } from './number-cases.ts';

interface Sent {
  readonly protocol: string;
  readonly name: string;
  readonly message: Message;
  readonly mustRefuse: boolean;
}

function everything(nowMs: number): Sent[] {
  const otlp = OTLP_PROTOCOLS.flatMap((protocol) =>
    OTLP_NUMBERS.map(({ name, metric, mustRefuse }, index) => ({
      protocol,
      name,
      mustRefuse,
      message: otlpMessage(protocol, metricsDocument('numbers', [metric(nowMs - 60_000, `/${protocol}/${index}`)])),
    })),
  );
  const writes = WRITE_PROTOCOLS.flatMap((protocol) =>
    WRITE_NUMBERS.map(({ name, series, mustRefuse }, index) => ({
      protocol,
      name,
      mustRefuse,
      message: writeMessage(protocol, series(nowMs - 60_000, `/${protocol}/${index}`)),
    })),
  );
  return [...otlp, ...writes];
}

/** Stored without a word, or not stored with one. */
function isHandled({ status, text, headers }: Answer): boolean {
  if (status === 204) return true;
  if (status === 200) return !isRefused({ status, text, headers, milliseconds: 0 }) || /at [a-z]/.test(text);
  return status === 400 && text.trim() !== '';
}

function isRefused({ status, text }: Answer): boolean {
  return status === 400 || (status === 200 && text !== '' && text !== '{}');
}

/** Numbers that JSON cannot say come out as null: they may not stand where a list of numbers does. */
function oddities(text: string): number {
  let odd = (text.match(/NaN|Infinity/g) ?? []).length;
  JSON.parse(text, (_key, value: unknown) => {
    if (Array.isArray(value)) odd += value.filter((item) => item === null).length;
    return value;
  });
  return odd;
}

async function run({ isSmall, folder }: Trial): Promise<Figure[]> {
  const served = await Served.start(folder);
  try {
    const unhandled: string[] = [];
    const wronglyTaken: string[] = [];
    const all = everything(Date.now()).filter((_, index) => !isSmall || index % 2 === 0);
    let refused = 0;
    await forEachOf(all, async ({ protocol, name, message, mustRefuse }) => {
      const answer = await served.send(message);
      if (!isHandled(answer)) unhandled.push(`${protocol}, ${name}: ${answer.status} ${answer.text.slice(0, 80)}`);
      if (mustRefuse && !isRefused(answer)) wronglyTaken.push(`${protocol}, ${name}`);
      if (isRefused(answer)) refused++;
    });
    const cells = await served.read('/api/v1/cells?limit=10000');
    const csv = await served.read('/api/v1/cells?limit=10000', null, 'text/csv');
    return [
      told('cases of OTLP, in each of two encodings', OTLP_NUMBERS.length),
      told('cases of remote write, in each of two versions', WRITE_NUMBERS.length),
      told('refused with a reason', refused),
      exactly('neither stored nor refused with a reason', unhandled.join('; ') || 'none', 'none'),
      exactly('stored though no number', wronglyTaken.join('; ') || 'none', 'none'),
      told('cells read back', (JSON.parse(cells) as { cells: unknown[] }).cells.length),
      exactly('NaN or infinity in answers of the API', oddities(cells) + (csv.match(/NaN|Infinity/g) ?? []).length, 0),
      exactly('ready after them', String(await served.isAlive()), 'true'),
    ];
  } finally {
    await served.stop();
  }
}

export const numbers: HostileRow = { number: 31, title: 'numbers that are none, and histograms that cannot be', run };
