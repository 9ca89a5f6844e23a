/**
 * Starts the one control plane that all integration and end-to-end files of a run share, and ends it after them.
 * Must not start a second one when both suites run: each loads this file anew, hence the place outside of it.
 */
import type { TestProject } from 'vitest/node';
import type { ControlPlaneAddress, OwnControlPlane } from '../control-plane/control-plane.ts';
import { residentBytes } from '../control-plane/process-identity.ts';
import { startControlPlane } from '../control-plane/start-control-plane.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of the shared control plane. */
    controlPlane: ControlPlaneAddress;
  }
}

interface Shared {
  readonly starting: Promise<OwnControlPlane>;
  users: number;
}

const PLACE = Symbol.for('support-access.shared-control-plane');
const outside = globalThis as { [PLACE]?: Shared };

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  outside[PLACE] ??= { starting: timed(startControlPlane), users: 0 };
  const shared = outside[PLACE];
  shared.users += 1;
  const controlPlane = await shared.starting;
  project.provide('controlPlane', controlPlane.address);
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    delete outside[PLACE];
    await controlPlane.stop();
  };
}

async function timed(start: () => Promise<OwnControlPlane>): Promise<OwnControlPlane> {
  const from = performance.now();
  const controlPlane = await start();
  const seconds = ((performance.now() - from) / 1000).toFixed(1);
  const bytes = Object.values(controlPlane.pids()).reduce((sum, pid) => sum + (residentBytes(pid) ?? 0), 0);
  process.stderr.write(`control plane: ready in ${seconds} s, ${(bytes / 1e6).toFixed(0)} MB resident\n`);
  return controlPlane;
}
