/** THE list of rows: each is loaded only when it is run, so that one that needs a control plane costs the others nothing. */
import type { Row } from './row.ts';

export const rows: readonly { readonly id: string; readonly load: () => Promise<Row> }[] = [
  { id: 'a3', load: async () => (await import('./rows/a3-writes.ts')).a3 },
  { id: 'b5', load: async () => (await import('./rows/b5-allowlist.ts')).b5 },
  { id: 'b6', load: async () => (await import('./rows/b6-routes.ts')).b6 },
  { id: 'c1', load: async () => (await import('./rows/c1-decide.ts')).c1 },
  { id: 'd1', load: async () => (await import('./rows/d1-masking.ts')).d1 },
  { id: 'e2', load: async () => (await import('./rows/e2-resync.ts')).e2 },
  { id: 'e2-people', load: async () => (await import('./rows/e2-people.ts')).e2People },
  { id: 'n1', load: async () => (await import('./rows/n1-annotation-storm.ts')).n1 },
  { id: 'g5', load: async () => (await import('./rows/g5-search.ts')).g5 },
  { id: 'i1', load: async () => (await import('./rows/i1-image.ts')).i1 },
  { id: 'm1', load: async () => (await import('./rows/m1-memory.ts')).m1 },
  { id: 'm2', load: async () => (await import('./rows/m2-pods.ts')).m2 },
  { id: 'p1', load: async () => (await import('./rows/p1-plugin.ts')).p1 },
  { id: 'r1', load: async () => (await import('./rows/r1-revocation.ts')).r1 },
  { id: 't2', load: async () => (await import('./rows/t2-grants.ts')).t2 },
  { id: 'r2', load: async () => (await import('./rows/r2-cut-under-load.ts')).r2 },
  { id: 'gateway', load: async () => (await import('./rows/gateway.ts')).gateway },
  { id: 'r3', load: async () => (await import('./rows/r3-taken-back.ts')).r3 },
];
