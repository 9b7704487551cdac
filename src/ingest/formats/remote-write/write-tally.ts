import type { QualityCode } from '../../../domain/quality.ts';

/** What became of the elements of one kind in a request. */
export class ElementTally {
  /** Given to the sink. */
  handed = 0;
  /** Understood and kept out of the sink, since they say that there is no value, or one that nothing can be made of. */
  leftOut = 0;
  /** Invalid: they will never be written, whoever sends them again. */
  refused = 0;
}

/** What became of a request, as far as decoding can tell: the sink may still refuse what was handed to it. */
export class WriteTally {
  readonly samples = new ElementTally();
  readonly histograms = new ElementTally();
  /** Exemplars are counted and not kept. */
  readonly exemplars = new ElementTally();
  /** Series that could not be used, whatever they held. */
  refusedSeries = 0;
  firstReason: string | null = null;
  /** What was told the sink about elements that were kept out, or used all the same. */
  readonly remarks = new Set<QualityCode>();
  /** Whether there are histograms at all. */
  hasHistograms = false;

  get isClean(): boolean {
    const { samples, histograms, exemplars, refusedSeries } = this;
    return samples.refused + histograms.refused + exemplars.refused + refusedSeries === 0;
  }
}
