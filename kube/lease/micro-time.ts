/** How does Kubernetes write an instant in Leases and Events? RFC 3339 with exactly six digits; anything else is a 400. */

/** Epoch milliseconds as MicroTime. */
export function microTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('Z', '000Z');
}
