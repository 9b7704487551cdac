import { familyOf, METRIC_TYPE } from './series-kind.ts';

const MOST_FAMILIES = 1 << 14;
const NAME_CHARACTERS = 256;

/** What a sender said of a metric. */
export interface FamilyMetadata {
  readonly type: number;
  readonly unit: string;
}

const NOTHING: FamilyMetadata = { type: METRIC_TYPE.unknown, unit: '' };

/** Metadata by metric family. In version 1.0 it comes in requests of its own, now and then. */
export class MetadataBook {
  private readonly families = new Map<string, FamilyMetadata>();

  /** Whether this is news. */
  note(family: string, type: number, unit: string): boolean {
    const known = this.families.get(family);
    if (known !== undefined && known.type === type && known.unit === unit) return false;
    if (family.length + unit.length > NAME_CHARACTERS) return false;
    if (known === undefined && this.families.size >= MOST_FAMILIES) return false;
    this.families.set(family, { type, unit });
    return true;
  }

  of(metric: string): FamilyMetadata {
    return this.families.get(metric) ?? this.families.get(familyOf(metric)) ?? NOTHING;
  }
}
