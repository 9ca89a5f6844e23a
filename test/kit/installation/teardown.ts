/** What has to be taken down, newest first. It can run at any moment, also while things are still being put up. */
export interface Teardown {
  add(down: () => unknown): void;
  run(): Promise<void>;
}

/** An empty one. Each entry runs once, even if one before it throws; the first error is thrown at the end. */
export function aTeardown(): Teardown {
  const downs: (() => unknown)[] = [];
  return {
    add: (down) => void downs.push(down),
    run: async () => {
      const errors: unknown[] = [];
      for (const down of downs.splice(0).reverse()) {
        try {
          await down();
        } catch (error) {
          errors.push(error);
        }
      }
      if (errors.length > 0) throw errors[0];
    },
  };
}
