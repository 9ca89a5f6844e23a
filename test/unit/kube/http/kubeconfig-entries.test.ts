/** Kubeconfig files that are not as they should be: what is said of them never quotes what stands in them. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadCredentials } from '../../../../kube/http/credentials.ts';
import { entriesOf, readKubeconfig } from '../../../../kube/http/kubeconfig-entries.ts';
import { errorWithCauses } from '../../../../process/redaction.ts';
import { aStepClock } from '../../../kit/clock/step-clock.ts';

const secret = 's3cr3t';

function aFile(user: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'kubeconfig-')), 'config');
  const cluster = '{ name: c, cluster: { server: "https://127.0.0.1:6443" } }';
  const context = '{ name: main, context: { cluster: c, user: u } }';
  const head = `clusters: [${cluster}]\ncontexts: [${context}]\ncurrent-context: main\n`;
  writeFileSync(path, `${head}users:\n  - name: u\n    user:\n      ${user}\n`);
  return path;
}

/** What Node was told to warn of while `use` ran. */
async function warningsOf(use: () => Promise<unknown>): Promise<string[]> {
  const warnings: string[] = [];
  const listen = (warning: Error): void => void warnings.push(String(warning.stack));
  process.on('warning', listen);
  onTestFinished(() => void process.off('warning', listen));
  await use();
  // Warnings are told in a later turn.
  await new Promise((resolve) => setImmediate(resolve));
  return warnings;
}

describe('a kubeconfig that is not as it should be', () => {
  it.each([
    ['an anchor that is not there', `token: *${secret}`],
    ['a text that does not end', `token: "${secret}`],
    ['a second text', `token: "a" ${secret}`],
    ['a mapping where none may be', `token: ${secret}: b: c`],
    ['a tag that no one knows', `token: !${secret} b`],
    ['a sign that may not begin a text', `token: @${secret}`],
  ])('is refused by its file and line, without a word of it: %s', async (_, user) => {
    const kubeconfigPath = aFile(user);
    const found = await loadCredentials({ kubeconfigPath }, aStepClock()).catch((error: unknown) => error);
    expect(errorWithCauses(found)).toContain(
      `no usable kubeconfig: ${kubeconfigPath} cannot be read: it is no YAML`,
    );
    expect(errorWithCauses(found)).not.toContain(secret);
  });

  it('is warned of by no line of it', async () => {
    const file = aFile(`token: !!binary ${Buffer.from(secret).toString('base64')}`);
    const warnings = await warningsOf(async () => {
      expect(entriesOf([await readKubeconfig(file)], { user: 'u', cluster: 'c' }).user).toBeDefined();
    });
    expect(warnings).toEqual([]);
  });

  it('is named where it cannot be opened', async () => {
    await expect(readKubeconfig(tmpdir())).rejects.toThrow(`${tmpdir()} cannot be read (EISDIR)`);
  });
});
