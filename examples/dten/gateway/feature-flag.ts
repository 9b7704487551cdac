import { createHash } from 'node:crypto';
import type { Client, Hook } from '@openfeature/server-sdk';
import { OpenFeature, TypedInMemoryProvider } from '@openfeature/server-sdk';
import { metrics, trace } from '@opentelemetry/api';
import { fixedWait, quickBackoff, type RetryStrategy } from './backoff.ts';

const BACKOFF_FLAG = 'backoff.v2';

/** Semantic conventions, feature flags: the evaluation is an event on the span that was active. */
const evaluationEvent: Hook = {
  after: ({ flagKey, providerMetadata }, details) => {
    trace.getActiveSpan()?.addEvent('feature_flag.evaluation', {
      'feature_flag.key': flagKey,
      'feature_flag.result.variant': details.variant ?? 'unknown',
      'feature_flag.provider.name': providerMetadata.name,
    });
  },
};

/**
 * What OpenFeature's metrics hook counts (open-feature/js-sdk-contrib, libs/hooks/open-telemetry). Prometheus has no spans, so it
 * is all that a scrape says of flags.
 */
function evaluationCounter(): Hook {
  const successes = metrics.getMeter('openfeature').createCounter('feature_flag.evaluation_success_total');
  return {
    after: ({ flagKey, providerMetadata }, details) => {
      successes.add(1, {
        'feature_flag.key': flagKey,
        'feature_flag.provider.name': providerMetadata.name,
        'feature_flag.result.variant': details.variant ?? 'unknown',
      });
    },
  };
}

/** The retry strategy of 4.2.0: the flag decides, merchant by merchant. */
export class FlaggedStrategy {
  readonly #provider = new TypedInMemoryProvider(flagsFor(0));
  readonly #client: Client = OpenFeature.getClient().addHooks(evaluationEvent, evaluationCounter());

  async connect(): Promise<void> {
    await OpenFeature.setProviderAndWait(this.#provider);
  }

  rollOut(percent: number): void {
    this.#provider.putConfiguration(flagsFor(percent));
  }

  async strategyFor(merchant: string): Promise<RetryStrategy> {
    const on = await this.#client.getBooleanValue(BACKOFF_FLAG, false, { targetingKey: merchant });
    return on ? quickBackoff : fixedWait;
  }
}

function flagsFor(percent: number) {
  return {
    [BACKOFF_FLAG]: {
      disabled: false,
      variants: { on: true, off: false },
      defaultVariant: 'off' as const,
      contextEvaluator: (context: { targetingKey?: string }) =>
        stickyPercentile(context.targetingKey ?? '') < percent ? ('on' as const) : ('off' as const),
    },
  };
}

/** The same merchant always lands on the same percentile, on every instance. */
function stickyPercentile(merchant: string): number {
  return createHash('sha256').update(`${BACKOFF_FLAG}/${merchant}`).digest().readUInt32BE(0) % 100;
}
