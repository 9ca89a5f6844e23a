import { defineConfig } from 'vitest/config';

/** Suites that try a statement on many inputs: slow by nature, so the inner loop does not wait for them. */
const laws = [
  'test/unit/**/*-{laws,properties}.test.ts',
  'test/unit/**/golden.test.ts',
  // The same statements about the chart for each major of Helm, every rendering a process of its own.
  'test/unit/charts/{render,values}.test.ts',
];
/** Suites that start a store of records, or several, for each test: a thread with its own SQLite file, and its TypeScript. */
const stores = [
  'test/unit/webhook/in-cluster/records/**/*.test.ts',
  'test/unit/trail/client.test.ts',
  'test/unit/cli/records{,-search}.test.ts',
];
/** Suites that make the machine busy on purpose: only in `npm run test:long`, where no other suite runs beside them. */
const underLoad = ['test/unit/**/*-under-load.test.ts'];
/** The orders, sizes and numbers of inputs that take minutes more than the core of the same statements: `npm run test:long`. */
const long = ['test/{unit,integration,e2e}/**/*-long.test.ts'];

/**
 * Threads that are kept from file to file: most of the time of a fast test is loading what it imports, and nothing here
 * exports what a test could leave changed (the architecture test sees to that).
 */
const shared = { pool: 'threads', isolate: false, maxWorkers: 2 } as const;

/**
 * The suites of `npm test`: pure and in-process; on stores of records; laws over generated inputs; on a real control plane; a person's story
 * on everything together; on a real node that runs pods. And those that need more time, or more machine.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/architecture/**/*.test.ts'],
          exclude: [...laws, ...stores, ...underLoad, ...long],
          ...shared,
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'stores',
          include: stores,
          exclude: [...laws, ...long],
          ...shared,
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'laws',
          include: laws,
          ...shared,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'under-load',
          include: underLoad,
          testTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'long',
          include: long,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          exclude: long,
          globalSetup: ['test/kit/vitest/control-plane.ts'],
          testTimeout: 60_000,
          hookTimeout: 240_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: long,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers: 1,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'node',
          include: ['test/node/{cluster,installation}/*.test.ts'],
          globalSetup: ['test/kit/vitest/node.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          // One node for all of them, and some restart it.
          maxWorkers: 1,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'node-long',
          include: ['test/node/long/*.test.ts'],
          globalSetup: ['test/kit/vitest/pod-images.ts'],
          testTimeout: 240_000,
          // Each file starts a node of its own and installs the product on it.
          hookTimeout: 420_000,
          maxWorkers: 1,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'k3s',
          include: ['test/k3s/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
