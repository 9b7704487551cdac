import type { Mechanism, Report } from '../../domain/report.ts';
import { figureWords, MECHANISMS_TITLE } from '../mechanisms.ts';
import { visibleName } from '../visible.ts';
import { detail, plain, shortName } from './comparisons.ts';
import { heading, moreParagraph } from './heading.ts';
import type { Paragraph, Span } from './layout.ts';
import { solid } from './layout.ts';

const LIMIT = 12;

/** How the regressions came about, each with its evidence in numbers. */
export function mechanismParagraphs({ mechanisms }: Report, width: number): readonly Paragraph[] {
  if (mechanisms.length === 0) return [];
  return [
    ...heading(MECHANISMS_TITLE),
    ...mechanisms.slice(0, LIMIT).flatMap((mechanism) => paragraphsOf(mechanism, width)),
    ...moreParagraph(mechanisms.length - LIMIT),
  ];
}

function paragraphsOf(mechanism: Mechanism, width: number): readonly Paragraph[] {
  const { evidence, figures, explains } = mechanism;
  return [
    { indent: 0, hang: 4, spans: titleSpans(mechanism, width) },
    ...evidence.map((sentence, index) => detail(index === 0 ? 'seen' : 'and', [plain(sentence)])),
    ...figures.map((figure) => detail('figure', [plain(`${visibleName(figure.name)}: ${figureWords(figure)}`)])),
    ...(explains.length === 0 ? [] : [detail('behind', [plain(explains.map(visibleName).join(', '))])]),
  ];
}

function titleSpans({ mechanism, service, endpoint, peer }: Mechanism, width: number): readonly Span[] {
  const place = [service, ...(endpoint === null ? [] : [endpoint])].map((name) => shortName(name, width, 0.4));
  return [
    { text: visibleName(mechanism), tone: 'strong' },
    plain(`: ${place.join(' · ')}`),
    ...(peer === null ? [] : [plain(` ${solid('→ ')}`), plain(shortName(peer, width, 0.4))]),
  ];
}
