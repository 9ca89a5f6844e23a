/** What the release says of itself: the notes, whose commands work as they are printed, and `helm test`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startShell } from '../../kit/documents/shell-session.ts';
import { readersShell } from '../../kit/pods/guide.ts';
import { type PodInstallation, useInstalled } from '../../kit/pods/installed.ts';
import { useNode } from '../../kit/vitest/use-node.ts';

let installation: PodInstallation;

beforeAll(async () => {
  installation = await useInstalled(await useNode());
});

const scaleWebhook = async (replicas: number): Promise<void> => {
  const target = ['-n', 'support-access', 'deployment/support-access-webhook'];
  await installation.kubectl(['scale', ...target, `--replicas=${replicas}`]);
  await installation.kubectl(['rollout', 'status', ...target, '--timeout=90s']);
};

describe('the notes', () => {
  it('said after the installation that access is off, and what was missing', () => {
    const said = installation.printed('The product');
    expect(said).toContain('Access is OFF');
    expect(said).toContain('the SupportAccessPolicy `default`');
    expect(said).not.toContain('the TLS Secret');
  });

  it('name three commands that work as they are printed', async () => {
    const said = installation.printed('The product');
    const [, after = ''] = said.split('The next three commands:\n');
    const commands = after.split('\n').filter((line) => /^ {2}(helm|kubectl) /.test(line));
    expect(commands).toHaveLength(3);
    const shell = startShell(readersShell(installation.node));
    try {
      for (const command of commands) expect(await shell.run(command)).not.toBe('');
    } finally {
      await shell.stop();
    }
  });
});

describe('helm test', () => {
  afterAll(async () => scaleWebhook(1));

  it('passes, and says as a table what it looked at', async () => {
    const said = await installation.helm('test', 'support-access', '--namespace=support-access', '--logs');
    expect(said).toMatch(/Phase:\s+Succeeded/);
    expect(said).toMatch(/^records\b.*/im);
  });

  it('fails while the webhook is away, and the table says so', async () => {
    await scaleWebhook(0);
    const failed = installation.helm('test', 'support-access', '--namespace=support-access', '--logs');
    await expect(failed).rejects.toThrow(/admission|records/);
  });
});
