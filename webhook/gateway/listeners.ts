/** The two ports of the gateway: the support listener, which the internet reaches, and the inner one for pods of the cluster. */
import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:https';
import { systemClock } from '../../kube/clock.ts';
import { type Connections, createConnections } from './listener/client-limits.ts';
import { createHandshakes, type MayConnect } from './listener/handshakes.ts';
import { createHopFaults } from './listener/hop-faults.ts';
import { createListener, type ListenerOptions } from './listener/listener.ts';
import { neighbourAt } from './listener/neighbour.ts';
import type { GateRefusal } from './listener/request-gate.ts';
import {
  isTrustedHop,
  type Network,
  noProxyHeader,
  saysProxyHeader,
  sourceOf,
  unknownSources,
  whyUnknown,
} from './listener/source-address.ts';
import type { GatewayParts } from './parts.ts';
import { oddRequest } from './records/sign-in-records.ts';
import { sendBareRefusal } from './refusals/refusal-response.ts';

/** The connections of the support listener, bounded by whom they are from. */
export function supportConnections(parts: GatewayParts): Connections {
  const { triggers, metrics } = parts;
  const handshakes = createHandshakes({
    addressesOfSessions: () => triggers.sessions().map(({ spec }) => spec.boundAddress),
    clock: () => performance.now(),
  });
  const mayConnect = countingRefused(handshakes, () => metrics.refusedConnections.add({}));
  return connectionsOf(parts, mayConnect);
}

/** Those of the inner listener: pods of the cluster, which the network policy names. */
export function innerConnections(parts: GatewayParts): Connections {
  return connectionsOf(parts, () => true);
}

/** Whom a listener serves, and what by. */
type Serving = Pick<ListenerOptions, 'connections' | 'serve'>;

/** The support listener, which tells of a trusted proxy that says of its requests what cannot be believed. */
export function supportListener(parts: GatewayParts, serving: Serving): Server {
  const { metrics, log } = parts;
  const network = networkOf(parts);
  const faulty = createHopFaults({ log, clock: systemClock });
  return createListener({
    ...commonTo(parts),
    ...serving,
    saysProxyHeader: (address) => saysProxyHeader(network(), address),
    onNoProxyHeader: (peer) => faulty({ peer, rule: 'ProxyProtocol', message: noProxyHeader }),
    onArrived: (origin) => {
      const rule = whyUnknown(network(), origin);
      if (rule !== undefined) faulty({ peer: origin.peer, rule, message: unknownSources[rule] });
    },
    onRefused: (request, broken) => {
      metrics.gateRefusals.add({ rule: broken.name });
      const { name, message, origin } = broken;
      if (isTrustedHop(network(), origin.peer)) faulty({ peer: origin.peer, rule: name, message });
      return recordOddRequest(parts, request, broken);
    },
  });
}

/** The inner listener, with the same TLS, the same gate and the same records of what the gate refused. */
export function innerListener(parts: GatewayParts, serving: Serving): Server {
  return createListener({
    ...commonTo(parts),
    ...serving,
    onRefused: (request, broken) => {
      parts.metrics.gateRefusals.add({ rule: broken.name });
      return recordOddRequest(parts, request, broken);
    },
  });
}

/** What each listener is told by, and whom it tells. */
function commonTo(parts: GatewayParts): Omit<ListenerOptions, 'connections' | 'onRefused' | 'serve'> {
  const { config, certificates, triggers, metrics, log } = parts;
  const network = networkOf(parts);
  const supportHost = () => triggers.policy()?.spec.gateway.host;
  return {
    contextFor: (host) => certificates.contextFor(host),
    defaultPair: () => certificates.defaultFor(supportHost()),
    idleMs: config.idleSeconds * 1000,
    refuse: sendBareRefusal,
    peerAt: (address) => ({ isTrusted: isTrustedHop(network(), address), supportHost: supportHost() }),
    onLineEnded: (why) => metrics.endedLines.add({ why }),
    onUnparsed: (rule) => metrics.gateRefusals.add({ rule }),
    onFailedHandshake: (cause) => metrics.failedHandshakes.add({ cause }),
    onFailure: (error) => log.error({ error }, 'a request failed'),
  };
}

function networkOf({ triggers, hopPods }: GatewayParts): () => Network | undefined {
  return () => hopPods.inForce(triggers.policy()?.spec.network);
}

function connectionsOf(parts: GatewayParts, mayConnect: MayConnect): Connections {
  const network = networkOf(parts);
  return createConnections({
    isShared: (peer) => isTrustedHop(network(), peer),
    neighbourAt: (origin) => neighbourAt(sourceOf(network(), origin)),
    mayConnect,
  });
}

function countingRefused(mayConnect: MayConnect, onRefused: () => void): MayConnect {
  return (neighbour) => {
    const may = mayConnect(neighbour);
    if (!may) onRefused();
    return may;
  };
}

/** Records what the request gate refused, before it was known whose request it was; the record's id, if it was taken. */
function recordOddRequest(
  parts: GatewayParts,
  { method }: IncomingMessage,
  { rule, status, origin }: GateRefusal,
): string | undefined {
  const { trail, now } = parts;
  const source = sourceOf(networkOf(parts)(), origin);
  const record = oddRequest({ source, now: now(), rule, status, method: method ?? '' });
  return trail.appendInBackground([record]) && trail.health().reachable ? record.id : undefined;
}
