/**
 * `npm run demo`: the main job, end to end, on real parts, in one command. `--stay` keeps everything up instead and says
 * how to play with it; `--stay --json` says so in one line of JSON on stdout, for programs.
 */
import { endWithParent } from '../../tools/end-with-parent.ts';
import { anExampleInstallation, type ExampleInstallation } from '../kit/installation/example-installation.ts';
import { aNarrator, type Narrator } from '../kit/installation/narrator.ts';
import { residentMegabytes } from '../kit/installation/product-memory.ts';
import { aTeardown } from '../kit/installation/teardown.ts';
import { readArguments } from './arguments.ts';
import { keepLogs } from './logs.ts';
import { howToPlay, invitation } from './stay.ts';
import { playStory } from './story.ts';

/** Shows the way in, and stays until a signal ends the process. */
async function stay(installation: ExampleInstallation, asJson: boolean): Promise<void> {
  const told = asJson ? `${JSON.stringify(await invitation(installation))}\n` : await howToPlay(installation);
  process.stdout.write(told);
  await new Promise<never>(() => undefined);
}

async function play(installation: ExampleInstallation, narrator: Narrator): Promise<void> {
  const figures = await playStory(installation, narrator);
  narrator.say(
    `That was the main job: ${figures.acceptedAfter} of ${figures.sent} requests got through after the lock, ` +
      `the stream's last byte came ${figures.lastByteAfter.toFixed(0)} ms after it.`,
  );
  const { operator, webhook, gateway } = residentMegabytes(installation.product);
  narrator.say(
    `In memory: operator ${operator.toFixed(0)} MB, webhook ${webhook.toFixed(0)} MB, gateway ${gateway.toFixed(0)} MB. ` +
      'With 1,000 open grants: npm run bench -- m1.',
  );
}

const asked = readArguments(process.argv.slice(2), process.env);
if (asked.do === 'say') {
  (asked.exitCode === 0 ? process.stdout : process.stderr).write(asked.text);
  process.exit(asked.exitCode);
}
const { stay: stays, json } = asked;
const narrator = aNarrator(stays ? process.stderr : process.stdout);
const teardown = aTeardown();
if (stays) keepLogs(teardown);
let ending = false;

/** Takes everything down and ends; a second call waits for the first. */
async function end(exitCode: number): Promise<void> {
  if (ending) return;
  ending = true;
  await teardown.run();
  process.exit(exitCode);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => void end(stays ? 0 : 130));
endWithParent(() => void end(1));
try {
  const startedAt = performance.now();
  const installation = await anExampleInstallation({ narrator, teardown });
  await (stays ? stay(installation, json) : play(installation, narrator));
  narrator.say(
    `The whole demo took ${((performance.now() - startedAt) / 1000).toFixed(0)} s. Nothing is left behind.`,
  );
  await end(0);
} catch (error) {
  // A person gets a sentence; the stack is for those who ask for it.
  if (!ending)
    narrator.say(`The demo could not go on: ${error instanceof Error ? error.message : String(error)}`);
  if (process.env.DEBUG) console.error(error);
  await end(1);
}
