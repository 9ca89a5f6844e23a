/** The kubectl plugin: finds the command in the list, runs it, turns what happened into an exit code. */
import { run } from './run.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever reads has enough (`| head`): not a failure of ours.
  process.exit(error.code === 'EPIPE' ? 0 : 3);
});

process.exitCode = await run(process.argv.slice(2), {
  out: (text) =>
    new Promise((resolve) => {
      if (process.stdout.write(text)) resolve();
      else process.stdout.once('drain', resolve);
    }),
  say: (line) => process.stderr.write(`${line}\n`),
  async readStdin() {
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString('utf8');
  },
  environment: process.env,
});
