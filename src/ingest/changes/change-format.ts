import type { AnnouncedChange } from '../../domain/change-document.ts';

/** A request that announces changes, as every format gets to see it. */
export interface ChangeEvent {
  readonly header: (name: string) => string | undefined;
  readonly text: string;
  /** The body as JSON; undefined where it is none. */
  readonly json: unknown;
}

export interface ReadChange extends AnnouncedChange {
  /** The same for the same event, however often it comes. */
  readonly id: string;
}

/** One way in which changes are announced, recognised by its content. */
export interface ChangeFormat {
  readonly name: string;
  /** What it is and where it comes from, for the API's page. */
  readonly says: string;
  recognises(event: ChangeEvent): boolean;
  /** None where the event is understood and changes nothing that is compared. */
  read(event: ChangeEvent): ReadChange[];
}
