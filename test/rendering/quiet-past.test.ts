import { describe, expect, it } from 'vitest';
import { quietPastWords } from '../../src/rendering/quiet-past.ts';
import { renderText } from '../../src/rendering/text.ts';
import { readFixtureReport } from './fixture-reports.ts';

const report = readFixtureReport('dten');
const past = { windows: 40, alarms: 6, as_strong: 1, p: 2 / 41, same_hours: { windows: 5, as_strong: 0 } };

describe('the past of a report', () => {
  it('says how often intervals alone would have alarmed, and how many quiet stretches had evidence as strong', () => {
    expect(quietPastWords({ ...report, quiet_past: past })).toBe(
      'false alarms: intervals alone would have alarmed on 6 of 40 quiet stretches of the baseline (15%); a move must also stand out from these, of which 1 had evidence as strong, at the same hours 0 of 5',
    );
  });

  it('is nothing where the baseline is too short to hold a quiet stretch', () => {
    expect(quietPastWords({ ...report, quiet_past: null })).toBeNull();
    expect(quietPastWords({ ...report, quiet_past: { ...past, windows: 0 } })).toBeNull();
  });

  it('stands below the verdict', () => {
    const text = renderText({ ...report, quiet_past: past }, { width: 400, colour: false });
    expect(text.split('\n').slice(0, 3).join(' ')).toContain('alarmed on 6 of 40 quiet stretches');
  });
});
