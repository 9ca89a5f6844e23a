/** Completion as people have it: real shells, and kubectl's own, with the one file on PATH. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundlePlugin } from '../../../tools/plugin/one-file.ts';
import { call } from '../../kit/cli/call.ts';
import { type AtTerminal, atTerminal } from '../../kit/cli/pseudo-terminal.ts';
import type { ControlPlane } from '../../kit/control-plane/control-plane.ts';
import { installFromDebian, isThere } from '../../kit/machine/debian.ts';
import { noteNotRun } from '../../kit/machine/not-run.ts';
import { useControlPlane } from '../../kit/vitest/use-control-plane.ts';

/** How each shell begins without what this machine's owner has set up, and what it needs before it completes. */
const shells = [
  { name: 'bash', words: ['bash', '--norc', '--noprofile', '-i'], first: '' },
  { name: 'zsh', words: ['zsh', '-f', '-i'], first: 'autoload -Uz compinit; compinit -u -D; ' },
] as const;

let cp: ControlPlane;
let folder: string;
let why: string | undefined;

beforeAll(async () => {
  cp = await useControlPlane();
  folder = mkdtempSync(join(tmpdir(), 'support-access-completion-'));
  await bundlePlugin(folder);
  const missing = ['zsh', 'fish'].filter((name) => !isThere(name));
  if (missing.length > 0) why = installFromDebian(...missing);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pathOf = (): string => [folder, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);

/** The shell at a terminal, with the script of the plugin read. */
async function started({ name, words, first }: (typeof shells)[number]): Promise<AtTerminal> {
  const env = { PATH: pathOf(), HOME: folder, TERM: 'dumb', PS1: '> ' };
  const terminal = atTerminal(words, { env });
  const source = `source <(kubectl-support_access completion ${name})`;
  // What is typed is shown as well: only what is put together here is an answer.
  terminal.type(`${first}${source}; echo rea""dy\n`);
  await terminal.until('ready');
  return terminal;
}

describe('Tab', () => {
  it.each(shells)(
    'in $name, ends a command, lists what there is, and says what it does where the shell can',
    async (shell) => {
      if (!isThere(shell.name)) {
        noteNotRun({ what: `completion in ${shell.name}`, why: why ?? 'apt-get brought none' });
        return;
      }
      const terminal = await started(shell);
      terminal.type('kubectl-support_access rev\t');
      await terminal.until('revoke');
      terminal.type('per\t');
      await terminal.until('person');
      terminal.type('\u0015kubectl-support_access grant e\t\t');
      await terminal.until('enable');
      await terminal.until('extend');
      if (shell.name !== 'bash') await terminal.until('Give a grant more time');
      terminal.type('\u0015exit\n');
      await terminal.ended;
    },
  );
});

/** It asks itself what Tab would offer: at a terminal it first asks the terminal what it can. */
describe('fish', () => {
  const offers = (line: string): string[] => {
    const script = 'kubectl-support_access completion fish | source; complete -C "$argv[1]"';
    const env = { PATH: pathOf(), HOME: folder };
    const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', script, line], {
      encoding: 'utf8',
      env,
      cwd: folder,
    });
    expect(stderr).toBe('');
    return stdout.split('\n').filter((each) => each !== '');
  };

  it('offers commands with what they do, options, and files where a file may follow', () => {
    if (!isThere('fish')) {
      noteNotRun({ what: 'completion in fish', why: why ?? 'apt-get brought none' });
      return;
    }
    expect(offers('kubectl-support_access grant e')).toEqual([
      'enable\tGive the access that a grant describes',
      'extend\tGive a grant more time',
    ]);
    expect(offers('kubectl-support_access grant enable x --dry').join()).toMatch(/^--dry-run\t/);
    expect(offers('kubectl-support_access matrix lint ./kube').join()).toContain('./kubectl-support_access');
  });
});

describe('kubectl', () => {
  it('asks the program that the plugin prints, and offers the same', async () => {
    const { out } = await call(['completion', 'kubectl']);
    const program = join(folder, 'kubectl_complete-support_access');
    writeFileSync(program, out);
    chmodSync(program, 0o755);
    const path = [folder, dirname(process.execPath)];
    const { stdout } = await cp.kubectl(['__complete', 'support-access', 'grant', 'e'], { path });
    expect(stdout).toBe(
      'enable\tGive the access that a grant describes\nextend\tGive a grant more time\n:4\n',
    );
    const files = await cp.kubectl(['__complete', 'support-access', 'matrix', 'lint', ''], { path });
    expect(files.stdout).toBe(':0\n');
  });
});
