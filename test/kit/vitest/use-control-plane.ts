/** Gives a test its control plane: the one that all share, or one of its own that it may break. */
import { afterAll, inject } from 'vitest';
import { attachControlPlane } from '../control-plane/attach-control-plane.ts';
import type { ControlPlane, OwnControlPlane } from '../control-plane/control-plane.ts';
import { type ControlPlaneOptions, startControlPlane } from '../control-plane/start-control-plane.ts';

/** The control plane that all test files of this run share. Call it in a hook or a test; take a namespace of your own. */
export async function useControlPlane(): Promise<ControlPlane> {
  return attachControlPlane(inject('controlPlane'));
}

/** A control plane for this file alone, stopped after its last test. Call it in `beforeAll`. */
export async function dedicatedControlPlane(options?: ControlPlaneOptions): Promise<OwnControlPlane> {
  const controlPlane = await startControlPlane(options);
  afterAll(async () => controlPlane.stop());
  return controlPlane;
}
