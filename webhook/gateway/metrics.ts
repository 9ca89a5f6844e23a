/** THE list of what a gateway measures. `docs/metrics.md` is made from it. */
import { reasons } from '../../crds/rules/reasons.ts';
import type { MetricDefinitions, MetricsOf } from '../../process/metrics.ts';
import { processMetrics, secondsBuckets } from '../../process/process-metrics.ts';
import { samlReasons } from '../../saml/reasons.ts';
import { trailMetrics } from '../../trail/metrics.ts';
import { gateRules } from './listener/gate-rules.ts';
import { handshakeFailures } from './listener/handshakes.ts';
import { endings } from './listener/header-lines.ts';
import { parserRules, tunnelRule } from './listener/unparsed-request.ts';
import { dataClasses } from './masking/classes/index.ts';

const everyReason = Object.keys(reasons);
/** The reason of what went well. */
const none = 'none';

export const gatewayMetrics = {
  ...processMetrics,
  decisions: {
    type: 'counter',
    name: 'supportaccess_decisions_total',
    help: 'Decisions on requests and sign-ins, by outcome and reason; `StateUnavailable` where the state could not be read.',
    labels: { outcome: ['allowed', 'denied'], reason: [none, ...everyReason] },
  },
  decisionGets: {
    type: 'counter',
    name: 'supportaccess_decision_gets_total',
    help: 'Requests to the API server that decisions took; divided by the decisions, how many one takes.',
  },
  decisionSeconds: {
    type: 'histogram',
    name: 'supportaccess_decision_duration_seconds',
    help: 'How long a decision took, with all reading.',
    buckets: secondsBuckets,
  },
  refusals: {
    type: 'counter',
    name: 'supportaccess_refusals_total',
    help: 'Refused requests, by what stood against them.',
    labels: { about: [...new Set(Object.values(reasons).map(({ metric }) => metric))] },
  },
  gateRefusals: {
    type: 'counter',
    name: 'supportaccess_request_gate_refusals_total',
    help: 'Requests that were refused for how they are written, by the rule of the request gate.',
    labels: { rule: [...gateRules, ...Object.values(parserRules), tunnelRule].map(({ name }) => name) },
  },
  endedLines: {
    type: 'counter',
    name: 'supportaccess_ended_header_lines_total',
    help: 'Header lines of requests that ended at the gateway, as no application may see them: an odd name, named in Connection, meant for a proxy, an empty wish for another protocol, or unknown to HTTP/1.0.',
    labels: { why: endings },
  },
  failedHandshakes: {
    type: 'counter',
    name: 'supportaccess_failed_handshakes_total',
    help: 'TLS handshakes that failed: no certificate at all, refused by the client (it does not trust ours), given up, too slow, or not TLS as we speak it.',
    labels: { cause: handshakeFailures },
  },
  refusedConnections: {
    type: 'counter',
    name: 'supportaccess_refused_connections_total',
    help: 'Connections that were closed before a handshake, because their address or all addresses together began too many.',
  },
  signIns: {
    type: 'counter',
    name: 'supportaccess_sign_ins_total',
    help: 'Sign-ins by outcome; of those that failed the reason, which is a SAML rule where it begins with `saml.`.',
    labels: {
      outcome: ['succeeded', 'failed'],
      reason: [none, ...everyReason, ...Object.keys(samlReasons)],
    },
  },
  openResponses: {
    type: 'gauge',
    name: 'supportaccess_open_responses',
    help: 'Responses of applications that are not finished yet.',
  },
  masked: {
    type: 'counter',
    name: 'supportaccess_masked_values_total',
    help: 'Values that were masked in responses, by class of data.',
    labels: { class: dataClasses.map(({ name }) => name) },
  },
  certificates: {
    type: 'gauge',
    name: 'supportaccess_certificates',
    help: 'Certificates that the support listener can serve with.',
  },
  missingCertificates: {
    type: 'gauge',
    name: 'supportaccess_certificates_missing',
    help: 'Secrets that the policy names and that are missing, unreadable or unusable; an earlier certificate of one may be served still.',
  },
  certificateEnd: {
    type: 'gauge',
    name: 'supportaccess_certificate_first_end_timestamp_seconds',
    help: 'When the first of the certificates that are served ends, in seconds since 1970. Nothing is said where there is none.',
  },
  certificateReads: {
    type: 'counter',
    name: 'certwatcher_read_certificate_total',
    help: 'Readings of the TLS Secrets that the policy names.',
  },
  certificateReadErrors: {
    type: 'counter',
    name: 'certwatcher_read_certificate_errors_total',
    help: 'Of those, the ones that found no certificate that can be used.',
  },
  ...trailMetrics,
} as const satisfies MetricDefinitions;

export type GatewayMetrics = MetricsOf<typeof gatewayMetrics>;
