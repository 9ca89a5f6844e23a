/** Reads which part of the log a reader asks for. Strict: what is not understood is refused, not guessed. */

export interface Page {
  /** The sequence number after which to start. */
  readonly after: number;
  readonly limit: number;
}

const maxLimit = 1000;

/** Reads `after` (default 0) and `limit` (default and most: 1000, unless said); anything else, or anything twice, is a problem. */
export function pageOf(query: URLSearchParams, most = maxLimit): Page | { readonly problem: string } {
  const names = [...query.keys()];
  const strange = names.find((name, at) => !['after', 'limit'].includes(name) || names.indexOf(name) !== at);
  if (strange !== undefined)
    return { problem: 'only after and limit may be given, each once, for example ?after=100&limit=50' };
  const after = numberOf(query.get('after') ?? '0');
  const limit = numberOf(query.get('limit') ?? String(most));
  if (after === undefined) return { problem: 'after must be a sequence number, for example after=100' };
  if (limit === undefined || limit < 1 || limit > most)
    return { problem: `limit must be a whole number from 1 to ${most}, for example limit=50` };
  return { after, limit };
}

function numberOf(text: string): number | undefined {
  return /^(0|[1-9][0-9]{0,14})$/.test(text) ? Number(text) : undefined;
}
