/**
 * A program that owns a control plane and does nothing else, for the tests that kill such an owner. Prints one line of
 * JSON when the control plane is ready: its directory and the pids of its programs.
 */
import { startControlPlane } from './start-control-plane.ts';

const controlPlane = await startControlPlane();
process.stdout.write(`${JSON.stringify({ directory: controlPlane.directory, pids: controlPlane.pids() })}\n`);
