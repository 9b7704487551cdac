import type { Attributes, SpanKind } from '../../../domain/telemetry.ts';
import { unitedVariants } from '../../../domain/variants.ts';
import { NO_ATTRIBUTES } from './attributes.ts';
import { flagOutcome, isFlagEvent } from './flag-evaluation.ts';
import type { RecordReport } from './record-report.ts';

const FAILED = 2;
/** By the protocol's number; 0, unspecified, may be taken for internal (trace.proto). */
const KINDS: readonly SpanKind[] = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'];
const NO_LINKS: readonly string[] = [];

interface Link {
  readonly traceId: string;
  readonly spanId: string;
}

/** A span while its members come in, and the rules it is held to. Ids are lower-case hex, empty for none, null for no id. */
export class SpanDraft {
  traceId: string | null = '';
  spanId: string | null = '';
  parentSpanId: string | null = '';
  name = '';
  kind = 0;
  startMs = 0;
  endMs = 0;
  status = 0;
  attributes: Attributes = NO_ATTRIBUTES;
  private flags: Map<string, string> | null = null;
  private links: Link[] | null = null;

  clear(): void {
    this.traceId = '';
    this.spanId = '';
    this.parentSpanId = '';
    this.name = '';
    this.kind = 0;
    this.startMs = 0;
    this.endMs = 0;
    this.status = 0;
    this.attributes = NO_ATTRIBUTES;
    this.flags = null;
    this.links = null;
  }

  addEvent(name: string, attributes: Attributes): void {
    const outcome = isFlagEvent(name) ? flagOutcome(attributes) : null;
    if (outcome === null) return;
    this.flags ??= new Map();
    const before = this.flags.get(outcome.flag);
    this.flags.set(outcome.flag, before === undefined ? outcome.variant : unitedVariants(before, outcome.variant));
  }

  /** Links to nothing are of no use to anyone. */
  addLink(traceId: string | null, spanId: string | null): void {
    if (!traceId || !spanId) return;
    this.links ??= [];
    this.links.push({ traceId, spanId });
  }

  deliver(report: RecordReport, resource: Attributes): void {
    const { traceId, spanId, parentSpanId, startMs, endMs } = this;
    const kind = KINDS[this.kind];
    if (!traceId || !spanId || parentSpanId === null) report.reject('bad-span', 'an id is missing or not hex');
    else if (kind === undefined) report.reject('bad-span', `kind ${this.kind} is not known`);
    else if (startMs === 0 || endMs === 0) report.reject('bad-span', 'start or end is missing');
    else if (endMs < startMs) report.reject('bad-span', 'it ends before it starts');
    else {
      report.sink.span({
        traceId,
        spanId,
        parentSpanId,
        kind,
        name: this.name,
        startMs,
        endMs,
        failed: this.status === FAILED,
        resource,
        attributes: this.attributes,
        flags: this.flags ?? NO_ATTRIBUTES,
        linkedSpanIds: this.links === null ? NO_LINKS : linksWithin(traceId, this.links),
      });
    }
  }
}

function linksWithin(traceId: string, links: readonly Link[]): readonly string[] {
  return links.filter((link) => link.traceId === traceId).map((link) => link.spanId);
}
