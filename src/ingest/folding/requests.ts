/** One client span of a group: same parent, peer and method. */
export interface Attempt {
  readonly startMs: number;
  readonly endMs: number;
  readonly failed: boolean;
  /** `http.request.resend_count`; -1 where the span does not carry it. */
  readonly resendCount: number;
  /** Whether the attempt before this resend went to another place, where it is counted. */
  readonly beganElsewhere: boolean;
  /** What was called, as a number, 0 where that is not known; only the same known address is taken for a retry. */
  readonly address: number;
  /** Position in the group of an earlier attempt this span links to; -1: none. */
  readonly linksTo: number;
}

/** An attempt in its place in the call. */
export interface OrderedAttempt {
  /** 1 for the first. */
  readonly ordinal: number;
  readonly startMs: number;
  readonly durationMs: number;
  readonly failed: boolean;
  /** Since the end of the attempt before, 0 where they overlap; NaN where that one was not seen. */
  readonly delayMs: number;
}

/** What the caller asked for once, with everything that went on the wire for it. */
export interface LogicalCall {
  readonly startMs: number;
  endMs: number;
  attempts: number;
  /** Whether the last attempt failed. */
  failed: boolean;
  /** Position of the first attempt in the group. */
  readonly first: number;
  /** The attempts seen, in order of their start; null where the call is one attempt and nothing else. */
  retried: OrderedAttempt[] | null;
}

interface OpenCall extends LogicalCall {
  last: Attempt;
  /** Resends before the last attempt, where attempts say so. */
  lastResend: number;
  lastOrdinal: number;
  seen: number;
  /** Resends before the first attempt that are not of this call. */
  resentBefore: number;
}

/** Older calls of a group are not looked at: a parent with very many children must not cost their square. */
const CALLS_LOOKED_AT = 64;

/**
 * Groups attempts, in order of their start, into logical calls. A resend count of one or more continues a call, and so
 * does a link to an earlier attempt. Where the group carries no resend count at all, an attempt that begins after a
 * failed one of the same address has ended repeats it; what overlaps, follows a success, or does not say what it called (a
 * statement, a message, a remote procedure: the next may be about something else), is a call of its own.
 *
 * A resend whose earlier attempts are not in the group is a call of its own: its first attempt where they went elsewhere, else
 * its second. More are not made up: where each resend is alone, in a trace of its own, those before it are seen too.
 */
export function logicalCalls(attempts: readonly Attempt[]): LogicalCall[] {
  const hasOrdinals = attempts.some((attempt) => attempt.resendCount >= 0);
  const calls: OpenCall[] = [];
  const callOf: OpenCall[] = [];
  for (const [position, attempt] of attempts.entries()) {
    const call = continued(attempt) ?? openCall(attempt, position);
    callOf[position] = call;
    noteAttempt(call, attempt);
    call.last = attempt;
    call.lastResend = Math.max(attempt.resendCount, 0);
    call.seen++;
    call.attempts = Math.max(call.attempts, call.seen, call.lastResend - call.resentBefore + 1);
    call.endMs = Math.max(call.endMs, attempt.endMs);
    call.failed = attempt.failed;
  }
  return calls;

  function openCall(attempt: Attempt, first: number): OpenCall {
    const { startMs, endMs, failed, resendCount, beganElsewhere } = attempt;
    const call: OpenCall = {
      startMs,
      endMs,
      attempts: 0,
      failed,
      first,
      retried: null,
      last: attempt,
      lastResend: 0,
      lastOrdinal: 0,
      seen: 0,
      resentBefore: Math.max(0, beganElsewhere ? resendCount : resendCount - 1),
    };
    calls.push(call);
    return call;
  }

  function continued(attempt: Attempt): OpenCall | undefined {
    if (attempt.resendCount >= 0) return attempt.resendCount === 0 ? undefined : resent(attempt);
    if (attempt.linksTo >= 0) return callOf[attempt.linksTo];
    if (hasOrdinals) return undefined;
    return latest((call) => isRepeatedBy(call.last, attempt));
  }

  /** The previous attempt's call, unless another one waits for this ordinal, or an attempt at another place did. */
  function resent(attempt: Attempt): OpenCall | undefined {
    const waits = (call: OpenCall) => call.lastResend === attempt.resendCount - 1;
    const waiting = latest((call) => waits(call) && call.last.endMs <= attempt.startMs) ?? latest(waits);
    return waiting ?? (attempt.beganElsewhere ? undefined : callOf[callOf.length - 1]);
  }

  function latest(matches: (call: OpenCall) => boolean): OpenCall | undefined {
    const oldest = Math.max(0, calls.length - CALLS_LOOKED_AT);
    for (let i = calls.length - 1; i >= oldest; i--) if (matches(calls[i]!)) return calls[i];
    return undefined;
  }
}

function noteAttempt(call: OpenCall, attempt: Attempt): void {
  const isFirst = call.seen === 0;
  const ordinal = attempt.resendCount >= 0 ? attempt.resendCount - call.resentBefore + 1 : call.lastOrdinal + 1;
  if (!isFirst || ordinal > 1) {
    if (call.retried === null) call.retried = isFirst ? [] : [ordered(call.last, call.lastOrdinal, Number.NaN)];
    const follows = !isFirst && ordinal === call.lastOrdinal + 1;
    call.retried.push(ordered(attempt, ordinal, follows ? Math.max(0, attempt.startMs - call.last.endMs) : Number.NaN));
  }
  call.lastOrdinal = ordinal;
}

function ordered({ startMs, endMs, failed }: Attempt, ordinal: number, delayMs: number): OrderedAttempt {
  return { ordinal, startMs, durationMs: endMs - startMs, failed, delayMs };
}

function isRepeatedBy(earlier: Attempt, later: Attempt): boolean {
  return earlier.failed && earlier.endMs <= later.startMs && later.address !== 0 && earlier.address === later.address;
}
