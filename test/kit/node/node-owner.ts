/**
 * A program that owns a node and does nothing else, for the tests that kill such an owner and for trying things out by
 * hand. Takes the options as JSON. Prints one line of JSON when the node is up: its address, and the kubeconfig of its
 * administrator.
 */
import type { NodeOptions } from './node.ts';
import { startNode } from './start-node.ts';

// A test that starts it must not leave it behind when the test itself is killed.
if (process.argv.includes('--until-stdin-ends')) process.stdin.resume().on('end', () => process.exit(0));
const options = JSON.parse(process.argv[2] ?? '{}') as NodeOptions;
const { address, kubeconfig } = await startNode(options);
process.stdout.write(`${JSON.stringify({ ...address, kubeconfig })}\n`);
