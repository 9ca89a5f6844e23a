/**
 * One shell in which a reader types a page's commands: what a block exports, starts in the background or writes into its
 * folder is there for the next. Ends with all that it started, also when its owner is killed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ShellSession {
  /** Runs commands and returns what they print. The first that fails ends the session and throws, with all that was said. */
  run(commands: string): Promise<string>;
  stop(): Promise<void>;
}

export interface ShellSettings {
  /** For what the session itself writes. */
  readonly scratch: string;
  /** Where the commands begin. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Put before `bash`, such as `nsenter` and its arguments. */
  readonly within?: readonly string[];
}

const MARK = '\u0001the block has ended\u0001';

/** Starts a session. */
export function startShell({ scratch, folder, env, within = [] }: ShellSettings): ShellSession {
  mkdirSync(scratch, { recursive: true });
  const bash = ['bash', '--noprofile', '--norc', '-eu', '-o', 'pipefail'];
  const args = ['--pdeathsig', 'TERM', '--', ...within, ...bash];
  // In a process group of its own, so that what runs in the background ends with it.
  const shell = spawn('setpriv', args, { cwd: folder, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = once(shell, 'exit');
  let said = '';
  let complained = '';
  shell.stdin.on('error', () => {});
  shell.stderr.setEncoding('utf8').on('data', (text: string) => {
    complained += text;
  });
  shell.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    shell.emit('said');
  });
  let count = 0;
  const nextSaid = async (): Promise<'said' | 'ended'> =>
    Promise.race([once(shell, 'said').then(() => 'said' as const), ended.then(() => 'ended' as const)]);
  return {
    run: async (commands) => {
      count += 1;
      const file = join(scratch, `block-${count}.sh`);
      writeFileSync(file, commands);
      said = '';
      complained = '';
      // From a file, so that no command reads those after it as its own input.
      shell.stdin.write(`source ${file} < /dev/null; printf '${MARK}'\n`);
      let state: 'said' | 'ended' = 'said';
      while (state === 'said' && !said.includes(MARK)) state = await nextSaid();
      if (!said.includes(MARK)) throw new Error(`these commands failed:\n${commands}\n${said}${complained}`);
      return said.slice(0, said.indexOf(MARK));
    },
    stop: async () => {
      if (shell.exitCode === null && shell.signalCode === null && shell.pid !== undefined) {
        process.kill(-shell.pid, 'SIGTERM');
        await ended;
      }
    },
  };
}
