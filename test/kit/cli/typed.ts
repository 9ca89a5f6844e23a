/** What was typed behind a command, for what is called without the parser and without a cluster. */
import type { CommandInput, Terminal } from '../../../cli/command.ts';

/** Options by their names in `CommandInput`. */
export function typed(options: Readonly<Record<string, string | true>> = {}): CommandInput {
  return {
    arguments: [],
    option: (name) => {
      const value = options[name];
      return typeof value === 'string' ? value : undefined;
    },
    flag: (name) => options[name] === true,
    list: (name) => [options[name]].flatMap((value) => (typeof value === 'string' ? [value] : [])),
  };
}

/** A terminal that no one looks at. */
export const unseen: Terminal = {
  out: () => Promise.resolve(),
  say: () => undefined,
  readStdin: () => Promise.resolve(''),
  now: () => Date.now(),
  zone: 'UTC',
  environment: {},
};

/** A list that the caller may not see. */
export const unlisted = (): Promise<undefined> => Promise.resolve(undefined);
