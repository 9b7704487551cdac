/** Whose share of a regression is, at the most that its interval allows, no more than this is cleared of it. */
export const NEGLIGIBLE_SHARE = 0.25;
/** Whose share is estimated to reach this, and is no chance, is guilty of it. */
export const MATERIAL_SHARE = 0.2;
/** What explains at least this leaves nothing that others would be needed for. */
export const SUFFICIENT_SHARE = 0.75;
