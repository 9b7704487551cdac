import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeMarkdown, markdownLine, markdownName } from '../../src/rendering/markdown/escape.ts';
import { renderMarkdown } from '../../src/rendering/markdown.ts';
import { arbitraryReport } from './arbitrary-report.ts';
import { readFixtureReport } from './fixture-reports.ts';

/** Lines without code spans and escaped characters: what is left is syntax. */
function syntaxOf(markdown: string): readonly string[] {
  return markdown.split('\n').map((line) => line.replace(/\\./g, '').replace(/`[^`]*`/g, ''));
}

describe('a report as Markdown', () => {
  it('opens with the verdict and the upgrade', () => {
    expect(renderMarkdown(readFixtureReport('dten'))).toMatch(/^# ▲ Regressed: `dten-4.2.0`\n/);
  });

  it('keeps every row of a table as wide as its header, whatever the names hold', () => {
    fc.assert(
      fc.property(arbitraryReport, (report) => {
        let width = 0;
        for (const line of syntaxOf(renderMarkdown(report))) {
          const pipes = line.split('|').length - 1;
          if (line.startsWith('|') && width === 0) width = pipes;
          if (!line.startsWith('|')) width = 0;
          expect(pipes, line).toBe(width);
        }
      }),
    );
  });

  it('lets no HTML, link, image or fence out of names and sentences', () => {
    fc.assert(
      fc.property(arbitraryReport, (report) => {
        const markdown = renderMarkdown(report);
        expect(markdown).not.toContain('<');
        expect(markdown).not.toMatch(/javascript\s*:/i);
        const syntax = syntaxOf(markdown).join('\n');
        expect(syntax).not.toMatch(/[[\]`@]|~~|:\/\/|www\./);
      }),
    );
  });

  it('holds no raw control character besides its line ends', () => {
    fc.assert(
      fc.property(arbitraryReport, (report) => {
        expect(renderMarkdown(report).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it('keeps plain routes and identifiers readable', () => {
    expect(markdownName('POST /orders/{id}')).toBe('`POST /orders/{id}`');
    expect(escapeMarkdown('retry_ratio of gateway 4.2.0 rose (q 0.002)')).toBe(
      'retry_ratio of gateway 4.2.0 rose (q 0.002)',
    );
  });

  it('opens no list or heading with a sentence that starts like one', () => {
    expect(markdownLine('1. first')).toBe('1\\. first');
    expect(markdownLine('- dash')).toBe('\\- dash');
    expect(markdownLine('# heading')).toBe('\\# heading');
  });

  it('mentions nobody and refers to no issue', () => {
    expect(escapeMarkdown('ask @team about #42')).toBe('ask `@`team about `#`42');
  });
});
