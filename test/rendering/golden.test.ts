import { describe, expect, it } from 'vitest';
import type { RendererName } from '../../src/rendering/index.ts';
import { RENDERERS } from '../../src/rendering/index.ts';
import { FIXTURE_NAMES, FIXTURES_FOLDER, readFixtureReport } from './fixture-reports.ts';

const ENDINGS: Record<Exclude<RendererName, 'text'>, string> = { json: 'json', markdown: 'md', html: 'html' };

describe.each(FIXTURE_NAMES)('the report %s', (name) => {
  const report = readFixtureReport(name);

  it.each([60, 80, 120])('reads as agreed on a terminal of %i columns', async (width) => {
    const text = RENDERERS.text(report, { width, colour: false });
    await expect(text).toMatchFileSnapshot(`${FIXTURES_FOLDER}/${name}.golden.${width}.txt`);
  });

  it('reads as agreed in colour', async () => {
    const text = RENDERERS.text(report, { width: 80, colour: true });
    await expect(text).toMatchFileSnapshot(`${FIXTURES_FOLDER}/${name}.golden.ansi`);
  });

  it.each(Object.entries(ENDINGS))('is, as %s, what was agreed', async (format, ending) => {
    const document = RENDERERS[format as RendererName](report, { width: 80, colour: false });
    await expect(document).toMatchFileSnapshot(`${FIXTURES_FOLDER}/${name}.golden.${ending}`);
  });
});
