/** What explains no more than this of a regression is cleared of it. */
export const NEGLIGIBLE_SHARE = 0.25;
/** What explains at least this is guilty of it. */
export const MATERIAL_SHARE = 0.2;
/** What explains at least this leaves nothing that others would be needed for. */
export const SUFFICIENT_SHARE = 0.75;
