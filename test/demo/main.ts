/**
 * `npm run demo`: the main job, end to end, on real parts, in one command. `--stay` keeps everything up instead and says
 * how to play with it; `--stay --json` says so in one line of JSON on stdout, for programs.
 */
import { parseArgs } from 'node:util';
import { aNarrator, type Narrator } from './narrator.ts';
import { type Stage, setStage } from './stage.ts';
import { howToPlay, invitation } from './stay.ts';
import { playStory } from './story.ts';

const usage = 'Usage: npm run demo [-- --stay [--json]]';

function readArguments(): { stay: boolean; json: boolean } {
  const { values } = parseArgs({
    options: { stay: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
  });
  if (values.json && !values.stay) throw new Error('--json goes with --stay');
  return values;
}

/** A mistyped option is answered with the right ones, not with a stack. */
function readArgumentsOrExit(): { stay: boolean; json: boolean } {
  try {
    return readArguments();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    return process.exit(2);
  }
}

/** Resolves when somebody asks us to end. */
async function untilAskedToEnd(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}

async function stay(stage: Stage, json: boolean): Promise<void> {
  if (json) process.stdout.write(`${JSON.stringify(invitation(stage))}\n`);
  else process.stdout.write(howToPlay(stage));
  await untilAskedToEnd();
}

async function play(stage: Stage, narrator: Narrator): Promise<void> {
  const figures = await playStory(stage, narrator);
  narrator.say(
    `That was the main job: ${figures.acceptedAfter} of ${figures.sent} requests got through after the lock, ` +
      `the stream's last byte came ${figures.lastByteAfter.toFixed(0)} ms after it.`,
  );
}

const { stay: stays, json } = readArgumentsOrExit();
const narrator = aNarrator(stays ? process.stderr : process.stdout);
let stage: Stage | undefined;
let exitCode = 0;
try {
  const startedAt = performance.now();
  stage = await setStage(narrator);
  await (stays ? stay(stage, json) : play(stage, narrator));
  if (!stays)
    narrator.say(
      `The whole demo took ${((performance.now() - startedAt) / 1000).toFixed(0)} s. Nothing is left behind.`,
    );
} catch (error) {
  // A person gets a sentence; the stack is for those who ask for it.
  narrator.say(`The demo could not go on: ${error instanceof Error ? error.message : String(error)}`);
  if (process.env.DEBUG) console.error(error);
  exitCode = 1;
} finally {
  await stage?.strike();
}
process.exit(exitCode);
