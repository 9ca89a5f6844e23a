/** How much memory do the product's processes hold at this moment? It only looks. */
import { residentBytes } from '../control-plane/process-identity.ts';
import type { RunningProduct } from './product.ts';

export const parts = ['operator', 'webhook', 'gateway'] as const;
export type Part = (typeof parts)[number];

/** Resident megabytes (10^6 bytes) of each; NaN for one that is not running. */
export function residentMegabytes(product: RunningProduct): Readonly<Record<Part, number>> {
  const of = (part: Part): number => (residentBytes(product[part].process().pid) ?? Number.NaN) / 1e6;
  return { operator: of('operator'), webhook: of('webhook'), gateway: of('gateway') };
}
