import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError, type AppErrorCode } from '../src/domain/error.ts';
import type { IngestAnswer } from '../src/ingest/routes/otlp.ts';
import { IngestLog } from '../src/ingest-log.ts';

interface Line {
  readonly level: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

describe('what becomes of telemetry is logged', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('once for the first that is shed, and as a number for those of the next ten seconds', () => {
    const { log, lines } = openLog();
    for (let request = 0; request < 999; request++) log.note(shed('metrics', 'overloaded'));
    log.note({ ...answer('metrics', 503), error: new AppError('overloaded', 'another reason') });
    expect(lines.map(({ message }) => message)).toEqual(['telemetry not taken']);
    vi.advanceTimersByTime(10_000);
    expect(lines.slice(1)).toEqual([
      {
        level: 'warn',
        fields: {
          door: 'metrics',
          status: 503,
          code: 'overloaded',
          requests: 999,
          seconds: 10,
          lastReason: 'another reason',
        },
        message: 'more not taken',
      },
    ]);
  });

  it('in full again once a stretch has passed in which nothing was shed', () => {
    const { log, lines } = openLog();
    log.note(shed('metrics', 'overloaded'));
    vi.advanceTimersByTime(10_000);
    log.note(shed('metrics', 'overloaded'));
    expect(lines.map(({ message }) => message)).toEqual(['telemetry not taken', 'telemetry not taken']);
  });

  it('with no request uncounted while shedding goes on', () => {
    const { log, lines } = openLog();
    for (let second = 0; second < 35; second++) {
      log.note(shed('metrics', 'overloaded'));
      vi.advanceTimersByTime(1000);
    }
    vi.advanceTimersByTime(10_000);
    const counted = lines.map(({ fields }) => (fields.requests as number | undefined) ?? 1);
    expect(counted.reduce((sum, one) => sum + one, 0)).toBe(35);
    expect(lines.length).toBeLessThan(6);
  });

  it('apart for each door and each reason', () => {
    const { log, lines } = openLog();
    log.note(shed('metrics', 'overloaded'));
    log.note(shed('traces', 'overloaded'));
    log.note(shed('metrics', 'unavailable'));
    expect(lines).toHaveLength(3);
  });

  it('once for what is rejected of requests that are taken, with its reason, and then as numbers', () => {
    const { log, lines } = openLog();
    const rejecting = (rejected: number, where: string) => {
      const reasons = [{ code: 'time-out-of-range' as const, count: rejected, where, detail: 'at noon' }];
      log.note({ ...answer('metrics', 200), receipt: { accepted: 1, rejected, reasons } });
    };
    rejecting(2, 'first of service.name "cart"');
    rejecting(3, 'second');
    rejecting(4, 'third');
    vi.advanceTimersByTime(10_000);
    expect(lines).toEqual([
      {
        level: 'warn',
        fields: {
          door: 'metrics',
          rejected: 2,
          reason: 'time-out-of-range (2 times) at first of service.name "cart": at noon',
        },
        message: 'part of the telemetry rejected',
      },
      {
        level: 'warn',
        fields: {
          door: 'metrics',
          requests: 2,
          rejected: 7,
          lastReason: 'time-out-of-range (4 times) at third: at noon',
          seconds: 10,
        },
        message: 'more rejected',
      },
    ]);
  });

  it('not at all where a remark rejected nothing', () => {
    const { log, lines } = openLog();
    const reasons = [{ code: 'series-overflow' as const, count: 0, where: 'm', detail: '' }];
    log.note({ ...answer('metrics', 200), receipt: { accepted: 1, rejected: 0, reasons } });
    expect(lines).toEqual([]);
  });

  it('each time where the error is a defect of ours', () => {
    const { log, lines } = openLog();
    for (let request = 0; request < 3; request++) log.note({ ...answer('metrics', 503), error: new TypeError('x') });
    expect(lines).toHaveLength(3);
  });

  it('for whoever debugs only, where the sender is at fault, and not at all where it was taken', () => {
    const { log, lines } = openLog();
    log.note({ ...answer('metrics', 400), error: new AppError('malformed', 'no') });
    log.note(answer('metrics', 200));
    expect(lines.map(({ level }) => level)).toEqual(['debug']);
  });
});

function openLog() {
  const lines: Line[] = [];
  const at = (level: string) => (fields: unknown, message?: string) =>
    void lines.push({ level, fields: fields as Line['fields'], message: message ?? '' });
  return { log: new IngestLog({ warn: at('warn'), debug: at('debug') }), lines };
}

function answer(door: string, status: number): IngestAnswer {
  return { door, status, wireBytes: 1, receipt: null, error: null };
}

function shed(door: string, code: AppErrorCode): IngestAnswer {
  return { ...answer(door, 503), error: new AppError(code, 'send it again later') };
}
