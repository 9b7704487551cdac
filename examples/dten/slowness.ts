export const SLOWNESS_VARIABLE = 'DTEN_SLOWNESS';

/**
 * How many times longer than in the story the third party throttles and callers wait. It has to be far longer than what a busy
 * machine adds to a call, or the quick calls are quick no more and do no harm.
 */
export const SLOWNESS = Number(process.env[SLOWNESS_VARIABLE] ?? '1');
