import { describe, expect, it } from 'vitest';
import { type Attempt, logicalCalls } from '../../../src/ingest/folding/requests.ts';

function attempt(startMs: number, endMs: number, over: Partial<Attempt> = {}): Attempt {
  return { startMs, endMs, failed: false, resendCount: -1, beganElsewhere: false, address: 7, linksTo: -1, ...over };
}

function shapes(attempts: Attempt[]): [attempts: number, failed: boolean, startMs: number, endMs: number][] {
  return logicalCalls(attempts).map((call) => [call.attempts, call.failed, call.startMs, call.endMs]);
}

const FAILED = { failed: true };

describe('logicalCalls', () => {
  it('continues the call of the previous attempt where a resend count says so', () => {
    expect(
      shapes([
        attempt(0, 10, FAILED),
        attempt(15, 20, { failed: true, resendCount: 1 }),
        attempt(40, 50, { resendCount: 2 }),
        attempt(60, 70),
      ]),
    ).toEqual([
      [3, false, 0, 50],
      [1, false, 60, 70],
    ]);
  });

  it('trusts resend counts: a first attempt after a failed call is a call of its own', () => {
    expect(
      shapes([attempt(0, 10, FAILED), attempt(15, 20, { failed: true, resendCount: 1 }), attempt(30, 40)]),
    ).toEqual([
      [2, true, 0, 20],
      [1, false, 30, 40],
    ]);
    expect(shapes([attempt(0, 10, { failed: true, resendCount: 0 }), attempt(15, 20, { resendCount: 0 })])).toEqual([
      [1, true, 0, 10],
      [1, false, 15, 20],
    ]);
  });

  it('takes a resend without the attempts before it for a second one: those are counted where they are seen', () => {
    expect(shapes([attempt(0, 10, { resendCount: 1 })])).toEqual([[2, false, 0, 10]]);
    expect(shapes([attempt(0, 10, { resendCount: 3 })])).toEqual([[2, false, 0, 10]]);
    expect(shapes([attempt(0, 10, { resendCount: 3 }), attempt(20, 30, { resendCount: 4 })])).toEqual([
      [3, false, 0, 30],
    ]);
  });

  it('counts an attempt that is missing between two', () => {
    expect(shapes([attempt(0, 10, FAILED), attempt(40, 50, { resendCount: 2 })])).toEqual([[3, false, 0, 50]]);
  });

  it('takes a resend whose first attempt went elsewhere for a call of its own, unless one waits for it here', () => {
    const redirected = { resendCount: 1, beganElsewhere: true };
    expect(shapes([attempt(0, 10, redirected), attempt(20, 30, { resendCount: 2 })])).toEqual([[2, false, 0, 30]]);
    expect(logicalCalls([attempt(0, 10, redirected)])[0]?.retried).toBeNull();
    expect(shapes([attempt(0, 10, { resendCount: 1 }), attempt(20, 30, redirected)])).toHaveLength(2);
    expect(shapes([attempt(0, 10, FAILED), attempt(20, 30, redirected)])).toEqual([[2, false, 0, 30]]);
  });

  it('keeps calls apart that are resent side by side', () => {
    expect(
      shapes([
        attempt(0, 10, FAILED),
        attempt(1, 30, FAILED),
        attempt(12, 20, { resendCount: 1 }),
        attempt(31, 40, { resendCount: 1 }),
      ]),
    ).toEqual([
      [2, false, 0, 20],
      [2, false, 1, 40],
    ]);
  });

  it('follows links to earlier attempts', () => {
    expect(shapes([attempt(0, 10), attempt(1, 9), attempt(5, 20, { linksTo: 0 })])).toEqual([
      [2, false, 0, 20],
      [1, false, 1, 9],
    ]);
  });

  it('takes a sibling that begins after a failed one has ended for a retry', () => {
    expect(shapes([attempt(0, 10, FAILED), attempt(10, 20, FAILED), attempt(100, 110)])).toEqual([[3, false, 0, 110]]);
  });

  it('takes siblings that overlap, follow a success or call another address for calls of their own', () => {
    expect(shapes([attempt(0, 10, FAILED), attempt(9, 20)])).toHaveLength(2);
    expect(shapes([attempt(0, 10), attempt(11, 20)])).toHaveLength(2);
    expect(shapes([attempt(0, 10, { failed: true, address: 1 }), attempt(11, 20, { address: 2 })])).toHaveLength(2);
  });

  it('takes nothing for a retry that does not say what it called: the next statement is about something else', () => {
    const unknown = { address: 0 };
    expect(
      shapes([attempt(0, 10, { ...FAILED, ...unknown }), attempt(11, 20, unknown), attempt(21, 30, unknown)]),
    ).toEqual([
      [1, true, 0, 10],
      [1, false, 11, 20],
      [1, false, 21, 30],
    ]);
  });

  it('lets one failed attempt be repeated once only', () => {
    expect(shapes([attempt(0, 10, FAILED), attempt(11, 20), attempt(12, 20)])).toEqual([
      [2, false, 0, 20],
      [1, false, 12, 20],
    ]);
  });
});
