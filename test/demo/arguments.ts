/** What is asked of the demo on its command line. */
import { parseArgs } from 'node:util';

export interface DemoArguments {
  /** Keep everything up instead of playing the story. */
  readonly stay: boolean;
  /** With `stay`: say how to play with it in one line of JSON. */
  readonly json: boolean;
}

export type ReadArguments =
  | ({ readonly do: 'play' } & DemoArguments)
  | { readonly do: 'say'; readonly text: string; readonly exitCode: 0 | 2 };

const usage = `Usage: npm run demo [-- OPTION …]

Plays the main job on a real Kubernetes control plane and ends: a grant, a sign-in, a masked page, a refusal, a lock,
the end of a grant, and the records of all that.

  --stay    keep everything up instead, and say how to play with it; Ctrl-C ends it
  --json    with --stay: say it in one line of JSON on standard output, for programs
  --help    this text

npm takes options for itself that stand before "--": write npm run demo -- --stay
`;

/** Reads the arguments. `env` shows which of them npm took for itself: it puts `--stay` into `npm_config_stay`. */
export function readArguments(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ReadArguments {
  const options = {
    stay: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } as const;
  try {
    const { stay, json, help } = parseArgs({ args: [...args], options }).values;
    if (help) return { do: 'say', text: usage, exitCode: 0 };
    const taken = ['stay', 'json'].filter((name) => (env[`npm_config_${name}`] ?? '') === 'true');
    if (taken.length > 0 && !stay)
      return wrong(`npm took --${taken.join(' and --')} for itself. ${missing(taken)}`);
    if (json && !stay) return wrong('--json goes with --stay: npm run demo -- --stay --json');
    return { do: 'play', stay, json };
  } catch (error) {
    return wrong(`${error instanceof Error ? error.message.split('. ')[0] : String(error)}.\n\n${usage}`);
  }
}

const missing = (names: readonly string[]): string =>
  `Write: npm run demo -- ${['stay', ...names.filter((name) => name !== 'stay')].map((name) => `--${name}`).join(' ')}`;

const wrong = (text: string): ReadArguments => ({ do: 'say', text: `${text.trimEnd()}\n`, exitCode: 2 });
