/**
 * Real Helm on a real API server, as an administrator would install, upgrade and uninstall, and the parts of an
 * installation that tests of it need. No kubelet runs, so that a Deployment starts nothing by itself.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import type { ChartValues } from './chart.ts';

export interface HelmRun {
  /** Path of the Helm program. */
  readonly program: string;
  readonly namespace: string;
  readonly values?: ChartValues;
}

/** Runs one command on the control plane, with a home of its own. Resolves to what it printed. */
export async function helmOn(
  controlPlane: ControlPlane,
  args: readonly string[],
  { program, namespace, values }: HelmRun,
): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'support-access-helm-'));
  try {
    const file = join(home, 'values.json');
    if (values !== undefined) writeFileSync(file, JSON.stringify(values));
    const whole = [
      ...args,
      ...(values === undefined ? [] : ['--values', file]),
      `--namespace=${namespace}`,
      `--kubeconfig=${controlPlane.kubeconfig}`,
    ];
    const { stdout } = await promisify(execFile)(program, whole, {
      env: { PATH: process.env['PATH'], HOME: home },
    });
    return stdout;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
