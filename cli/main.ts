/** The kubectl plugin: gives the call to the command that it names, and its result to the shell. */
import { exitCodes } from './command.ts';
import { completing, run } from './run.ts';
import { systemTerminal } from './system-terminal.ts';

const words = process.argv.slice(2);

void run(words, systemTerminal()).then((code) => {
  process.exitCode = code;
  // What was interrupted may still wait for a response, and so may names that did not come in time.
  if (code === exitCodes.interrupted || words[0] === completing) process.exit(code);
});
