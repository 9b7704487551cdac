/** What the parent tells a service, over the process channel. */
export type Order =
  /** Where the instances of each dependency listen now: name to loopback ports. */
  | { readonly kind: 'peers'; readonly ports: Readonly<Record<string, readonly number[]>> }
  /** Share of merchants that get `backoff.v2`, in percent. */
  | { readonly kind: 'rollout'; readonly percent: number }
  | { readonly kind: 'drain' };

/** What a service tells its parent, once it is warm. */
export interface Ready {
  readonly port: number;
}
