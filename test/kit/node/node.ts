/**
 * What a test may do with a node. Only shapes: `start-node.ts` makes one, `attach-node.ts` gives one that was started in
 * another process.
 */
import type { ControlPlane, ControlPlaneAddress } from '../control-plane/control-plane.ts';
import type { Families } from './families.ts';
import type { InsideResult } from './namespaces.ts';
import type { Daemon } from './node-flags.ts';
import type { NodeProgram } from './programs.ts';

export interface NodeOptions {
  /** Where the API server listens; default 6443. The Service `kubernetes` always has 443. */
  readonly apiServerPort?: number;
  /** Where the pod of CoreDNS listens; default 53. The Service `kube-dns` always has 53. */
  readonly dnsPort?: number;
  /** Default IPv4 alone. The first is the primary one; two make a dual-stack cluster. */
  readonly families?: Families;
  /** Added to the API server's own flags; a later flag wins. */
  readonly apiServerFlags?: readonly string[];
}

/** All that a second process needs; plain data. */
export interface NodeAddress extends ControlPlaneAddress {
  readonly nodeAddress: string;
  readonly machineAddress: string;
  readonly programs: Readonly<Record<NodeProgram, string>>;
}

/** A cluster of one node that runs pods. `url` is that of the API server, as machine and pods reach it. */
export interface ClusterNode extends ControlPlane {
  readonly address: NodeAddress;
  /** Where NodePorts and host ports are reached from this machine. */
  readonly nodeAddress: string;
  /** Where pods reach this machine. */
  readonly machineAddress: string;
  /** Makes the images of an OCI archive known to the node. Returns their names. Nothing can be pulled. */
  importImage(archive: string): Promise<readonly string[]>;
  /** Runs a command inside the node, as root. Throws when it fails. */
  insideNode(command: readonly string[]): Promise<InsideResult>;
  /** SIGSTOP: the connections of the program stay open, and nothing answers. Resume it before the test ends. */
  pauseProgram(name: Daemon): Promise<void>;
  /** SIGCONT. */
  resumeProgram(name: Daemon): Promise<void>;
  /** Cuts the power: everything ends at once, and starts again on the same disk. Returns when the node is ready again. */
  restartNode(): Promise<void>;
}

/** A node of one's own. */
export interface OwnClusterNode extends ClusterNode {
  /** Ends all of it and removes what it left. */
  stopNode(): Promise<void>;
}
