/**
 * A program that owns a container engine with one container in it and does nothing else, for the test that kills such an owner.
 * Prints `ready` when the container runs. The image's archive and name are its arguments.
 */
import { startContainerEngine } from './container-engine.ts';

const [archive = '', image = '', mark = ''] = process.argv.slice(2);
const engine = await startContainerEngine();
await engine.podman('load', '--quiet', '--input', archive);
await engine.podman(
  'run',
  '--detach',
  '--network=host',
  image,
  'node',
  '-e',
  'setInterval(() => 0, 1000)',
  mark,
);
process.stdout.write('ready\n');
setInterval(() => undefined, 60_000);
