/** The kubectl plugin: gives the call to the command that it names, and its result to the shell. */
import { exitCodes } from './command.ts';
import { run } from './run.ts';
import { systemTerminal } from './system-terminal.ts';

void run(process.argv.slice(2), systemTerminal()).then((code) => {
  process.exitCode = code;
  // What was interrupted may still wait for a response.
  if (code === exitCodes.interrupted) process.exit(code);
});
