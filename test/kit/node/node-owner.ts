/**
 * A program that owns a node and does nothing else, for the tests that kill such an owner and for trying things out by
 * hand. Prints one line of JSON when the node is up: its address, and the kubeconfig of its administrator.
 */
import { startNode } from './start-node.ts';

const { address, kubeconfig } = await startNode();
process.stdout.write(`${JSON.stringify({ ...address, kubeconfig })}\n`);
